/**
 * The JSON subprotocols: `json.webpubsub.azure.v1` and, with sequence ids, `json.reliable.webpubsub.azure.v1`.
 *
 * Rules: the service's client specification; where it is silent, the official emulator.
 */
import { MAX_JSON_DEPTH, MAX_TTL_SECONDS, MAX_UINT64 } from "../limits.ts";
import { isEventName, isGroupName } from "../names.ts";
import { decodeAny } from "./any.ts";
import { fromBase64 } from "./base64.ts";
import {
  type Command,
  EMPTY_TEXT,
  type Malformed,
  type Metadata,
  type Payload,
} from "./command.ts";
import type { Codec } from "./event.ts";
import { encodeMessage, encodeSystem, withSequenceId } from "./json_encode.ts";
import { JsonSource } from "./json_source.ts";
import { checkMetadata, MetadataError } from "./metadata.ts";

/** The close reason of every frame that breaks the subprotocol. */
const MALFORMED_REASON = "The client message is not a valid JSON protocol message.";

/** Details for the log quote up to this many characters of a name or a literal, and nothing of `data`. */
const MAX_QUOTED = 64;

/** Why a frame is no request; caught in `decode`, where it becomes the detail of a `malformed` command. */
class FrameError extends Error {
  override readonly name = "FrameError";
}

type Fields = Readonly<Record<string, unknown>>;

type RequestType = Exclude<Command["type"], "malformed">;

/** Requests by their folded name: the service compares without regard to case. */
const REQUESTS: ReadonlyMap<string, RequestType> = new Map([
  ["joingroup", "joinGroup"],
  ["leavegroup", "leaveGroup"],
  ["sendtogroup", "sendToGroup"],
  ["event", "event"],
  ["sequenceack", "sequenceAck"],
  ["ping", "ping"],
]);

const PAYLOAD_KINDS: ReadonlyMap<string, Payload["kind"]> = new Map([
  ["json", "json"],
  ["text", "text"],
  ["binary", "binary"],
  ["protobuf", "protobuf"],
]);

/** Longer than any name above: more is not even folded. */
const MAX_KEYWORD_LENGTH = 32;
const ASCII_LETTERS = /^[A-Za-z]+$/;

const PING: Command = { type: "ping" };

// A byte order mark is no JSON white space, so it is kept for JSON.parse to refuse.
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads and writes the frames of the JSON subprotocols.
 *
 * ```ts
 * import { jsonCodec } from "./json.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(jsonCodec.decode('{"type":"joinGroup","group":"lab","ackId":1}'), {
 *   type: "joinGroup",
 *   group: "lab",
 *   ackId: 1n,
 * });
 * assert.equal(jsonCodec.decode("hello").type, "malformed");
 * assert.equal(jsonCodec.encodeSystem({ type: "pong" })?.data, '{"type":"pong"}');
 * ```
 */
export const jsonCodec: Codec = {
  framing: "json",
  decode(data) {
    try {
      return readRequest(typeof data === "string" ? data : decodeUtf8(data));
    } catch (error) {
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

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) {
      throw new FrameError("Cannot read a binary frame: it must be JSON in UTF-8");
    }
    throw error;
  }
}

function readRequest(text: string): Command {
  const source = new JsonSource(text);
  if (source.tooDeep) {
    throw new FrameError(`Cannot read a frame: JSON may nest ${MAX_JSON_DEPTH} levels deep`);
  }
  const fields = parseObject(text);
  const type = readType(fields.type);
  const ackId = readAckId(fields, source);
  switch (type) {
    case "joinGroup":
      return { type, group: readGroup(fields), ackId };
    case "leaveGroup":
      return { type, group: readGroup(fields), ackId };
    case "sendToGroup":
      refuseStream(fields);
      return {
        type,
        group: readGroup(fields),
        payload: readPayload(fields, source),
        metadata: readMetadata(fields, source),
        noEcho: readNoEcho(fields),
        ttlSeconds: readTtl(fields, source),
        ackId,
      };
    case "event":
      refuseStream(fields);
      return {
        type,
        event: readEvent(fields),
        payload: readPayload(fields, source),
        metadata: readMetadata(fields, source),
        ackId,
      };
    case "sequenceAck":
      return { type, sequenceId: readUint64("sequenceId", fields, source) };
    case "ping":
      return PING;
  }
}

function parseObject(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // The parser's own message quotes the payload, which must not reach a log.
    if (error instanceof SyntaxError) {
      throw new FrameError(
        `Cannot read a frame: it must be JSON, the current one of ${text.length} characters is not`,
      );
    }
    throw error;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new FrameError(`Cannot read a frame: it must be a JSON object, not ${kindOf(value)}`);
  }
  return value as Fields;
}

function readType(value: unknown): RequestType {
  // The usual spellings first: comparing parsed keywords is a fifth of the price of a map look-up.
  switch (value) {
    case "joinGroup":
    case "leaveGroup":
    case "sendToGroup":
    case "event":
    case "sequenceAck":
    case "ping":
      return value;
  }
  const type = typeof value === "string" ? REQUESTS.get(fold(value)) : undefined;
  if (type === undefined) throw wrong("type", "the name of a request", value);
  return type;
}

function readAckId(fields: Fields, source: JsonSource): bigint | undefined {
  if (fields.ackId === undefined || fields.ackId === null) return undefined;
  return readUint64("ackId", fields, source);
}

