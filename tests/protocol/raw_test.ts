import assert from "node:assert/strict";
import type { Payload } from "../../src/protocol/command.ts";
import { rawCodec } from "../../src/protocol/raw.ts";

const bytes = new Uint8Array([0, 255]);

Deno.test("a simple client's frame is a user event named message", () => {
  const codec = rawCodec({ kind: "sendEvent" });
  const event = { type: "event", event: "message", metadata: undefined, ackId: undefined };
  assert.deepEqual(codec.decode('{"type":"ping"}'), {
    ...event,
    payload: { kind: "text", text: '{"type":"ping"}' },
  });
  assert.deepEqual(codec.decode(bytes), { ...event, payload: { kind: "binary", bytes } });
  assert.deepEqual(codec.decode(""), { ...event, payload: { kind: "text", text: "" } });
});

Deno.test("in sendToGroup mode a simple client's frame is a publish to its group", () => {
  for (const noEcho of [true, false]) {
    const codec = rawCodec({ kind: "sendToGroup", group: "lab", noEcho });
    const publish = {
      type: "sendToGroup",
      group: "lab",
      metadata: undefined,
      noEcho,
      ttlSeconds: 0,
      ackId: undefined,
    };
    assert.deepEqual(codec.decode("hi"), { ...publish, payload: { kind: "text", text: "hi" } });
    assert.deepEqual(codec.decode(bytes), { ...publish, payload: { kind: "binary", bytes } });
  }
});

Deno.test("a simple client receives bare payloads, text and JSON as text, the rest as bytes", () => {
  const codec = rawCodec({ kind: "sendEvent" });
  const data = (payload: Payload) =>
    codec.encodeMessage({
      type: "message",
      group: "g",
      fromUserId: "ann",
      payload,
      metadata: new Map([["k", "v"]]),
    }).data;
  assert.equal(data({ kind: "text", text: "" }), "");
  assert.equal(data({ kind: "json", text: '"Hello"' }), '"Hello"');
  assert.equal(data({ kind: "binary", bytes }), bytes);
  assert.equal(data({ kind: "protobuf", bytes }), bytes);
});
