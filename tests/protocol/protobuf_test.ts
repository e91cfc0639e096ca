import assert from "node:assert/strict";
import { encodeAny } from "../../src/protocol/any.ts";
import type { Command, Payload } from "../../src/protocol/command.ts";
import { protobufCodec } from "../../src/protocol/protobuf.ts";
import { encodeUpstream, type UpstreamFields } from "../support/protobuf_client_codec.ts";
import { frameOf } from "./malformed_json_table.ts";
import { MALFORMED_PROTOBUF } from "./malformed_protobuf_table.ts";

const MAX_ID = "18446744073709551615";

function hex(text: string): Uint8Array {
  return Uint8Array.from(text.split(" "), (byte) => parseInt(byte, 16));
}

function decode(fields: UpstreamFields): Command {
  return protobufCodec.decode(encodeUpstream(fields));
}

Deno.test("join group lab with ack id 0 is the byte example of the specification", () => {
  const frame = hex("32 07 0a 03 6c 61 62 10 00");
  assert.deepEqual(encodeUpstream({ joinGroupMessage: { group: "lab", ackId: "0" } }), frame);
  assert.deepEqual(protobufCodec.decode(frame), { type: "joinGroup", group: "lab", ackId: 0n });
});

Deno.test("an ack id that is absent differs from one that is 0, in every request", () => {
  const data = { textData: "x" };
  for (const [ackId, expected] of [["0", 0n], [MAX_ID, BigInt(MAX_ID)], [undefined, undefined]]) {
    const id = ackId as string | undefined;
    for (
      const fields of [
        { joinGroupMessage: { group: "g", ackId: id } },
        { leaveGroupMessage: { group: "g", ackId: id } },
        { sendToGroupMessage: { group: "g", ackId: id, data } },
        { eventMessage: { event: "e", ackId: id, data } },
      ]
    ) {
      const command = decode(fields);
      assert("ackId" in command);
      assert.equal(command.ackId, expected);
    }
  }
});

Deno.test("every field of a publish is read", () => {
  assert.deepEqual(
    decode({
      sendToGroupMessage: {
        group: "lab",
        ackId: "3",
        data: { textData: "hi" },
        noEcho: true,
        ttlSeconds: 60,
        metadata: { trace: "a1", "10": "" },
      },
    }),
    {
      type: "sendToGroup",
      group: "lab",
      payload: { kind: "text", text: "hi" },
      metadata: new Map([["10", ""], ["trace", "a1"]]),
      noEcho: true,
      ttlSeconds: 60,
      ackId: 3n,
    },
  );
});

Deno.test("the options of a publish have defaults", () => {
  assert.deepEqual(decode({ sendToGroupMessage: { group: "g", data: { textData: "" } } }), {
    type: "sendToGroup",
    group: "g",
    payload: { kind: "text", text: "" },
    metadata: undefined,
    noEcho: false,
    ttlSeconds: 0,
    ackId: undefined,
  });
});

Deno.test("every field of an event is read", () => {
  assert.deepEqual(
    decode({
      eventMessage: {
        event: "order",
        ackId: "4",
        data: { jsonData: '{"id": 7.0}' },
        metadata: { a: "b" },
      },
    }),
    {
      type: "event",
      event: "order",
      payload: { kind: "json", text: '{"id": 7.0}' },
      metadata: new Map([["a", "b"]]),
      ackId: 4n,
    },
  );
});

Deno.test("leave, sequence ack and ping are read", () => {
  assert.deepEqual(decode({ leaveGroupMessage: { group: "g", ackId: "2" } }), {
    type: "leaveGroup",
    group: "g",
    ackId: 2n,
  });
  assert.deepEqual(decode({ sequenceAckMessage: { sequenceId: MAX_ID } }), {
    type: "sequenceAck",
    sequenceId: BigInt(MAX_ID),
  });
  assert.deepEqual(decode({ pingMessage: {} }), { type: "ping" });
});

Deno.test("data comes in four kinds, empty ones included", () => {
  const any = { type_url: "type.example.com/T", value: Uint8Array.of(8, 1) };
  const cases: [object, Payload][] = [
    [{ textData: "" }, { kind: "text", text: "" }],
    [{ textData: "a\0😀" }, { kind: "text", text: "a\0😀" }],
    [{ jsonData: ' [1.0, {"a":null}] ' }, { kind: "json", text: ' [1.0, {"a":null}] ' }],
    [{ binaryData: new Uint8Array() }, { kind: "binary", bytes: new Uint8Array() }],
    [{ binaryData: Uint8Array.of(0, 255) }, { kind: "binary", bytes: Uint8Array.of(0, 255) }],
    [{ protobufData: {} }, { kind: "protobuf", bytes: new Uint8Array() }],
    [{ protobufData: any }, {
      kind: "protobuf",
      bytes: encodeAny({ typeUrl: any.type_url, value: any.value }),
    }],
  ];
  for (const [data, payload] of cases) {
    const publish = decode({ sendToGroupMessage: { group: "g", data } });
    assert(publish.type === "sendToGroup", publish.type);
    assert.deepEqual(publish.payload, payload);
    const event = decode({ eventMessage: { event: "e", data } });
    assert(event.type === "event");
    assert.deepEqual(event.payload, payload);
  }
});

