import assert from "node:assert/strict";
import { describe, FrameError, malformed, wrong } from "../../src/protocol/frame_error.ts";

Deno.test("a frame error becomes a malformed command: the client sees the reason, the log the detail", () => {
  assert.deepEqual(malformed(new FrameError("detail"), "reason"), {
    type: "malformed",
    code: 1007,
    reason: "reason",
    detail: "detail",
  });
});

Deno.test("a fault of ours is no malformed frame: it goes on as it came", () => {
  const fault = new TypeError("x is undefined");
  assert.throws(() => malformed(fault, "reason"), (error) => error === fault);
});

Deno.test("a refusal names the field, what it must be and what it is", () => {
  assert.equal(
    wrong("ttlSeconds", "at most 300", "301").message,
    'Cannot read "ttlSeconds": it must be at most 300, current value is 301',
  );
});

Deno.test("a detail shows short values, cuts long ones and never looks into lists and objects", () => {
  assert.equal(describe('a"b'), '"a\\"b"');
  assert.equal(describe("x".repeat(65)), `"${"x".repeat(64)}..."`);
  assert.equal(describe(1, "1.0"), "1.0");
  assert.equal(describe(1e99, "9".repeat(65)), `${"9".repeat(64)}...`);
  assert.equal(describe(true), "true");
  assert.equal(describe(null), "null");
  assert.equal(describe(undefined), "absent");
  assert.equal(describe(["secret"]), "a list");
  assert.equal(describe({ secret: 1 }), "an object");
});
