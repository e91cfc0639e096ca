/**
 * Reads an `UpstreamMessage` off the wire, by the rules of proto3 and nothing else: what its values may be is for the
 * codec to judge.
 *
 * proto3 in short: unknown fields are skipped, and a known number with another wire type is an unknown field; of a
 * scalar given twice the last counts; a message given twice is merged; of a oneof the member that came last counts.
 */
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { decodeAny } from "./any.ts";
import type { Payload } from "./command.ts";
import {
  EVENT,
  GROUP_REQUEST,
  MAP_ENTRY,
  MESSAGE_DATA,
  SEND_TO_GROUP,
  SEQUENCE_ACK,
  UPSTREAM,
} from "./protobuf_messages.ts";

/** Bytes that are no message. `message` holds nothing of the payload. */
export class WireError extends Error {
  override readonly name = "WireError";
}

/** The member of an `UpstreamMessage` that counts, with the fields of all kinds of members at their defaults. */
export class Upstream {
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

/**
 * Reads one frame; `undefined` when no member of the oneof is set.
 *
 * ```ts
 * import { readUpstream } from "./protobuf_decode.ts";
 * import assert from "node:assert/strict";
 * const join = readUpstream(Uint8Array.of(0x32, 7, 0x0a, 3, 0x6c, 0x61, 0x62, 0x10, 0));
 * assert.equal(join?.name, "lab");
 * assert.equal(join?.ackId, 0n);
 * ```
 *
 * @throws WireError when the bytes are no message.
 */
export function readUpstream(bytes: Uint8Array): Upstream | undefined {
  try {
    const upstream = new FieldReader(bytes).upstream();
    if (upstream?.anyParts !== undefined) {
      // proto3 merges what is given twice, and the merged message is the one that the joined bytes encode.
      upstream.data = { kind: "protobuf", bytes: joined(upstream.anyParts) };
    }
    return upstream;
  } catch (error) {
    // The library throws plain errors for what it cannot read, TextDecoder a TypeError for invalid UTF-8.
    if (!(error instanceof Error)) throw error;
    throw new WireError(error.message);
  }
}

/** The library's reader, taught the messages. Nested messages are read in place, up to their end. */
class FieldReader extends BinaryReader {
  upstream(): Upstream | undefined {
    let current: Upstream | undefined;
    while (this.pos < this.len) {
      const tag = this.#tag();
      switch (tag) {
        case UPSTREAM.sendToGroup:
          this.#sendToGroup(current = memberOf(current, tag), this.#enter());
          break;
        case UPSTREAM.event:
          this.#event(current = memberOf(current, tag), this.#enter());
          break;
        case UPSTREAM.joinGroup:
        case UPSTREAM.leaveGroup:
          this.#groupRequest(current = memberOf(current, tag), this.#enter());
          break;
        case UPSTREAM.sequenceAck:
          this.#sequenceAck(current = memberOf(current, tag), this.#enter());
          break;
        case UPSTREAM.ping:
          current = memberOf(current, tag);
          this.#empty(this.#enter());
          break;
        case UPSTREAM.invokeEvent:
        case UPSTREAM.cancelInvocation:
        case UPSTREAM.streamData:
        case UPSTREAM.streamEnd:
        case UPSTREAM.setGroupState:
        case UPSTREAM.subscribeGroupState:
        case UPSTREAM.unsubscribeGroupState:
          // Not built: known as members, so that they take the oneof, but not read.
          current = memberOf(current, tag);
          this.#skip(tag);
          break;
        default:
          this.#skip(tag);
      }
    }
    return current;
  }

  #sendToGroup(upstream: Upstream, end: number): void {
    while (this.pos < end) {
      const tag = this.#tag();
      switch (tag) {
        case SEND_TO_GROUP.group:
          upstream.name = this.string(true);
          break;
        case SEND_TO_GROUP.ackId:
          upstream.ackId = this.#uint64();
          break;
        case SEND_TO_GROUP.data:
          this.#data(upstream, this.#enter());
          break;
        case SEND_TO_GROUP.noEcho:
          upstream.noEcho = this.bool();
          break;
        case SEND_TO_GROUP.ttlSeconds:
          upstream.ttlSeconds = this.uint32();
          break;
        case SEND_TO_GROUP.metadata:
          this.#metadata(upstream, this.#enter());
          break;
        case SEND_TO_GROUP.stream:
          upstream.hasStream = true;
          this.#skip(tag);
          break;
        default:
          this.#skip(tag);
      }
    }
    this.#leave(end);
  }

