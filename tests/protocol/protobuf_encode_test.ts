import assert from "node:assert/strict";
import { encodeAny } from "../../src/protocol/any.ts";
import type { Payload } from "../../src/protocol/command.ts";
import { Frame, type Message, type SystemEvent } from "../../src/protocol/event.ts";
import { protobufCodec } from "../../src/protocol/protobuf.ts";
import { decodeDownstream, type DownstreamFields } from "../support/protobuf_client_codec.ts";

const MAX_ID = "18446744073709551615";

function hex(text: string): Uint8Array {
  return Uint8Array.from(text.split(" "), (byte) => parseInt(byte, 16));
}

function bytesOf(frame: Frame | undefined): Uint8Array {
  assert(frame?.data instanceof Uint8Array);
  return frame.data;
}

function system(event: SystemEvent): DownstreamFields {
  return decodeDownstream(bytesOf(protobufCodec.encodeSystem(event)));
}

function messageOf(payload: Payload, more: Partial<Message> = {}): Message {
  return {
    type: "message",
    group: "g",
    fromUserId: "ann",
    payload,
    metadata: undefined,
    ...more,
  };
}

function sent(payload: Payload, more: Partial<Message> = {}): DownstreamFields["dataMessage"] {
  return decodeDownstream(bytesOf(protobufCodec.encodeMessage(messageOf(payload, more))))
    .dataMessage;
}

Deno.test("connected says who the connection is and how it is recovered", () => {
  assert.deepEqual(
    system({
      type: "connected",
      connectionId: "k3x",
      userId: "ann",
      reconnectionToken: "opaque",
    }).systemMessage?.connectedMessage,
    { connectionId: "k3x", userId: "ann", reconnectionToken: "opaque" },
  );
});

Deno.test("connected has no user id when there is none, and a token only on the reliable name", () => {
  const frame = protobufCodec.encodeSystem({
    type: "connected",
    connectionId: "k3x",
    userId: undefined,
    reconnectionToken: undefined,
  });
  assert.deepEqual(bytesOf(frame), hex("1a 07 0a 05 0a 03 6b 33 78"));
});

Deno.test("the reason of disconnected is field 2", () => {
  const frame = protobufCodec.encodeSystem({ type: "disconnected", message: "bye" });
  assert.deepEqual(bytesOf(frame), hex("1a 07 12 05 12 03 62 79 65"));
  assert.deepEqual(
    system({ type: "disconnected", message: "漢".repeat(1000) }).systemMessage
      ?.disconnectedMessage,
    { reason: "漢".repeat(1000) },
  );
});

Deno.test("an ack repeats the exact id and says why it failed", () => {
  const { ackMessage } = system({ type: "ack", ackId: BigInt(MAX_ID), error: undefined });
  assert.deepEqual(ackMessage, { ackId: MAX_ID, success: true });
  const failed = system({
    type: "ack",
    ackId: 5n,
    error: { name: "Forbidden", message: "No." },
  });
  assert.equal(failed.ackMessage?.success, undefined);
  assert.equal(failed.ackMessage?.ackId, "5");
  assert.equal(failed.ackMessage?.error?.name, "Forbidden");
  assert.equal(failed.ackMessage?.error?.message, "No.");
});

Deno.test("an ack of 0 leaves the zero out", () => {
  const frame = protobufCodec.encodeSystem({ type: "ack", ackId: 0n, error: undefined });
  assert.deepEqual(bytesOf(frame), hex("0a 02 10 01"));
});

Deno.test("pong is empty", () => {
  assert.deepEqual(bytesOf(protobufCodec.encodeSystem({ type: "pong" })), hex("22 00"));
});

Deno.test("a group message names its group, not its sender", () => {
  assert.deepEqual(
    bytesOf(protobufCodec.encodeMessage(messageOf({ kind: "text", text: "hi" }))),
    hex("12 10 0a 05 67 72 6f 75 70 12 01 67 1a 04 0a 02 68 69"),
  );
});

Deno.test("a server message has no group", () => {
  const message = sent({ kind: "text", text: "hi" }, { group: undefined, fromUserId: undefined });
  assert.equal(message?.from, "server");
  assert.equal(message?.group, undefined);
  assert.equal(message?.data?.textData, "hi");
});

