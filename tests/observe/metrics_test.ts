import assert from "node:assert/strict";
import { Counters } from "../../src/observe/metrics.ts";
import type { Meter } from "../../src/ports.ts";

Deno.test("each counter counts for itself, from zero", () => {
  const counters = new Counters();
  const meter: Meter = counters;
  meter.messagesExpired.add(2);
  meter.messagesExpired.add(3);
  meter.slowConsumers.add(1);
  assert.equal(counters.get("messagesExpired"), 5);
  assert.equal(counters.get("slowConsumers"), 1);
  assert.equal(counters.get("replayBuffersFull"), 0);
});

Deno.test("a counter may be kept by whoever counts: it stays the one that is read", () => {
  const counters = new Counters();
  const { waitingFramesExceeded } = counters;
  waitingFramesExceeded.add(4);
  assert.equal(counters.get("waitingFramesExceeded"), 4);
});
