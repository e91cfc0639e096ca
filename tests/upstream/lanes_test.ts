import assert from "node:assert/strict";
import { Lanes } from "../../src/upstream/lanes.ts";

Deno.test("a lane runs so many calls at once; the others get their turn in order", async () => {
  const lane = new Lanes({ running: 2, waiting: 10 }).get("a");
  const signal = new AbortController().signal;
  for (let i = 0; i < 4; i++) assert(lane.enter());
  assert.equal(lane.tryStart(), true);
  assert.equal(lane.tryStart(), true);
  assert.equal(lane.tryStart(), false);
  const order: number[] = [];
  const third = lane.turn(signal).then(() => order.push(3));
  const fourth = lane.turn(signal).then(() => order.push(4));
  lane.finish();
  lane.finish();
  await Promise.all([third, fourth]);
  assert.deepEqual(order, [3, 4]);
  assert.equal(lane.running, 2);
  lane.finish();
  lane.finish();
  assert.equal(lane.running, 0);
});

Deno.test("a lane takes no more than its bound, and takes calls again once some have left", () => {
  const lane = new Lanes({ running: 1, waiting: 2 }).get("a");
  assert.deepEqual([1, 2, 3, 4].map(() => lane.enter()), [true, true, true, false]);
  lane.leave();
  assert.equal(lane.enter(), true);
});

Deno.test("who gives up while waiting leaves the order of the others alone", async () => {
  const lane = new Lanes({ running: 1, waiting: 9 }).get("a");
  lane.enter();
  lane.tryStart();
  const gone = new AbortController();
  const first = lane.turn(gone.signal);
  const second = lane.turn(new AbortController().signal);
  gone.abort();
  assert.equal(await first, false);
  lane.finish();
  assert.equal(await second, true);
  assert.equal(lane.running, 1);
  assert.equal(await lane.turn(gone.signal), false);
});

Deno.test("lanes are separate, and one without calls does not exist", () => {
  const lanes = new Lanes({ running: 1, waiting: 0 });
  const lane = lanes.get("a");
  assert(lane.enter());
  assert.equal(lanes.get("a"), lane);
  assert.equal(lanes.get("b").enter(), true);
  assert.equal(lanes.size, 2);
  lane.leave();
  assert.equal(lanes.size, 1);
});
