/**
 * The protobuf subprotocols: `protobuf.webpubsub.azure.v1` and, with sequence ids,
 * `protobuf.reliable.webpubsub.azure.v1`.
 *
 * Rules: the service's client specification; where it is silent, proto3 and the official emulator.
 */
import { MAX_JSON_DEPTH } from "../limits.ts";
import { type Command, type Malformed, type Metadata, type Payload, PING } from "./command.ts";
import type { Codec } from "./event.ts";
import { FrameError, malformed } from "./frame_error.ts";
import { JsonSource } from "./json_source.ts";
import { readRequest, type WireRequest } from "./protobuf_decode.ts";
import { encodeMessage, encodeSystem, withSequenceId } from "./protobuf_encode.ts";
import { UPSTREAM } from "./protobuf_messages.ts";
import {
  checkedEvent,
  checkedGroup,
  checkedMetadata,
  checkedTtl,
  payloadWithoutData,
  refuseStream,
} from "./request_rules.ts";
import { TRAITS } from "./traits.ts";

/** The close reason of every binary frame that breaks the subprotocol. */
const MALFORMED_REASON = "The client message is not a valid protobuf protocol message.";

const TEXT_FRAME: Malformed = {
  type: "malformed",
  code: 1003,
  reason: "The protobuf subprotocol requires binary messages.",
  detail: "Cannot read a text frame: it must be a binary one",
};

/**
 * Reads and writes the frames of the protobuf subprotocols. Bytes of a payload are views of the frame that they came
 * in, so whoever hands a frame over must not write to it afterwards.
 *
 * ```ts
 * import { protobufCodec } from "./protobuf.ts";
 * import assert from "node:assert/strict";
 * const join = Uint8Array.of(0x32, 0x07, 0x0a, 0x03, 0x6c, 0x61, 0x62, 0x10, 0x00);
 * assert.deepEqual(protobufCodec.decode(join), { type: "joinGroup", group: "lab", ackId: 0n });
 * assert.equal(protobufCodec.decode(Uint8Array.of(0x32)).type, "malformed");
 * assert.deepEqual(protobufCodec.encodeSystem({ type: "pong" })?.data, Uint8Array.of(0x22, 0));
 * ```
 */
export const protobufCodec: Codec = {
  framing: "protobuf",
  ...TRAITS.protobuf,
  decode(data) {
    if (typeof data === "string") return TEXT_FRAME;
    try {
      return toCommand(readRequest(data));
    } catch (error) {
      return malformed(error, MALFORMED_REASON);
    }
  },
  encodeSystem,
  encodeMessage,
  withSequenceId,
};

function toCommand(request: WireRequest | undefined): Command {
  if (request === undefined) {
    throw new FrameError("Cannot read a frame: it must hold a known request, it holds none");
  }
  const { ackId } = request;
  switch (request.member) {
    case UPSTREAM.joinGroup:
      return { type: "joinGroup", group: checkedGroup(request.name), ackId };
    case UPSTREAM.leaveGroup:
      return { type: "leaveGroup", group: checkedGroup(request.name), ackId };
    case UPSTREAM.sendToGroup:
      refuseStream(request.hasStream);
      return {
        type: "sendToGroup",
        group: checkedGroup(request.name),
        payload: payloadOf(request),
        metadata: metadataOf(request),
        noEcho: request.noEcho,
        ttlSeconds: checkedTtl("ttl_seconds", request.ttlSeconds),
        ackId,
      };
    case UPSTREAM.event:
      refuseStream(request.hasStream);
      return {
        type: "event",
        event: checkedEvent(request.name),
        payload: payloadOf(request),
        metadata: metadataOf(request),
        ackId,
      };
    case UPSTREAM.sequenceAck:
      return { type: "sequenceAck", sequenceId: request.sequenceId };
    case UPSTREAM.ping:
      return PING;
    default:
      throw new FrameError(
        `Cannot read a frame: requests of field ${request.member >>> 3} are not supported`,
      );
  }
}

function payloadOf({ data, metadata }: WireRequest): Payload {
  if (data === undefined) return payloadWithoutData(metadata !== undefined);
  if (data.kind === "json") checkJson(data.text);
  return data;
}

/** The text goes through as it is; it is parsed only to know that every receiver can parse it. */
function checkJson(text: string): void {
  // A shorter text cannot nest that deep. Asked before JSON.parse sees hostile nesting.
  if (text.length > MAX_JSON_DEPTH && new JsonSource(text).tooDeep) {
    throw new FrameError(`Cannot read "json_data": it may nest ${MAX_JSON_DEPTH} levels deep`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // The parser's own message quotes the payload, which must not reach a log.
    if (!(error instanceof SyntaxError)) throw error;
    throw new FrameError(
      `Cannot read "json_data": it must be JSON, the current text of ${text.length} characters is not`,
    );
  }
  if (value === null) throw new FrameError('Cannot read "json_data": it must not be null');
}

function metadataOf({ metadata }: WireRequest): Metadata | undefined {
  return metadata === undefined ? undefined : checkedMetadata(metadata);
}
