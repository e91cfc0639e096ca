import assert from "node:assert/strict";
import fc from "fast-check";
import type { Command, Payload } from "../../src/protocol/command.ts";
import type { Message } from "../../src/protocol/event.ts";
import { protobufCodec } from "../../src/protocol/protobuf.ts";
import {
  type DataFields,
  decodeDownstream,
  encodeUpstream,
  serialiseAny,
  type UpstreamFields,
} from "../support/protobuf_client_codec.ts";
import { valueSource } from "./json_arbitraries.ts";

const text = fc.string({ unit: "grapheme", maxLength: 60 });
const bytes = fc.uint8Array({ maxLength: 60 });
const group = text.map((name) => `g${name.replaceAll("\n", "")}`);
const event = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.-]{0,20}$/);
const ackId = fc.option(fc.bigInt(0n, 2n ** 64n - 1n), { nil: undefined });
const metadata = fc.option(
  fc.dictionary(
    fc.stringMatching(/^[!#$%&'*+.^`|~0-9A-Za-z-]{1,8}$/),
    fc.string({ unit: "binary-ascii", maxLength: 8 }),
    { maxKeys: 5, noNullPrototype: true },
  ),
  { nil: undefined },
);

interface Content {
  readonly data: DataFields;
  readonly payload: Payload;
}

const content: fc.Arbitrary<Content> = fc.oneof(
  text.map((value): Content => ({
    data: { textData: value },
    payload: { kind: "text", text: value },
  })),
  valueSource.filter((source) => source !== "null").map((source): Content => ({
    data: { jsonData: source },
    payload: { kind: "json", text: source },
  })),
  bytes.map((value): Content => ({
    data: { binaryData: value },
    payload: { kind: "binary", bytes: value },
  })),
  fc.record({ type_url: text, value: bytes }).map((any): Content => ({
    data: { protobufData: any },
    payload: { kind: "protobuf", bytes: serialiseAny(any) },
  })),
);

interface Exchange {
  readonly fields: UpstreamFields;
  readonly command: Command;
}

function idOf(id: bigint | undefined): string | undefined {
  return id === undefined ? undefined : String(id);
}

function mapOf(pairs: Record<string, string> | undefined): Map<string, string> | undefined {
  const entries = Object.entries(pairs ?? {});
  return entries.length === 0 ? undefined : new Map(entries);
}

/** A request as the client says it and as the server must understand it. */
const exchange: fc.Arbitrary<Exchange> = fc.oneof(
  fc.tuple(group, ackId, fc.boolean()).map(([name, id, joins]): Exchange => {
    const fields = { group: name, ackId: idOf(id) };
    return joins
      ? {
        fields: { joinGroupMessage: fields },
        command: { type: "joinGroup", group: name, ackId: id },
      }
      : {
        fields: { leaveGroupMessage: fields },
        command: { type: "leaveGroup", group: name, ackId: id },
      };
  }),
  fc.tuple(group, ackId, content, fc.boolean(), fc.nat(300), metadata).map(
    ([name, id, { data, payload }, noEcho, ttlSeconds, pairs]): Exchange => ({
      fields: {
        sendToGroupMessage: {
          group: name,
          ackId: idOf(id),
          data,
          noEcho,
          ttlSeconds,
          metadata: pairs,
        },
      },
      command: {
        type: "sendToGroup",
        group: name,
        payload,
        metadata: mapOf(pairs),
        noEcho,
        ttlSeconds,
        ackId: id,
      },
    }),
  ),
  fc.tuple(event, ackId, content, metadata).map((
    [name, id, { data, payload }, pairs],
  ): Exchange => ({
    fields: { eventMessage: { event: name, ackId: idOf(id), data, metadata: pairs } },
    command: { type: "event", event: name, payload, metadata: mapOf(pairs), ackId: id },
  })),
  fc.bigInt(0n, 2n ** 64n - 1n).map((id): Exchange => ({
    fields: { sequenceAckMessage: { sequenceId: String(id) } },
    command: { type: "sequenceAck", sequenceId: id },
  })),
);

const message: fc.Arbitrary<{ message: Message; data: DataFields }> = fc.tuple(
  fc.option(group, { nil: undefined }),
  content,
  metadata,
).map(([name, { data, payload }, pairs]) => ({
  message: {
    type: "message",
    group: name,
    fromUserId: undefined,
    payload,
    metadata: mapOf(pairs),
  },
  data,
}));

/** What is comparable: views and buffers as plain bytes, empty fields of an Any as absent. */
function plain(data: DataFields | undefined): unknown {
  if (data?.textData !== undefined) return data.textData;
  if (data?.jsonData !== undefined) return { json: data.jsonData };
  if (data?.binaryData !== undefined) return new Uint8Array(data.binaryData);
  const { type_url = "", value = [] } = data?.protobufData ?? {};
  return { type_url, value: new Uint8Array(value) };
}

Deno.test("the server understands whatever the client says", () => {
  fc.assert(
    fc.property(exchange, ({ fields, command }) => {
      assert.deepEqual(protobufCodec.decode(encodeUpstream(fields)), command);
    }),
    { seed: 71, numRuns: 1000 },
  );
});

Deno.test("the client understands whatever the server says, with and without a sequence id", () => {
  const id = fc.oneof(fc.nat(300), fc.maxSafeNat()).map((value) => value + (value === 0 ? 1 : 0));
  fc.assert(
    fc.property(message, id, (sent, sequenceId) => {
      const frame = protobufCodec.encodeMessage(sent.message);
      const numbered = protobufCodec.withSequenceId(frame, sequenceId);
      for (
        const [{ data: wire }, number] of [[frame, undefined], [numbered, sequenceId]] as const
      ) {
        assert(wire instanceof Uint8Array);
        const { dataMessage } = decodeDownstream(wire);
        assert.equal(dataMessage?.from, sent.message.group === undefined ? "server" : "group");
        assert.equal(dataMessage?.group, sent.message.group);
        assert.equal(dataMessage?.sequenceId, number === undefined ? undefined : String(number));
        assert.deepEqual(plain(dataMessage?.data), plain(sent.data));
        assert.deepEqual(mapOf(dataMessage?.metadata), sent.message.metadata);
      }
    }),
    { seed: 72, numRuns: 1000 },
  );
});

Deno.test("an Any that a client publishes reaches another client with the same bytes", () => {
  fc.assert(
    fc.property(text, bytes, (type_url, value) => {
      const data = { protobufData: { type_url, value } };
      const command = protobufCodec.decode(
        encodeUpstream({ sendToGroupMessage: { group: "g", data } }),
      );
      assert(command.type === "sendToGroup" && command.payload.kind === "protobuf");
      assert.deepEqual(
        new Uint8Array(command.payload.bytes),
        serialiseAny(data.protobufData),
      );
    }),
    { seed: 73, numRuns: 300 },
  );
});

Deno.test("random bytes never throw", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (frame) => {
      assert(protobufCodec.decode(frame).type.length > 0);
    }),
    { seed: 74, numRuns: 3000 },
  );
});

