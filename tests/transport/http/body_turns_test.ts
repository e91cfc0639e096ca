// Many large bodies at once: so many bytes a turn of the event loop.
import assert from "node:assert/strict";
import { BODY_TURN_BYTES, READ_TURN_MS } from "../../../src/limits.ts";
import { BodyRoom } from "../../../src/transport/http/body_room.ts";
import { BodyTurns, type TurnTaker } from "../../../src/transport/http/body_turns.ts";

const READ = 65_536;
const READERS = BODY_TURN_BYTES / READ;

/** Turns that end when the test says so. */
function scene() {
  const tasks: (() => void)[] = [];
  const room = new BodyRoom(100);
  const clock = { ms: 0 };
  const turns = new BodyTurns({
    now: () => clock.ms,
    after: (_ms, task) => (tasks.push(task), () => {}),
  }, room);
  const order: string[] = [];
  const reader = (name: string, bytes = 0): TurnTaker => ({
    begin: () => room.take(bytes),
    readOn: () => void order.push(name),
  });
  const nextTurn = (ms = READ_TURN_MS) => {
    clock.ms += ms;
    for (const task of tasks.splice(0)) task();
    return order.splice(0).join(" ");
  };
  const fill = () => turns.mayReadOn(reader("any"), BODY_TURN_BYTES, true);
  return { room, turns, reader, nextTurn, fill };
}

Deno.test("who brings more than a turn allows waits for the next one", () => {
  const { turns, reader, nextTurn, fill } = scene();
  assert.equal(fill(), true);
  assert.equal(turns.mayReadOn(reader("a"), 1, true), false);
  assert.equal(nextTurn(), "a");
  assert.equal(turns.mayReadOn(reader("a"), READ, false), true, "a turn of its own");
});

Deno.test("as many are read on in a turn as it has bytes for", () => {
  const { turns, reader, nextTurn, fill } = scene();
  fill();
  const names = Array.from({ length: READERS + 2 }, (_, i) => `r${i}`);
  for (const name of names) turns.mayReadOn(reader(name), READ, true);
  assert.equal(nextTurn(), names.slice(0, READERS).join(" "));
  assert.equal(nextTurn(), names.slice(READERS).join(" "));
});

Deno.test("bodies that are half done go before those that have only begun", () => {
  const { turns, reader, nextTurn, fill } = scene();
  fill();
  turns.mayReadOn(reader("fresh"), READ, true);
  turns.mayReadOn(reader("half"), READ, false);
  assert.equal(nextTurn(), "half fresh");
});

Deno.test("who has left gets no turn", () => {
  const { turns, reader, nextTurn, fill } = scene();
  fill();
  const gone = reader("gone");
  turns.mayReadOn(gone, READ, true);
  turns.leave(gone);
  assert.equal(nextTurn(), "");
});

Deno.test("who finds no room waits until some is given back, and others wait behind it", () => {
  const { room, turns, reader, nextTurn } = scene();
  room.take(50);
  assert.equal(turns.mayBegin(reader("a", 80)), false);
  assert.equal(turns.mayBegin(reader("b", 10)), false, "it would fit, but is not the first");
  assert.equal(nextTurn(), "");
  room.give(50);
  assert.equal(nextTurn(), "a b");
  assert.equal(room.used, 90);
});

Deno.test("a turn whose reads have just ended is not followed by another at once: others get a chance", () => {
  const { turns, reader, nextTurn, fill } = scene();
  fill();
  turns.mayReadOn(reader("a"), READ, true);
  assert.equal(nextTurn(0), "");
  assert.equal(nextTurn(), "a");
});

Deno.test("while bodies that are half done wait, nobody reads on past them", () => {
  const { turns, reader, nextTurn, fill } = scene();
  fill();
  for (let i = 0; i <= READERS; i++) turns.mayReadOn(reader(`r${i}`), READ, false);
  nextTurn();
  assert.equal(turns.mayReadOn(reader("late"), 1, false), false);
});
