/** The protobuf subprotocols as a client of them sees them, by a library that the server does not use. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { AckError } from "../../src/errors.ts";
import type { Metadata, Payload } from "../../src/protocol/command.ts";
import type { Message, SystemEvent } from "../../src/protocol/event.ts";
import { protobufCodec } from "../../src/protocol/protobuf.ts";
import {
  type DataFields,
  decodeDownstream,
  type DownstreamFields,
  encodeUpstream,
  parseAny,
  serialiseAny,
} from "../support/protobuf_client_codec.ts";
import { arbitraries, type ClientRequest } from "./codec_arbitraries.ts";
import type { Data, Language, Received } from "./codec_contract.ts";

/** One protobuf message in a binary frame. Its strings are UTF-8, so they hold whole characters only. */
export const protobuf: Language = {
  ...arbitraries(fc.string({ unit: "grapheme", maxLength: 60 })),
  name: "protobuf",
  codec: protobufCodec,
  write,
  read,
  told,
};

/** A request in protobuf. */
export function write(request: ClientRequest): Uint8Array {
  switch (request.type) {
    case "joinGroup":
      return encodeUpstream({ joinGroupMessage: withAckId(request) });
    case "leaveGroup":
      return encodeUpstream({ leaveGroupMessage: withAckId(request) });
    case "sendToGroup":
      return encodeUpstream({
        sendToGroupMessage: {
          ...withAckId(request),
          ...contentOf(request),
          noEcho: request.noEcho,
          ttlSeconds: request.ttlSeconds,
        },
      });
    case "event": {
      const { event, ackId } = request;
      return encodeUpstream({
        eventMessage: { event, ackId: ackId?.toString(), ...contentOf(request) },
      });
    }
    case "sequenceAck":
      return encodeUpstream({ sequenceAckMessage: { sequenceId: String(request.sequenceId) } });
    case "ping":
      return encodeUpstream({ pingMessage: {} });
  }
}

function withAckId({ group, ackId }: { group: string; ackId: bigint | undefined }) {
  return { group, ackId: ackId?.toString() };
}

function contentOf({ payload, metadata }: { payload: Payload; metadata: Metadata | undefined }) {
  return {
    data: dataOf(payload),
    metadata: metadata === undefined ? undefined : Object.fromEntries(metadata),
  };
}

function dataOf(payload: Payload): DataFields {
  switch (payload.kind) {
    case "text":
      return { textData: payload.text };
    case "json":
      return { jsonData: payload.text };
    case "binary":
      return { binaryData: payload.bytes };
    case "protobuf":
      return { protobufData: parseAny(payload.bytes) };
  }
}

function read(data: Data): Received {
  assert(data instanceof Uint8Array);
  const fields = decodeDownstream(data);
  const number = fields.dataMessage?.sequenceId;
  return { event: eventOf(fields), sequenceId: number === undefined ? undefined : Number(number) };
}

function eventOf(fields: DownstreamFields): SystemEvent | Message {
  const { ackMessage, dataMessage, systemMessage, pongMessage } = fields;
  if (pongMessage !== undefined) return { type: "pong" };
  if (ackMessage !== undefined) {
    const { ackId = "0", success = false, error } = ackMessage;
    assert.equal(success, error === undefined);
    return { type: "ack", ackId: BigInt(ackId), error: error as AckError | undefined };
  }
  if (systemMessage?.connectedMessage !== undefined) {
    const { connectionId = "", userId, reconnectionToken } = systemMessage.connectedMessage;
    return { type: "connected", connectionId, userId, reconnectionToken };
  }
  if (systemMessage?.disconnectedMessage !== undefined) {
    return { type: "disconnected", message: systemMessage.disconnectedMessage.reason ?? "" };
  }
  assert(dataMessage?.data !== undefined);
  const { from, group, data, metadata } = dataMessage;
  assert.equal(from, group === undefined ? "server" : "group");
  return {
    type: "message",
    group,
    fromUserId: undefined,
    payload: payloadOf(data),
    metadata: metadata === undefined ? undefined : new Map(Object.entries(metadata)),
  };
}

function payloadOf(data: DataFields): Payload {
  const { textData, jsonData, binaryData, protobufData } = data;
  if (textData !== undefined) return { kind: "text", text: textData };
  if (jsonData !== undefined) return { kind: "json", text: jsonData };
  if (binaryData !== undefined) return { kind: "binary", bytes: new Uint8Array(binaryData) };
  return { kind: "protobuf", bytes: serialiseAny(protobufData ?? {}) };
}

/** There is no field for the publisher. */
function told(event: SystemEvent | Message): SystemEvent | Message {
  return event.type === "message" ? { ...event, fromUserId: undefined } : event;
}
