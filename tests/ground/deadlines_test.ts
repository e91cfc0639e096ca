import assert from "node:assert/strict";
import fc from "fast-check";
import { Deadlines } from "../../src/deadlines.ts";
import { FakePlatform } from "../support/fake_platform.ts";

/** Limits of 100 ms, and what has expired, with the time since the start. */
function limits() {
  const platform = new FakePlatform();
  const start = platform.now();
  const deadlines = new Deadlines<string>(platform, 100);
  const expired: [string, number][] = [];
  const begin = (name: string) =>
    deadlines.start(name, () => expired.push([name, platform.now() - start]));
  return { platform, deadlines, expired, begin };
}

Deno.test("each limit expires at its own time, on one timer", async () => {
  const { platform, deadlines, expired, begin } = limits();
  begin("a");
  await platform.advance(30);
  begin("b");
  await platform.advance(30);
  begin("c");
  assert.equal(platform.waitingTimers, 1);
  deadlines.end("b");
  await platform.advance(500);
  assert.deepEqual(expired, [["a", 100], ["c", 160]]);
  assert.equal(deadlines.size, 0);
});

Deno.test("no timer is left when all limits have ended", () => {
  const { platform, deadlines, begin } = limits();
  for (const name of ["a", "b", "c"]) begin(name);
  assert.equal(platform.waitingTimers, 1);
  for (const name of ["a", "b", "c", "c"]) deadlines.end(name);
  assert.equal(platform.waitingTimers, 0);
});

Deno.test("a limit that is begun again has its whole length again, and expires once", async () => {
  const { platform, expired, begin } = limits();
  begin("a");
  await platform.advance(60);
  begin("b");
  begin("a");
  await platform.advance(500);
  assert.deepEqual(expired, [["b", 160], ["a", 160]]);
});

Deno.test("what expires may end the others and begin new ones", async () => {
  const { platform, deadlines, expired, begin } = limits();
  deadlines.start("first", () => {
    deadlines.end("second");
    begin("third");
  });
  begin("second");
  await platform.advance(500);
  assert.deepEqual(expired, [["third", 200]]);
  assert.equal(platform.waitingTimers, 0);
});

Deno.test("a limit that begins while another expires does not hold up those that began before", async () => {
  const { platform, deadlines, expired, begin } = limits();
  deadlines.start("first", () => begin("third"));
  await platform.advance(30);
  begin("second");
  await platform.advance(500);
  assert.deepEqual(expired, [["second", 130], ["third", 200]]);
});

Deno.test("after clear nothing expires", async () => {
  const { platform, deadlines, expired, begin } = limits();
  begin("a");
  deadlines.clear();
  await platform.advance(500);
  assert.deepEqual(expired, []);
  assert.equal(deadlines.size, 0);
});

Deno.test("one that throws does not take the limits of others with it", () => {
  const timers: (() => void)[] = [];
  const platform = new FakePlatform();
  platform.after = (_ms, task) => {
    timers.push(task);
    return () => {};
  };
  const deadlines = new Deadlines<string>(platform, 0);
  const expired: string[] = [];
  deadlines.start("bad", () => {
    throw new Error("a fault of ours");
  });
  deadlines.start("good", () => expired.push("good"));
  assert.throws(() => timers[0]?.(), /a fault of ours/);
  timers[1]?.();
  assert.deepEqual(expired, ["good"]);
});

Deno.test("whatever begins and ends when, what is not ended in time expires exactly then", async () => {
  const step = fc.record({
    what: fc.constantFrom("start", "end"),
    key: fc.constantFrom("a", "b", "c"),
    pause: fc.nat(120),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const { platform, deadlines, expired, begin } = limits();
      const due = new Map<string, number>();
      const expected: [string, number][] = [];
      let now = 0;
      const pass = async (ms: number) => {
        await platform.advance(ms);
        now += ms;
        for (const [key, at] of due) {
          if (at > now) continue;
          expected.push([key, at]);
          due.delete(key);
        }
      };
      for (const { what, key, pause } of steps) {
        due.delete(key);
        if (what === "start") {
          begin(key);
          due.set(key, now + 100);
        } else deadlines.end(key);
        await pass(pause);
      }
      await pass(200);
      assert.deepEqual(expired, expected);
      assert.equal(platform.waitingTimers, 0);
    }),
    { seed: 20261128, numRuns: 60 },
  );
});