Deno.test("every truncation of a request is read or refused, and never read as another request", () => {
  fc.assert(
    fc.property(exchange, ({ fields, command }) => {
      const frame = encodeUpstream(fields);
      for (let length = 0; length < frame.length; length++) {
        // A request is one length-delimited field, so what is cut off is always missed.
        assert.equal(protobufCodec.decode(frame.subarray(0, length)).type, "malformed");
      }
      assert.equal(protobufCodec.decode(frame).type, command.type);
    }),
    { seed: 75, numRuns: 100 },
  );
});

Deno.test("damaged requests never throw", () => {
  const damage = fc.array(
    fc.tuple(fc.nat(200), fc.nat(3), fc.uint8Array({ maxLength: 4 })),
    { minLength: 1, maxLength: 4 },
  );
  fc.assert(
    fc.property(exchange, damage, ({ fields }, places) => {
      let frame = [...encodeUpstream(fields)];
      for (const [place, removed, inserted] of places) {
        const at = place % (frame.length + 1);
        frame = [...frame.slice(0, at), ...inserted, ...frame.slice(at + removed)];
      }
      assert(protobufCodec.decode(Uint8Array.from(frame)).type.length > 0);
    }),
    { seed: 76, numRuns: 2000 },
  );
});

Deno.test("unknown fields anywhere between the members change nothing", () => {
  const unknown = fc.constantFrom(
    [0x98, 0x06, 0x05],
    [0x9a, 0x06, 0x02, 0xff, 0xff],
    [0x9d, 0x06, 1, 2, 3, 4],
    [0x99, 0x06, 1, 2, 3, 4, 5, 6, 7, 8],
    [0x9b, 0x06, 0x0a, 0x00, 0x9c, 0x06],
  );
  fc.assert(
    fc.property(exchange, fc.array(unknown), fc.array(unknown), ({ fields, command }, a, b) => {
      const frame = Uint8Array.from([...a.flat(), ...encodeUpstream(fields), ...b.flat()]);
      assert.deepEqual(protobufCodec.decode(frame), command);
    }),
    { seed: 77, numRuns: 300 },
  );
});