/** The literal decides, not the parsed number: `1.0` and `1e0` are no ids, and ids go beyond 2^53. */
function readUint64(name: string, fields: Fields, source: JsonSource): bigint {
  const value = typeof fields[name] === "number" ? source.uint64(name) : undefined;
  if (value === undefined) {
    throw wrong(name, `a plain integer from 0 to ${MAX_UINT64}`, fields[name], source);
  }
  return value;
}

function readGroup(fields: Fields): string {
  const group = fields.group;
  if (typeof group !== "string" || !isGroupName(group)) {
    throw wrong("group", "a group name of 1 to 1024 characters, not blank", group);
  }
  return group;
}

function readEvent(fields: Fields): string {
  const event = fields.event;
  if (typeof event !== "string" || !isEventName(event)) {
    throw wrong("event", 'a letter and up to 127 letters, digits or "_.-"', event);
  }
  return event;
}

function readNoEcho(fields: Fields): boolean {
  const noEcho = fields.noEcho;
  if (noEcho === undefined) return false;
  if (typeof noEcho !== "boolean") throw wrong("noEcho", "true or false", noEcho);
  return noEcho;
}

function readTtl(fields: Fields, source: JsonSource): number {
  if (fields.ttlSeconds === undefined || fields.ttlSeconds === null) return 0;
  const seconds = readUint64("ttlSeconds", fields, source);
  if (seconds > MAX_TTL_SECONDS) {
    throw wrong("ttlSeconds", `at most ${MAX_TTL_SECONDS}`, fields.ttlSeconds, source);
  }
  return Number(seconds);
}

/** Streams are not built: their publishes must not pass as plain ones. */
function refuseStream(fields: Fields): void {
  if (fields.stream !== undefined && fields.stream !== null) {
    throw new FrameError('Cannot read "stream": streams are not supported');
  }
}

function readPayload(fields: Fields, source: JsonSource): Payload {
  const kind = readPayloadKind(fields.dataType);
  const data = fields.data;
  if (data === undefined) {
    // Metadata makes an empty text, even an empty object and whatever the data type.
    if (fields.metadata !== undefined && fields.metadata !== null) return EMPTY_TEXT;
    throw new FrameError('Cannot read "data": it may be absent only beside "metadata"');
  }
  if (kind === "json") {
    const text = data === null ? undefined : source.valueText("data");
    if (text === undefined) throw new FrameError('Cannot read "data": it must not be null');
    return { kind, text };
  }
  if (typeof data !== "string") {
    throw new FrameError(
      `Cannot read "data": dataType "${kind}" takes a string, not ${kindOf(data)}`,
    );
  }
  if (kind === "text") return { kind, text: data };
  const bytes = fromBase64(data);
  if (bytes === undefined) {
    throw new FrameError(`Cannot read "data": dataType "${kind}" takes standard padded base64`);
  }
  if (kind === "protobuf" && decodeAny(bytes) === undefined) {
    throw new FrameError('Cannot read "data": it must be a serialised google.protobuf.Any');
  }
  return { kind, bytes };
}

function readPayloadKind(value: unknown): Payload["kind"] {
  switch (value) {
    case undefined:
      return "json";
    case "json":
    case "text":
    case "binary":
    case "protobuf":
      return value;
  }
  const kind = typeof value === "string" ? PAYLOAD_KINDS.get(fold(value)) : undefined;
  if (kind === undefined) throw wrong("dataType", "json, text, binary or protobuf", value);
  return kind;
}

function readMetadata(fields: Fields, source: JsonSource): Metadata | undefined {
  const metadata = fields.metadata;
  if (metadata === undefined || metadata === null) return undefined;
  if (typeof metadata !== "object" || Array.isArray(metadata)) {
    throw wrong("metadata", "an object", metadata);
  }
  // From the source, because parsed objects hide keys given twice and put keys that look like numbers first.
  const members = new JsonSource(source.valueText("metadata") ?? "");
  const pairs = new Map<string, string>();
  for (let i = 0; i < members.count; i++) {
    const key = members.key(i);
    const value = (metadata as Fields)[key];
    if (typeof value !== "string") {
      throw new FrameError(
        `Cannot read "metadata": the value of ${quote(key)} must be a string, not ${kindOf(value)}`,
      );
    }
    if (pairs.has(key)) {
      throw new FrameError(`Cannot read "metadata": the key ${quote(key)} is given twice`);
    }
    pairs.set(key, value);
  }
  const checked = checkMetadata(pairs);
  if (checked instanceof MetadataError) throw new FrameError(checked.message);
  return checked;
}

/**
 * A keyword as the tables above have it. Folds ASCII letters only: Unicode folds foreign letters onto them too (the
 * Kelvin sign onto `k`), which the service does not.
 */
function fold(keyword: string): string {
  if (keyword.length > MAX_KEYWORD_LENGTH || !ASCII_LETTERS.test(keyword)) return "";
  return keyword.toLowerCase();
}

/** Says that field `name` must be `wanted` and what it is; `source` gives numbers as they were written. */
function wrong(name: string, wanted: string, value: unknown, source?: JsonSource): FrameError {
  let current = kindOf(value);
  if (typeof value === "string") current = quote(value);
  if (typeof value === "number") current = clip(source?.valueText(name) ?? String(value));
  return new FrameError(`Cannot read "${name}": it must be ${wanted}, current value is ${current}`);
}

function kindOf(value: unknown): string {
  if (value === undefined) return "absent";
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "object") return Array.isArray(value) ? "a list" : "an object";
  return `a ${typeof value}`;
}

function quote(text: string): string {
  return JSON.stringify(clip(text));
}

function clip(text: string): string {
  return text.length > MAX_QUOTED ? text.slice(0, MAX_QUOTED) + "..." : text;
}