  #event(upstream: Upstream, end: number): void {
    while (this.pos < end) {
      const tag = this.#tag();
      switch (tag) {
        case EVENT.event:
          upstream.name = this.string(true);
          break;
        case EVENT.data:
          this.#data(upstream, this.#enter());
          break;
        case EVENT.ackId:
          upstream.ackId = this.#uint64();
          break;
        case EVENT.metadata:
          this.#metadata(upstream, this.#enter());
          break;
        case EVENT.stream:
          upstream.hasStream = true;
          this.#skip(tag);
          break;
        default:
          this.#skip(tag);
      }
    }
    this.#leave(end);
  }

  #groupRequest(upstream: Upstream, end: number): void {
    while (this.pos < end) {
      const tag = this.#tag();
      if (tag === GROUP_REQUEST.group) upstream.name = this.string(true);
      else if (tag === GROUP_REQUEST.ackId) upstream.ackId = this.#uint64();
      else this.#skip(tag);
    }
    this.#leave(end);
  }

  #sequenceAck(upstream: Upstream, end: number): void {
    while (this.pos < end) {
      const tag = this.#tag();
      if (tag === SEQUENCE_ACK.sequenceId) upstream.sequenceId = this.#uint64();
      else this.#skip(tag);
    }
    this.#leave(end);
  }

  #empty(end: number): void {
    while (this.pos < end) this.#skip(this.#tag());
    this.#leave(end);
  }

  #data(upstream: Upstream, end: number): void {
    while (this.pos < end) {
      const tag = this.#tag();
      switch (tag) {
        case MESSAGE_DATA.text:
          upstream.data = { kind: "text", text: this.string(true) };
          upstream.anyParts = undefined;
          break;
        case MESSAGE_DATA.json:
          upstream.data = { kind: "json", text: this.string(true) };
          upstream.anyParts = undefined;
          break;
        case MESSAGE_DATA.binary:
          upstream.data = { kind: "binary", bytes: this.bytes() };
          upstream.anyParts = undefined;
          break;
        case MESSAGE_DATA.protobuf:
          this.#any(upstream, this.bytes());
          break;
        default:
          this.#skip(tag);
      }
    }
    this.#leave(end);
  }

  #any(upstream: Upstream, bytes: Uint8Array): void {
    if (decodeAny(bytes) === undefined) throw new Error("illegal google.protobuf.Any");
    if (upstream.data?.kind === "protobuf") {
      // Joined once at the end: joining at each would take a hostile frame quadratic time.
      (upstream.anyParts ??= [upstream.data.bytes]).push(bytes);
    } else {
      upstream.data = { kind: "protobuf", bytes };
    }
  }

  #metadata(upstream: Upstream, end: number): void {
    let key = "";
    let value = "";
    while (this.pos < end) {
      const tag = this.#tag();
      if (tag === MAP_ENTRY.key) key = this.string(true);
      else if (tag === MAP_ENTRY.value) value = this.string(true);
      else this.#skip(tag);
    }
    this.#leave(end);
    (upstream.metadata ??= new Map()).set(key, value);
  }

  /** Reads the length of a nested message; gives the position of its end. */
  #enter(): number {
    const end = this.uint32() + this.pos;
    if (end > this.len) throw new RangeError("premature EOF");
    return end;
  }

  /** A field that goes beyond its message shows in the position; so no read needs to know all the ends above it. */
  #leave(end: number): void {
    if (this.pos !== end) throw new RangeError("a field exceeds its message");
  }

  /** Field number and wire type in one number, as in the tables. */
  #tag(): number {
    const [field, wireType] = this.tag();
    return ((field << 3) | wireType) >>> 0;
  }

  /** The library gives strings where it has no bigint. */
  #uint64(): bigint {
    const value = this.uint64();
    return typeof value === "bigint" ? value : BigInt(value);
  }

  #skip(tag: number): void {
    const wireType = tag & 7;
    // The library's own skip takes varints of any length; ten bytes are the most that encode a number.
    if (wireType === WireType.Varint) this.uint64();
    else this.skip(wireType, tag >>> 3);
  }
}

/** The message to read the fields of member `tag` into: the current one when it is the same member. */
function memberOf(current: Upstream | undefined, tag: number): Upstream {
  return current?.member === tag ? current : new Upstream(tag);
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
