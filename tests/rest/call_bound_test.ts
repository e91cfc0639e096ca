// Bounds on REST calls: at once, and in a second.
import assert from "node:assert/strict";
import { CallBound } from "../../src/rest/call_bound.ts";
import { FakePlatform } from "../support/fake_platform.ts";

const TOO_MANY = { code: "Error.TooManyRequests", status: 429 };
const done = () => Promise.resolve();

Deno.test("a call beyond those in work is refused, and taken once one of them has its answer", async () => {
  const bound = new CallBound({ atOnce: 1, perSecond: 0 }, new FakePlatform());
  const slow = Promise.withResolvers<void>();
  const first = bound.run(() => slow.promise);
  await assert.rejects(bound.run(done), TOO_MANY);
  slow.resolve();
  await first;
  await bound.run(done);
});

Deno.test("a call that fails gives its place back", async () => {
  const bound = new CallBound({ atOnce: 1, perSecond: 0 }, new FakePlatform());
  await assert.rejects(bound.run(() => Promise.reject(new Error("planted"))), /planted/);
  await bound.run(done);
});

Deno.test("so many calls are taken in a second, and no more after a quiet hour", async () => {
  const platform = new FakePlatform();
  const bound = new CallBound({ atOnce: 0, perSecond: 2 }, platform);
  const burst = async () => {
    await bound.run(done);
    await bound.run(done);
    await assert.rejects(bound.run(done), TOO_MANY);
  };
  await burst();
  await platform.advance(3_600_000);
  await burst();
  await platform.advance(500);
  await bound.run(done);
  await assert.rejects(bound.run(done), TOO_MANY);
});
