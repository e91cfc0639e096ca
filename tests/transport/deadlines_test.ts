import assert from "node:assert/strict";
import { LAST_WAIT_MS } from "../../src/limits.ts";
import { Awaiting } from "../../src/transport/deadlines.ts";
import { FakePlatform } from "../support/fake_platform.ts";

const MS = 5000;

/** A socket of which something is awaited, and when it was given up. */
function awaiting() {
  const platform = new FakePlatform();
  const start = platform.now();
  const times: number[] = [];
  const socket = { abandon: () => times.push(platform.now() - start) };
  return { platform, waiting: new Awaiting(platform, MS), socket, times };
}

Deno.test("a socket is given up when its time is over, once", async () => {
  const { platform, waiting, socket, times } = awaiting();
  waiting.add(socket);
  await platform.advance(3 * MS);
  assert.deepEqual(times, [MS]);
});

Deno.test("what happens in the last second is in time", async () => {
  const { platform, waiting, socket, times } = awaiting();
  waiting.add(socket);
  await platform.advance(MS - 1);
  waiting.remove(socket);
  await platform.advance(MS);
  assert.deepEqual(times, []);
  assert.equal(platform.waitingTimers, 0);
});

Deno.test("after a turn of the loop that took ten seconds, a socket still has its last second", () => {
  const { platform, waiting, socket, times } = awaiting();
  let now = platform.now();
  let run = () => {};
  platform.now = () => now;
  platform.after = (_ms, task) => {
    run = task;
    return () => {};
  };
  waiting.add(socket);
  now += 10_000;
  run();
  assert.deepEqual(times, []);
  now += LAST_WAIT_MS;
  run();
  assert.equal(times.length, 1);
});
