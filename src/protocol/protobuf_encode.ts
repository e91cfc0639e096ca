/** Writes the frames of the protobuf subprotocols: one `DownstreamMessage` each. */
import { BinaryWriter } from "@bufbuild/protobuf/wire";
import { MAX_KEPT_WRITER_BYTES } from "../limits.ts";
import type { Metadata, Payload } from "./command.ts";
import { Frame, type Message, type SystemEvent } from "./event.ts";
import {
  ACK,
  CONNECTED,
  DATA,
  DISCONNECTED,
  DOWNSTREAM,
  ERROR,
  MAP_ENTRY,
  MESSAGE_DATA,
  SYSTEM,
} from "./protobuf_messages.ts";

/** One for all clients: it never differs. */
const PONG = new Frame(Uint8Array.of(DOWNSTREAM.pong, 0));

/** The writer of the last frame: its buffer has grown already, which halves the cost of the next one. */
let spare: BinaryWriter | undefined;

/** Writes an ack, a pong or a system frame. */
export function encodeSystem(event: SystemEvent): Frame {
  if (event.type === "pong") return PONG;
  const writer = takeWriter();
  switch (event.type) {
    case "connected":
      writer.uint32(DOWNSTREAM.system).fork().uint32(SYSTEM.connected).fork();
      writer.uint32(CONNECTED.connectionId).string(event.connectionId);
      if (event.userId !== undefined) writer.uint32(CONNECTED.userId).string(event.userId);
      if (event.reconnectionToken !== undefined) {
        writer.uint32(CONNECTED.reconnectionToken).string(event.reconnectionToken);
      }
      writer.join().join();
      break;
    case "disconnected":
      writer.uint32(DOWNSTREAM.system).fork().uint32(SYSTEM.disconnected).fork();
      writer.uint32(DISCONNECTED.reason).string(event.message).join().join();
      break;
    case "ack":
      writer.uint32(DOWNSTREAM.ack).fork();
      // proto3 leaves zeros and falses out.
      if (event.ackId !== 0n) writer.uint32(ACK.ackId).uint64(event.ackId);
      if (event.error === undefined) {
        writer.uint32(ACK.success).bool(true);
      } else {
        writer.uint32(ACK.error).fork();
        writer.uint32(ERROR.name).string(event.error.name);
        writer.uint32(ERROR.message).string(event.error.message).join();
      }
      writer.join();
      break;
  }
  return finish(writer);
}

/** Writes a message. The sender's user id has no field. */
export function encodeMessage(message: Message): Frame {
  const writer = takeWriter();
  writer.uint32(DOWNSTREAM.data).fork();
  if (message.group === undefined) writer.uint32(DATA.from).string("server");
  else writer.uint32(DATA.from).string("group").uint32(DATA.group).string(message.group);
  writer.uint32(DATA.data).fork();
  writeData(writer, message.payload);
  writer.join();
  if (message.metadata !== undefined) writeMetadata(writer, message.metadata);
  writer.join();
  return finish(writer);
}

/**
 * Adds the sequence id as the last field of a message frame that `encodeMessage` wrote: a new outer length, one copy
 * of the message, the field. Clients need not know how to merge.
 *
 * @throws TypeError for any other frame.
 */
export function withSequenceId(frame: Frame, sequenceId: number): Frame {
  const shared = frame.data;
  if (typeof shared === "string" || shared[0] !== DOWNSTREAM.data) {
    throw new TypeError("Cannot number a frame: it must be a message, the current one is not");
  }
  let start = 1;
  while ((shared[start] ?? 0) > 0x7f) start++;
  start++;
  const length = shared.length - start + 1 + varintLength(sequenceId);
  const bytes = new Uint8Array(1 + varintLength(length) + length);
  bytes[0] = DOWNSTREAM.data;
  const body = writeVarint(bytes, 1, length);
  bytes.set(shared.subarray(start), body);
  const field = body + shared.length - start;
  bytes[field] = DATA.sequenceId;
  writeVarint(bytes, field + 1, sequenceId);
  return new Frame(bytes);
}

/** Empty data is written too: which member of the oneof is there tells the kind. */
function writeData(writer: BinaryWriter, payload: Payload): void {
  switch (payload.kind) {
    case "text":
      writer.uint32(MESSAGE_DATA.text).string(payload.text);
      break;
    case "json":
      writer.uint32(MESSAGE_DATA.json).string(payload.text);
      break;
    case "binary":
      writer.uint32(MESSAGE_DATA.binary).bytes(payload.bytes);
      break;
    case "protobuf":
      writer.uint32(MESSAGE_DATA.protobuf).bytes(payload.bytes);
      break;
  }
}

function writeMetadata(writer: BinaryWriter, metadata: Metadata): void {
  for (const [key, value] of metadata) {
    writer.uint32(DATA.metadata).fork();
    writer.uint32(MAP_ENTRY.key).string(key).uint32(MAP_ENTRY.value).string(value).join();
  }
}

/** Nobody else has the writer while it is in use: one that an error left half-written is never used again. */
function takeWriter(): BinaryWriter {
  const writer = spare ?? new BinaryWriter();
  spare = undefined;
  return writer;
}

function finish(writer: BinaryWriter): Frame {
  const bytes = writer.finish();
  if (bytes.length <= MAX_KEPT_WRITER_BYTES) spare = writer;
  return new Frame(bytes);
}

/** Bytes of `value` as a varint. Numbers up to 2^53, beyond what bit operators take. */
function varintLength(value: number): number {
  let length = 1;
  for (; value > 0x7f; value = Math.floor(value / 0x80)) length++;
  return length;
}

/** Writes `value` as a varint; gives the position behind it. */
function writeVarint(bytes: Uint8Array, position: number, value: number): number {
  for (; value > 0x7f; value = Math.floor(value / 0x80)) {
    bytes[position++] = (value % 0x80) | 0x80;
  }
  bytes[position++] = value;
  return position;
}
