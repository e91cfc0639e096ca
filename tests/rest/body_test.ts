// What the body of a call becomes, and what it may keep in memory.
import assert from "node:assert/strict";
import { payloadOf } from "../../src/rest/body.ts";

/** `text` as the body of a request that was read together with its head. */
function within(text: string): Uint8Array {
  const read = new TextEncoder().encode(`${"h".repeat(1000)}${text}`);
  return read.subarray(1000);
}

Deno.test("a small binary message does not keep the request that it came in, and is not changed by it", () => {
  const body = within("hello");
  const payload = payloadOf(body, { kind: "binary", charset: "utf-8" });
  assert(payload.kind === "binary");
  assert.equal(payload.bytes.buffer.byteLength, 5);
  body.fill(0);
  assert.equal(new TextDecoder().decode(payload.bytes), "hello");
});

Deno.test("a binary message that is most of its request is not copied", () => {
  const body = new Uint8Array(1000).subarray(100);
  const payload = payloadOf(body, { kind: "binary", charset: "utf-8" });
  assert(payload.kind === "binary");
  assert.equal(payload.bytes, body);
});

Deno.test("text and JSON are read where they stand, within a larger read", () => {
  const text = payloadOf(within("héllo"), { kind: "text", charset: "utf-8" });
  assert.deepEqual(text, { kind: "text", text: "héllo" });
  const json = payloadOf(within('{"a": 1}'), { kind: "json", charset: "utf-8" });
  assert.deepEqual(json, { kind: "json", text: '{"a": 1}' });
});
