// How long a body may take.
import assert from "node:assert/strict";
import { BODY_GRACE_MS, BODY_MS, BODY_PAUSE_MS, MIN_BODY_RATE } from "../../../src/limits.ts";
import { BodyPace } from "../../../src/transport/http/body_pace.ts";

Deno.test("a body has some time to begin, and then has to keep up a rate over all of its time", () => {
  const pace = new BodyPace(1000);
  assert.equal(pace.dueAt, 1000 + BODY_GRACE_MS);
  pace.took(3, 1000);
  assert.equal(pace.dueAt, 1000 + BODY_GRACE_MS, "three bytes buy nothing");
  pace.took(10 * MIN_BODY_RATE - 3, 2000);
  assert.equal(pace.dueAt, 11_000, "ten seconds' worth");
});

Deno.test("a fast beginning buys no long pause", () => {
  const pace = new BodyPace(0);
  pace.took(1_000_000, 100);
  assert.equal(pace.dueAt, 100 + BODY_PAUSE_MS);
});

Deno.test("a body that drips for ever ends", () => {
  const pace = new BodyPace(0);
  let now = 0;
  for (; now <= pace.dueAt; now += 1000) pace.took(MIN_BODY_RATE, now);
  assert.equal(now, BODY_MS + 1000);
});

Deno.test("time in which the server reads nothing is not the client's", () => {
  const pace = new BodyPace(0);
  pace.hold(2000);
  pace.hold(3000);
  assert.equal(pace.dueAt, Infinity);
  pace.goOn(60_000);
  assert.equal(pace.dueAt, 58_000 + BODY_GRACE_MS);
  pace.goOn(70_000);
  assert.equal(pace.dueAt, 58_000 + BODY_GRACE_MS);
});
