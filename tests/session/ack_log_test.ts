import assert from "node:assert/strict";
import { AckLog } from "../../src/session/ack_log.ts";

Deno.test("a fresh log knows no ack id, and 0 is an id like any other", () => {
  const log = new AckLog();
  assert.equal(log.has(0n), false);
  log.add(0n);
  assert.equal(log.has(0n), true);
});

Deno.test("the last 1000 ids are remembered, the oldest is forgotten first", () => {
  const log = new AckLog();
  for (let id = 0n; id < 1001n; id++) log.add(id);
  assert.equal(log.has(0n), false);
  assert.equal(log.has(1n), true);
  assert.equal(log.has(1000n), true);
});

Deno.test("ids beyond 2^53 are told apart exactly", () => {
  const log = new AckLog();
  log.add(18446744073709551614n);
  assert.equal(log.has(18446744073709551615n), false);
  assert.equal(log.has(18446744073709551614n), true);
});
