/**
 * The protobuf subprotocols: `protobuf.webpubsub.azure.v1` and, with sequence ids,
 * `protobuf.reliable.webpubsub.azure.v1`.
 *
 * Rules: the service's client specification; where it is silent, proto3 and the official emulator.
 */
import { MAX_JSON_DEPTH, MAX_TTL_SECONDS } from "../limits.ts";
import { isEventName, isGroupName } from "../names.ts";
import {
  type Command,
  EMPTY_TEXT,
  type Malformed,
  type Metadata,
  type Payload,
} from "./command.ts";
import type { Codec } from "./event.ts";
import { JsonSource } from "./json_source.ts";
import { checkMetadata, MetadataError } from "./metadata.ts";
import { readUpstream, type Upstream, WireError } from "./protobuf_decode.ts";
import { encodeMessage, encodeSystem, withSequenceId } from "./protobuf_encode.ts";
import { UPSTREAM } from "./protobuf_messages.ts";

/** The close reason of every frame that breaks the subprotocol. */
const MALFORMED_REASON = "The client message is not a valid protobuf protocol message.";

const TEXT_FRAME: Malformed = {
  type: "malformed",
  code: 1003,
  reason: "The protobuf subprotocol requires binary messages.",
  detail: "Cannot read a text frame: it must be a binary one",
};

/** Details for the log quote up to this many characters of a name, and nothing of the data. */
const MAX_QUOTED = 64;

const PING: Command = { type: "ping" };

/** Why a message is no request; caught in `decode`, where it becomes the detail of a `malformed` command. */
class FrameError extends Error {
  override readonly name = "FrameError";
}

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
  decode(data) {
    if (typeof data === "string") return TEXT_FRAME;
    try {
      return toCommand(readUpstream(data));
    } catch (error) {
      if (error instanceof WireError) return malformed(`Cannot read a frame: ${error.message}`);
      if (error instanceof FrameError) return malformed(error.message);
      throw error;
    }
  },
  encodeSystem,
  encodeMessage,
  withSequenceId,
};

function malformed(detail: string): Malformed {
  return { type: "malformed", code: 1007, reason: MALFORMED_REASON, detail };
}

function toCommand(upstream: Upstream | undefined): Command {
  if (upstream === undefined) {
    throw new FrameError("Cannot read a frame: it must hold a known request, it holds none");
  }
  switch (upstream.member) {
    case UPSTREAM.joinGroup:
      return { type: "joinGroup", group: groupOf(upstream), ackId: upstream.ackId };
    case UPSTREAM.leaveGroup:
      return { type: "leaveGroup", group: groupOf(upstream), ackId: upstream.ackId };
    case UPSTREAM.sendToGroup:
      refuseStream(upstream);
      return {
        type: "sendToGroup",
        group: groupOf(upstream),
        payload: payloadOf(upstream),
        metadata: metadataOf(upstream),
        noEcho: upstream.noEcho,
        ttlSeconds: ttlOf(upstream),
        ackId: upstream.ackId,
      };
    case UPSTREAM.event:
      refuseStream(upstream);
      return {
        type: "event",
        event: eventOf(upstream),
        payload: payloadOf(upstream),
        metadata: metadataOf(upstream),
        ackId: upstream.ackId,
      };
    case UPSTREAM.sequenceAck:
      return { type: "sequenceAck", sequenceId: upstream.sequenceId };
    case UPSTREAM.ping:
      return PING;
    default:
      throw new FrameError(
        `Cannot read a frame: requests of field ${upstream.member >>> 3} are not supported`,
      );
  }
}

function groupOf({ name }: Upstream): string {
  if (isGroupName(name)) return name;
  throw wrong("group", "a group name of 1 to 1024 characters, not blank", quote(name));
}

function eventOf({ name }: Upstream): string {
  if (isEventName(name)) return name;
  throw wrong("event", 'a letter and up to 127 letters, digits or "_.-"', quote(name));
}

function ttlOf({ ttlSeconds }: Upstream): number {
  if (ttlSeconds <= MAX_TTL_SECONDS) return ttlSeconds;
  throw wrong("ttl_seconds", `at most ${MAX_TTL_SECONDS}`, String(ttlSeconds));
}

/** Streams are not built: their publishes must not pass as plain ones. */
function refuseStream({ hasStream }: Upstream): void {
  if (hasStream) throw new FrameError('Cannot read "stream": streams are not supported');
}

function payloadOf({ data, metadata }: Upstream): Payload {
  if (data === undefined) {
    if (metadata !== undefined) return EMPTY_TEXT;
    throw new FrameError('Cannot read "data": it may be absent only beside "metadata"');
  }
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

function metadataOf({ metadata }: Upstream): Metadata | undefined {
  if (metadata === undefined) return undefined;
  const checked = checkMetadata(metadata);
  if (checked instanceof MetadataError) throw new FrameError(checked.message);
  return checked;
}

function wrong(field: string, wanted: string, current: string): FrameError {
  return new FrameError(
    `Cannot read "${field}": it must be ${wanted}, current value is ${current}`,
  );
}

function quote(text: string): string {
  return JSON.stringify(text.length > MAX_QUOTED ? text.slice(0, MAX_QUOTED) + "..." : text);
}
