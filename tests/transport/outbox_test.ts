import assert from "node:assert/strict";
import { MAX_OUTBOUND_BYTES } from "../../src/limits.ts";
import { Counters } from "../../src/observe/metrics.ts";
import { Frame } from "../../src/protocol/event.ts";
import { Outbox } from "../../src/transport/outbox.ts";

Deno.test("frames leave in order; expired ones are dropped and counted", () => {
  const counters = new Counters();
  const outbox = new Outbox(counters);
  const [a, b, c] = [new Frame("a"), new Frame("b"), new Frame("c")];
  outbox.push(a, 0, 0, 1000);
  outbox.push(b, 2000, 0, 1000);
  outbox.push(c, 3000, 0, 1000);
  assert.equal(outbox.shift(2000), a);
  assert.equal(outbox.shift(2000), c);
  assert.equal(outbox.shift(2000), undefined);
  assert.equal(counters.get("messagesExpired"), 1);
  assert.equal(outbox.bytes, 0);
});

Deno.test("the byte bound counts what the runtime holds, and expired frames free their place first", () => {
  const counters = new Counters();
  const outbox = new Outbox(counters);
  const half = new Frame(new Uint8Array(MAX_OUTBOUND_BYTES / 2));
  assert.equal(outbox.push(half, 500, 0, 0), true);
  assert.equal(outbox.push(half, 0, 0, 0), true);
  assert.equal(outbox.push(new Frame("x"), 0, 0, 499), false);
  assert.equal(outbox.push(half, 0, 1, 499), false);
  assert.equal(outbox.push(half, 0, 0, 500), true);
  assert.equal(outbox.length, 2);
  assert.equal(counters.get("messagesExpired"), 1);
});
