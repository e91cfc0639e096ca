/**
 * Reads an `UpstreamMessage` off the wire: here are the tables of its messages. What the values may be is for the
 * codec to judge. Of a oneof the member that came last counts, as proto3 wants it.
 */
import { decodeAny } from "./any.ts";
import type { Payload } from "./command.ts";
import { FrameError } from "./frame_error.ts";
import { FieldReader, type Fields, fieldsOf, type Row } from "./protobuf_fields.ts";
import {
  EVENT,
  GROUP_REQUEST,
  MAP_ENTRY,
  MESSAGE_DATA,
  SEND_TO_GROUP,
  SEQUENCE_ACK,
  UPSTREAM,
} from "./protobuf_messages.ts";

/** The request in an `UpstreamMessage`, with the fields of all kinds of requests at their defaults. */
export class WireRequest {
  /** One of `UPSTREAM`. */
  readonly member: number;
  /** Group or event. */
  name = "";
  ackId: bigint | undefined = undefined;
  noEcho = false;
  ttlSeconds = 0;
  sequenceId = 0n;
  hasStream = false;
  metadata: Map<string, string> | undefined = undefined;
  /** The content as it came; bytes are views of the frame. */
  data: Payload | undefined = undefined;
  /** All that was given of an Any, when it was given more than once. */
  anyParts: Uint8Array[] | undefined = undefined;

  constructor(member: number) {
    this.member = member;
  }
}

/** `MessageData`: a oneof, so each member takes the place of the one before it. */
const DATA_FIELDS = fieldsOf<WireRequest>([
  [MESSAGE_DATA.text, (into, from) => setData(into, { kind: "text", text: from.text() })],
  [MESSAGE_DATA.json, (into, from) => setData(into, { kind: "json", text: from.text() })],
  [MESSAGE_DATA.binary, (into, from) => setData(into, { kind: "binary", bytes: from.bytes() })],
  [MESSAGE_DATA.protobuf, (into, from) => addAny(into, from.bytes())],
]);

const MAP_ENTRY_FIELDS = fieldsOf<{ key: string; value: string }>([
  [MAP_ENTRY.key, (into, from) => into.key = from.text()],
  [MAP_ENTRY.value, (into, from) => into.value = from.text()],
]);

const SEND_TO_GROUP_FIELDS = fieldsOf<WireRequest>([
  [SEND_TO_GROUP.group, (into, from) => into.name = from.text()],
  [SEND_TO_GROUP.ackId, (into, from) => into.ackId = from.id()],
  [SEND_TO_GROUP.data, (into, from) => from.message(DATA_FIELDS, into)],
  [SEND_TO_GROUP.noEcho, (into, from) => into.noEcho = from.bool()],
  [SEND_TO_GROUP.ttlSeconds, (into, from) => into.ttlSeconds = from.uint32()],
  [SEND_TO_GROUP.metadata, addMetadata],
  [SEND_TO_GROUP.stream, noteStream],
]);

const EVENT_FIELDS = fieldsOf<WireRequest>([
  [EVENT.event, (into, from) => into.name = from.text()],
  [EVENT.data, (into, from) => from.message(DATA_FIELDS, into)],
  [EVENT.ackId, (into, from) => into.ackId = from.id()],
  [EVENT.metadata, addMetadata],
  [EVENT.stream, noteStream],
]);

const GROUP_REQUEST_FIELDS = fieldsOf<WireRequest>([
  [GROUP_REQUEST.group, (into, from) => into.name = from.text()],
  [GROUP_REQUEST.ackId, (into, from) => into.ackId = from.id()],
]);

const SEQUENCE_ACK_FIELDS = fieldsOf<WireRequest>([
  [SEQUENCE_ACK.sequenceId, (into, from) => into.sequenceId = from.id()],
]);

const PING_FIELDS = fieldsOf<WireRequest>([]);

/** What has been read of the message: the request that came last. */
interface UpstreamMessage {
  request: WireRequest | undefined;
}

