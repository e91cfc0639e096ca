import assert from "node:assert/strict";
import { Deadlines } from "../../src/upstream/deadlines.ts";
import { FakePlatform } from "../support/fake_platform.ts";

Deno.test("each limit expires at its own time, on one timer", async () => {
  const platform = new FakePlatform();
  const deadlines = new Deadlines(platform, 100);
  const start = platform.now();
  const expired: [number, number][] = [];
  const begin = (name: number) => {
    const controller = new AbortController();
    controller.signal.onabort = () => expired.push([name, platform.now() - start]);
    return deadlines.start(controller);
  };
  const first = begin(1);
  await platform.advance(30);
  const second = begin(2);
  await platform.advance(30);
  begin(3);
  assert.equal(platform.waitingTimers, 1);
  deadlines.end(second);
  await platform.advance(500);
  assert.deepEqual(expired, [[1, 100], [3, 160]]);
  assert.equal(first.expired, true);
  assert.equal(second.expired, false);
});

Deno.test("no timer is left when all limits have ended", () => {
  const platform = new FakePlatform();
  const deadlines = new Deadlines(platform, 100);
  const all = [1, 2, 3].map(() => deadlines.start(new AbortController()));
  assert.equal(platform.waitingTimers, 1);
  for (const deadline of all) deadlines.end(deadline);
  assert.equal(platform.waitingTimers, 0);
});
