import assert from "node:assert/strict";
import { Counters } from "../../src/observe/metrics.ts";
import type { Meter } from "../../src/ports.ts";

Deno.test("each counter counts for itself, from zero", () => {
  const counters = new Counters();
  const meter: Meter = counters;
  meter.messagesExpired.add(2);
  meter.messagesExpired.add(3);
  meter.groupsPerConnectionReached.add(1);
  assert.equal(counters.get("messagesExpired"), 5);
  assert.equal(counters.get("groupsPerConnectionReached"), 1);
});

Deno.test("a counter may be kept by whoever counts: it stays the one that is read", () => {
  const counters = new Counters();
  const { messagesExpired } = counters;
  messagesExpired.add(4);
  assert.equal(counters.get("messagesExpired"), 4);
});

Deno.test("each end is counted for itself, and apart from absences for the same reason", () => {
  const counters = new Counters();
  const meter: Meter = counters;
  meter.ended.slowConsumer.add(1);
  meter.away.slowConsumer.add(2);
  meter.away.cut.add(3);
  const { ended, away } = counters;
  assert.deepEqual([ended.slowConsumer.value, ended.cut.value], [1, 0]);
  assert.deepEqual([away.slowConsumer.value, away.cut.value], [2, 3]);
});