/** `UpstreamMessage`: a oneof of requests. */
const UPSTREAM_FIELDS = fieldsOf<UpstreamMessage>([
  request(UPSTREAM.sendToGroup, SEND_TO_GROUP_FIELDS),
  request(UPSTREAM.event, EVENT_FIELDS),
  request(UPSTREAM.joinGroup, GROUP_REQUEST_FIELDS),
  request(UPSTREAM.leaveGroup, GROUP_REQUEST_FIELDS),
  request(UPSTREAM.sequenceAck, SEQUENCE_ACK_FIELDS),
  request(UPSTREAM.ping, PING_FIELDS),
  notBuilt(UPSTREAM.invokeEvent),
  notBuilt(UPSTREAM.cancelInvocation),
  notBuilt(UPSTREAM.streamData),
  notBuilt(UPSTREAM.streamEnd),
  notBuilt(UPSTREAM.setGroupState),
  notBuilt(UPSTREAM.subscribeGroupState),
  notBuilt(UPSTREAM.unsubscribeGroupState),
]);

/**
 * Reads one frame; `undefined` when no member of the oneof is set.
 *
 * ```ts
 * import { readRequest } from "./protobuf_decode.ts";
 * import assert from "node:assert/strict";
 * const join = readRequest(Uint8Array.of(0x32, 7, 0x0a, 3, 0x6c, 0x61, 0x62, 0x10, 0));
 * assert.equal(join?.name, "lab");
 * assert.equal(join?.ackId, 0n);
 * ```
 *
 * @throws FrameError when the bytes are no message; its text holds nothing of the payload.
 */
export function readRequest(bytes: Uint8Array): WireRequest | undefined {
  const message: UpstreamMessage = { request: undefined };
  try {
    new FieldReader(bytes).fields(UPSTREAM_FIELDS, message);
  } catch (error) {
    // The library throws plain errors for what it cannot read, TextDecoder a TypeError for invalid UTF-8.
    if (!(error instanceof Error)) throw error;
    throw new FrameError(`Cannot read a frame: ${error.message}`);
  }
  const { request } = message;
  if (request?.anyParts !== undefined) {
    // proto3 merges what is given twice, and the merged message is the one that the joined bytes encode.
    request.data = { kind: "protobuf", bytes: joined(request.anyParts) };
  }
  return request;
}

/** The row of a request: it takes the place of another kind of request, and is merged with its own. */
function request(tag: number, fields: Fields<WireRequest>): Row<UpstreamMessage> {
  return [tag, (into, from) => from.message(fields, into.request = requestFor(into, tag))];
}

/** The row of a request that is not built: it takes the oneof as any other, but is not read. */
function notBuilt(tag: number): Row<UpstreamMessage> {
  return [tag, (into, from) => {
    into.request = requestFor(into, tag);
    from.pass();
  }];
}

function requestFor({ request }: UpstreamMessage, member: number): WireRequest {
  return request?.member === member ? request : new WireRequest(member);
}

function setData(into: WireRequest, data: Payload): void {
  into.data = data;
  into.anyParts = undefined;
}

function addAny(into: WireRequest, bytes: Uint8Array): void {
  if (decodeAny(bytes) === undefined) throw new Error("illegal google.protobuf.Any");
  if (into.data?.kind === "protobuf") {
    // Joined once at the end: joining at each would take a hostile frame quadratic time.
    (into.anyParts ??= [into.data.bytes]).push(bytes);
  } else {
    into.data = { kind: "protobuf", bytes };
  }
}

function addMetadata(into: WireRequest, from: FieldReader): void {
  const entry = { key: "", value: "" };
  from.message(MAP_ENTRY_FIELDS, entry);
  (into.metadata ??= new Map()).set(entry.key, entry.value);
}

function noteStream(into: WireRequest, from: FieldReader): void {
  into.hasStream = true;
  from.pass();
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const bytes = new Uint8Array(length);
  let position = 0;
  for (const part of parts) {
    bytes.set(part, position);
    position += part.length;
  }
  return bytes;
}
