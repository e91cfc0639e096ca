/**
 * The wire form of `google.protobuf.Any` (`type_url` = 1, `value` = 2): JSON clients and event handlers hand it over
 * serialised, and it must be one before it is passed on. What it contains is not looked at.
 */
import { MAX_PROTOBUF_GROUP_DEPTH } from "../limits.ts";

/** A message of any type with the name of that type. */
export interface Any {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const START_GROUP = 3;
const END_GROUP = 4;
const FIXED32 = 5;

const MAX_TAG = 0xffff_ffff;
const MAX_VARINT_BYTES = 10;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/**
 * Reads a serialised Any; `undefined` when `bytes` are not one. Unknown fields are skipped. Of a field given twice the
 * last one counts. No bytes at all are an empty Any. `value` is a view of `bytes`.
 *
 * ```ts
 * import { decodeAny, encodeAny } from "./any.ts";
 * import assert from "node:assert/strict";
 * const any = { typeUrl: "type.example.com/T", value: new Uint8Array([8, 1]) };
 * assert.deepEqual(decodeAny(encodeAny(any)), any);
 * assert.equal(decodeAny(new Uint8Array([10, 5])), undefined);
 * ```
 */
export function decodeAny(bytes: Uint8Array): Any | undefined {
  const reader = new WireReader(bytes);
  let typeUrl = "";
  let value = bytes.subarray(0, 0);
  while (reader.position < bytes.length) {
    const tag = reader.tag();
    if (tag < 0) return undefined;
    const field = tag >>> 3;
    if ((tag & 7) === LENGTH_DELIMITED && (field === 1 || field === 2)) {
      const content = reader.lengthDelimited();
      if (content === undefined) return undefined;
      if (field === 2) {
        value = content;
      } else {
        const text = decodeUtf8(content);
        if (text === undefined) return undefined;
        typeUrl = text;
      }
    } else if (!reader.skip(tag)) {
      return undefined;
    }
  }
  return { typeUrl, value };
}

/** Serialises an Any; empty fields are left out. */
export function encodeAny(any: Any): Uint8Array {
  const typeUrl = encoder.encode(any.typeUrl);
  const bytes: number[] = [];
  if (typeUrl.length > 0) pushField(bytes, 1, typeUrl.length);
  const head = bytes.length;
  if (any.value.length > 0) pushField(bytes, 2, any.value.length);
  const result = new Uint8Array(bytes.length + typeUrl.length + any.value.length);
  result.set(bytes.slice(0, head), 0);
  result.set(typeUrl, head);
  result.set(bytes.slice(head), head + typeUrl.length);
  result.set(any.value, bytes.length + typeUrl.length);
  return result;
}

/** Appends the tag of a length-delimited field and its length. */
function pushField(bytes: number[], field: number, length: number): void {
  bytes.push((field << 3) | LENGTH_DELIMITED);
  for (; length > 0x7f; length >>>= 7) bytes.push((length & 0x7f) | 0x80);
  bytes.push(length);
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** Walks over the fields of a message. */
class WireReader {
  readonly #bytes: Uint8Array;
  position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The next tag (field number and wire type), or -1 when there is no valid one. */
  tag(): number {
    const tag = this.#varint();
    return tag > MAX_TAG || tag >>> 3 === 0 ? -1 : tag;
  }

  /** A view of the next length and that many bytes. */
  lengthDelimited(): Uint8Array | undefined {
    const length = this.#varint();
    const start = this.position;
    if (length < 0 || !this.#advance(length)) return undefined;
    return this.#bytes.subarray(start, this.position);
  }

  /** Passes over the content of the field that `tag` opened; `false` when it is not valid. */
  skip(tag: number): boolean {
    // A list of open groups instead of recursion: hostile nesting must not reach the end of the stack.
    const groups: number[] = [];
    for (;;) {
      switch (tag & 7) {
        case VARINT:
          if (this.#varint() < 0) return false;
          break;
        case FIXED64:
          if (!this.#advance(8)) return false;
          break;
        case LENGTH_DELIMITED:
          if (this.lengthDelimited() === undefined) return false;
          break;
        case START_GROUP:
          if (groups.length === MAX_PROTOBUF_GROUP_DEPTH) return false;
          groups.push(tag >>> 3);
          break;
        case END_GROUP:
          if (groups.pop() !== tag >>> 3) return false;
          break;
        case FIXED32:
          if (!this.#advance(4)) return false;
          break;
        default:
          return false;
      }
      if (groups.length === 0) return true;
      tag = this.tag();
      if (tag < 0) return false;
    }
  }

  #advance(length: number): boolean {
    if (length > this.#bytes.length - this.position) return false;
    this.position += length;
    return true;
  }

  /** The next varint (rounded above 2^53: lengths and tags are far below), or -1 when it is cut off or too long. */
  #varint(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < MAX_VARINT_BYTES; i++) {
      const byte = this.#bytes[this.position];
      if (byte === undefined) return -1;
      this.position++;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
    return -1;
  }
}
