// Requests that wait for a turn: so many in a turn, one connection after the other.
import assert from "node:assert/strict";
import { CROWDED_TURN_REQUESTS, READ_TURN_MS, TURN_REQUESTS } from "../../../src/limits.ts";
import { type RequestTaker, RequestTurns } from "../../../src/transport/http/request_turns.ts";
import { FakePlatform } from "../../support/fake_platform.ts";

/** Connections that write down their turns. */
function scene() {
  const platform = new FakePlatform();
  const turns = new RequestTurns(platform);
  const taken: string[] = [];
  /** Begins that many requests a turn; waits again after it as often as it is told. */
  const taker = (name: string, requests: number, again = 0): RequestTaker => ({
    takeTurn() {
      taken.push(name);
      if (again-- > 0) turns.wait(this);
      return requests;
    },
  });
  return { turns, taken, taker, nextTurn: () => platform.advance(READ_TURN_MS) };
}

Deno.test("connections with many requests have a turn each, round and round", async () => {
  const { turns, taken, taker, nextTurn } = scene();
  turns.wait(taker("a", TURN_REQUESTS, 1));
  turns.wait(taker("b", TURN_REQUESTS, 1));
  assert.deepEqual(taken, []);
  const turnByTurn = [];
  for (let i = 0; i < 5; i++) {
    await nextTurn();
    turnByTurn.push(taken.join(""));
  }
  assert.deepEqual(turnByTurn, ["a", "ab", "aba", "abab", "abab"]);
});

Deno.test("connections with few requests left share a turn", async () => {
  const { turns, taken, taker, nextTurn } = scene();
  for (const name of ["a", "b", "c"]) turns.wait(taker(name, TURN_REQUESTS / 2));
  await nextTurn();
  assert.deepEqual(taken, ["a", "b"]);
  await nextTurn();
  assert.deepEqual(taken, ["a", "b", "c"]);
});

Deno.test("while others wait for their turn, a connection begins few requests at once", async () => {
  const { turns, taker, nextTurn } = scene();
  assert.equal(turns.requestsAtOnce, TURN_REQUESTS);
  turns.wait(taker("a", TURN_REQUESTS));
  assert.equal(turns.requestsAtOnce, CROWDED_TURN_REQUESTS);
  await nextTurn();
  assert.equal(turns.requestsAtOnce, TURN_REQUESTS);
});

Deno.test("who has left has no turn, and costs nobody one", async () => {
  const { turns, taken, taker, nextTurn } = scene();
  const gone = taker("gone", TURN_REQUESTS);
  turns.wait(gone);
  turns.wait(taker("a", TURN_REQUESTS));
  turns.leave(gone);
  await nextTurn();
  assert.deepEqual(taken, ["a"]);
});
