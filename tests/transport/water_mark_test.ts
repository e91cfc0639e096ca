import assert from "node:assert/strict";
import { HIGH_WATER_BYTES, LOW_WATER_BYTES } from "../../src/limits.ts";
import type { SocketEvents } from "../../src/hub/client_socket.ts";
import { WaterMark } from "../../src/transport/water_mark.ts";

function listener() {
  const said: string[] = [];
  const events = {
    behind: () => void said.push("behind"),
    caughtUp: () => void said.push("caught up"),
  } as SocketEvents;
  return { said, events };
}

Deno.test("a queue is high above the upper mark, and low again at the lower one", () => {
  const { said, events } = listener();
  const mark = new WaterMark();
  mark.level(HIGH_WATER_BYTES, events);
  assert.equal(mark.isHigh, false);
  mark.level(HIGH_WATER_BYTES + 1, events);
  mark.level(LOW_WATER_BYTES + 1, events);
  assert.equal(mark.isHigh, true);
  mark.level(LOW_WATER_BYTES, events);
  assert.equal(mark.isHigh, false);
  assert.deepEqual(said, ["behind", "caught up"]);
});

Deno.test("a high queue that stands still holds up nobody, until it moves again", () => {
  const { said, events } = listener();
  const mark = new WaterMark();
  mark.level(HIGH_WATER_BYTES + 1, events);
  mark.moves(false, events);
  mark.moves(false, events);
  assert.equal(mark.isHigh, true);
  mark.moves(true, events);
  assert.deepEqual(said, ["behind", "caught up", "behind"]);
});

Deno.test("a queue that stands still and falls has nothing more to say", () => {
  const { said, events } = listener();
  const mark = new WaterMark();
  mark.moves(false, events);
  mark.level(HIGH_WATER_BYTES + 1, events);
  mark.level(0, events);
  mark.moves(true, events);
  assert.deepEqual(said, []);
});