Deno.test("JSON leaves as json_data, text as text_data, bytes as binary_data, an Any as itself", () => {
  assert.equal(sent({ kind: "json", text: '{"a": 1.0}' })?.data?.jsonData, '{"a": 1.0}');
  assert.equal(sent({ kind: "text", text: "null" })?.data?.textData, "null");
  assert.deepEqual(
    new Uint8Array(
      sent({ kind: "binary", bytes: Uint8Array.of(1, 255) })?.data?.binaryData ?? [],
    ),
    Uint8Array.of(1, 255),
  );
  const bytes = encodeAny({ typeUrl: "t", value: Uint8Array.of(7) });
  const any = sent({ kind: "protobuf", bytes })?.data?.protobufData;
  assert.equal(any?.type_url, "t");
  assert.deepEqual(new Uint8Array(any?.value ?? []), Uint8Array.of(7));
});

Deno.test("empty data still says its kind", () => {
  assert.equal(sent({ kind: "text", text: "" })?.data?.textData, "");
  assert.equal(sent({ kind: "binary", bytes: new Uint8Array() })?.data?.binaryData?.length, 0);
  assert.deepEqual(
    sent({ kind: "protobuf", bytes: new Uint8Array() })?.data?.protobufData,
    {},
  );
});

Deno.test("metadata goes out as a map, none as nothing", () => {
  const metadata = new Map([["b", "1"], ["a", ""], ["10", "x".repeat(1024)]]);
  assert.deepEqual(sent({ kind: "text", text: "x" }, { metadata })?.metadata, {
    b: "1",
    a: "",
    "10": "x".repeat(1024),
  });
  assert.equal(sent({ kind: "text", text: "x" })?.metadata, undefined);
});

Deno.test("a lone surrogate leaves as U+FFFD, as text must be UTF-8", () => {
  for (const text of ["\ud800", "a\udc00".repeat(100)]) {
    const expected = text.replaceAll(/[\ud800-\udfff]/g, "\ufffd");
    assert.equal(sent({ kind: "text", text })?.data?.textData, expected);
  }
});

Deno.test("large and small messages in turn do not disturb each other", () => {
  for (const length of [10, 1_000_000, 3, 127, 128, 40_000, 5, 16_383, 16_384, 70_000]) {
    assert.equal(sent({ kind: "text", text: "é".repeat(length) })?.data?.textData?.length, length);
  }
});

Deno.test("a sequence id becomes a field of the message, in one length with it", () => {
  const shared = protobufCodec.encodeMessage(messageOf({ kind: "text", text: "hi" }));
  const before = bytesOf(shared).slice();
  assert.deepEqual(
    bytesOf(protobufCodec.withSequenceId(shared, 300)),
    hex("12 13 0a 05 67 72 6f 75 70 12 01 67 1a 04 0a 02 68 69 20 ac 02"),
  );
  assert.deepEqual(bytesOf(shared), before);
});

Deno.test("a sequence id fits whatever it does to the length", () => {
  for (
    const length of [0, 100, 104, 105, 106, 107, 108, 109, 110, 16_360, 16_365, 16_370, 70_000]
  ) {
    const payload: Payload = { kind: "text", text: "x".repeat(length) };
    const shared = protobufCodec.encodeMessage(
      messageOf(payload, { metadata: new Map([["k", "v"]]) }),
    );
    for (const id of [1, 127, 128, 16_384, 2 ** 31, 2 ** 32, 2 ** 32 + 5, 2 ** 53 - 1]) {
      const numbered = bytesOf(protobufCodec.withSequenceId(shared, id));
      const { dataMessage } = decodeDownstream(numbered);
      assert.equal(dataMessage?.sequenceId, String(id));
      assert.equal(dataMessage?.data?.textData?.length, length);
      assert.deepEqual(dataMessage?.metadata, { k: "v" });
    }
  }
});

Deno.test("only messages are numbered", () => {
  const pong = protobufCodec.encodeSystem({ type: "pong" });
  assert(pong !== undefined);
  assert.throws(() => protobufCodec.withSequenceId(pong, 1), TypeError);
  assert.throws(() => protobufCodec.withSequenceId(new Frame("{}"), 1), TypeError);
});