Deno.test("a request of a feature that is not built is malformed", () => {
  for (
    const fields of [
      { invokeEventMessage: { event: "e", invocationId: "i" } },
      { cancelInvocationMessage: { invocationId: "i" } },
      { streamDataMessage: { streamId: "s" } },
      { streamEndMessage: { streamId: "s", error: { userErrorCode: "E" } } },
      { setGroupStateMessage: { group: "g", state: { entries: { a: "b" } } } },
      { subscribeGroupStateMessage: { group: "g" } },
      { unsubscribeGroupStateMessage: { group: "g" } },
      { sendToGroupMessage: { group: "g", stream: { streamId: "s" } } },
      { eventMessage: { event: "e", data: { textData: "x" }, stream: { streamId: "s" } } },
    ]
  ) {
    const command = decode(fields);
    assert(command.type === "malformed", JSON.stringify(fields));
    assert.equal(command.code, 1007);
    assert.match(command.detail, /not supported$/);
  }
});

for (const row of MALFORMED_PROTOBUF) {
  const verb = typeof row.expected === "object" && "code" in row.expected ? "refused" : "read";
  Deno.test(`protobuf frame ${verb}: ${row.name}`, () => {
    const command = protobufCodec.decode(frameOf(row));
    if (row.expected === "pong") {
      assert.equal(command.type, "ping");
    } else if (row.expected === "ignored") {
      assert.notEqual(command.type, "malformed");
      assert.equal("ackId" in command ? command.ackId : undefined, undefined);
    } else if ("code" in row.expected) {
      assert(command.type === "malformed", command.type);
      assert.equal(command.code, row.expected.code);
      assert.equal(
        command.reason,
        command.code === 1003
          ? "The protobuf subprotocol requires binary messages."
          : "The client message is not a valid protobuf protocol message.",
      );
      assert(command.detail.length > 0 && command.detail.length < 300, command.detail);
    } else {
      assert("ackId" in command, command.type);
      assert.equal(String(command.ackId), row.expected.ack);
    }
  });
}

Deno.test("the rows of the malformed table have names of their own", () => {
  const names = MALFORMED_PROTOBUF.map((row) => row.name);
  assert.equal(new Set(names).size, names.length);
  const refusals = MALFORMED_PROTOBUF.filter((row) =>
    typeof row.expected === "object" && "code" in row.expected
  );
  assert(refusals.length >= 40, String(refusals.length));
});

Deno.test("the detail of a malformed frame holds nothing of its data", () => {
  const secret = "s3cret";
  for (const jsonData of [`{"${secret}"`, `"${secret}" ${secret}`]) {
    const command = decode({ sendToGroupMessage: { group: "g", data: { jsonData } } });
    assert(command.type === "malformed");
    assert(!command.detail.includes(secret), command.detail);
  }
});

Deno.test("a long name is cut in the detail", () => {
  const command = decode({ joinGroupMessage: { group: "g".repeat(5000) } });
  assert(command.type === "malformed");
  assert(command.detail.length < 250, command.detail);
});

Deno.test("an Any goes through byte for byte, unknown fields and all", () => {
  // value before type_url, a needlessly long length, an unknown field.
  const any = hex("12 81 00 2a 0a 01 74 98 01 07");
  const frame = Uint8Array.from([...hex("0a 11 0a 01 67 1a 0c 1a 0a"), ...any]);
  const command = protobufCodec.decode(frame);
  assert(command.type === "sendToGroup", command.type);
  assert.deepEqual(command.payload, { kind: "protobuf", bytes: any });
  const out = protobufCodec.encodeMessage({
    type: "message",
    group: "g",
    fromUserId: undefined,
    payload: command.payload,
    metadata: undefined,
  });
  assert(out.data instanceof Uint8Array);
  assert.deepEqual(out.data.subarray(-any.length), any);
});

Deno.test("an Any given twice is merged, in time linear in the frame", () => {
  const part = hex("1a 02 12 00");
  const count = 200_000;
  const data = new Uint8Array(count * part.length);
  for (let i = 0; i < count; i++) data.set(part, i * part.length);
  const length = [0x80 | (data.length & 0x7f), 0x80 | (data.length >> 7 & 0x7f), data.length >> 14];
  const inner = Uint8Array.from([0x0a, 1, 0x67, 0x1a, ...length]);
  const all = inner.length + data.length;
  const frame = new Uint8Array(4 + all);
  frame.set([0x0a, 0x80 | (all & 0x7f), 0x80 | (all >> 7 & 0x7f), all >> 14]);
  frame.set(inner, 4);
  frame.set(data, 4 + inner.length);
  const merged = protobufCodec.decode(frame);
  assert(merged.type === "sendToGroup", merged.type);
  assert(merged.payload.kind === "protobuf");
  assert.equal(merged.payload.bytes.length, count * 2);
});

Deno.test("binary data is a view of the frame, not a copy", () => {
  const frame = encodeUpstream({
    sendToGroupMessage: { group: "g", data: { binaryData: Uint8Array.of(1, 2, 3) } },
  });
  const command = protobufCodec.decode(frame);
  assert(command.type === "sendToGroup" && command.payload.kind === "binary");
  assert.equal(command.payload.bytes.buffer, frame.buffer);
});
