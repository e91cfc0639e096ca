import assert from "node:assert/strict";
import type { AckError } from "../../src/errors.ts";
import type { Message, SystemEvent } from "../../src/protocol/event.ts";
import { Frame } from "../../src/protocol/event.ts";
import { jsonCodec } from "../../src/protocol/json.ts";

function system(event: SystemEvent): string | Uint8Array | undefined {
  return jsonCodec.encodeSystem(event)?.data;
}

function message(fields: Partial<Message>): Frame {
  return jsonCodec.encodeMessage({
    type: "message",
    group: undefined,
    fromUserId: undefined,
    payload: { kind: "text", text: "hi" },
    metadata: undefined,
    ...fields,
  });
}

Deno.test("connected names user, connection and token in this order and leaves out what is not there", () => {
  assert.equal(
    system({
      type: "connected",
      connectionId: "k3x",
      userId: 'a"nn',
      reconnectionToken: "t",
    }),
    '{"type":"system","event":"connected","userId":"a\\"nn","connectionId":"k3x","reconnectionToken":"t"}',
  );
  assert.equal(
    system({
      type: "connected",
      connectionId: "k3x",
      userId: undefined,
      reconnectionToken: undefined,
    }),
    '{"type":"system","event":"connected","connectionId":"k3x"}',
  );
});

Deno.test("disconnected carries its message whole", () => {
  assert.equal(
    system({ type: "disconnected", message: "Reason: 漢\n" }),
    '{"type":"system","event":"disconnected","message":"Reason: 漢\\n"}',
  );
});

Deno.test("acks carry the exact integer and an error only when they failed", () => {
  assert.equal(
    system({ type: "ack", ackId: 18446744073709551615n, error: undefined }),
    '{"type":"ack","ackId":18446744073709551615,"success":true}',
  );
  const error: AckError = {
    name: "Duplicate",
    message: 'Message with ack-id: 1 has been "processed"',
  };
  assert.equal(
    system({ type: "ack", ackId: 1n, error }),
    '{"type":"ack","ackId":1,"success":false,"error":{"name":"Duplicate","message":"Message with ack-id: 1 has been \\"processed\\""}}',
  );
});

Deno.test("pong has no other members", () => {
  assert.equal(system({ type: "pong" }), '{"type":"pong"}');
});

Deno.test("group messages name group and sender, server messages neither", () => {
  const payload = { kind: "binary", bytes: new Uint8Array([1, 2, 3]) } as const;
  assert.equal(
    message({ group: "g", fromUserId: "ann", payload }).data,
    '{"type":"message","from":"group","group":"g","fromUserId":"ann","dataType":"binary","data":"AQID"}',
  );
  assert.equal(
    message({ payload: { kind: "json", text: '{"a": 1.0}' } }).data,
    '{"type":"message","from":"server","dataType":"json","data":{"a": 1.0}}',
  );
  assert.equal(
    message({ payload: { kind: "protobuf", bytes: new Uint8Array([10, 1, 97]) } }).data,
    '{"type":"message","from":"server","dataType":"protobuf","data":"CgFh"}',
  );
});

Deno.test("bytes are written from a view of a larger buffer as they are", () => {
  const view = new Uint8Array([9, 1, 2, 3, 9]).subarray(1, 4);
  assert.equal(
    message({ payload: { kind: "binary", bytes: view } }).data,
    '{"type":"message","from":"server","dataType":"binary","data":"AQID"}',
  );
});

Deno.test("metadata follows the data, in its order", () => {
  assert.equal(
    message({ group: "g", metadata: new Map([["b", '"'], ["1", ""]]) }).data,
    '{"type":"message","from":"group","group":"g","dataType":"text","data":"hi","metadata":{"b":"\\"","1":""}}',
  );
});

Deno.test("a sequence id is added as the last member and leaves the shared frame alone", () => {
  const shared = message({ group: "g" });
  const numbered = jsonCodec.withSequenceId(shared, 9007199254740991);
  assert.equal(
    numbered.data,
    '{"type":"message","from":"group","group":"g","dataType":"text","data":"hi","sequenceId":9007199254740991}',
  );
  assert.equal(
    shared.data,
    '{"type":"message","from":"group","group":"g","dataType":"text","data":"hi"}',
  );
  assert.throws(() => jsonCodec.withSequenceId(new Frame(new Uint8Array(1)), 1), TypeError);
});
