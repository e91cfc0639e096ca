/**
 * The masking of client frames: each payload byte is combined with one of four key bytes (RFC 6455 section 5.3).
 */

/** From this length on, whole words pay for the view that they need; measured on the payloads of chat messages. */
const WORDS_FROM = 96;

/**
 * Unmasks `bytes[start..end)` in place. `key` holds the four key bytes, the first one in the lowest bits. Not zero when
 * one of the unmasked bytes is not ASCII, which costs nothing to find out on the way.
 *
 * ```ts
 * import { unmask } from "./websocket_mask.ts";
 * import assert from "node:assert/strict";
 * const bytes = new Uint8Array([0x7f, 0x9f, 0x4d, 0x51, 0x58]);
 * assert.equal(unmask(bytes, 0, 5, 0x3d21fa37), 0);
 * assert.equal(new TextDecoder().decode(bytes), "Hello");
 * ```
 */
export function unmask(bytes: Uint8Array, start: number, end: number, key: number): number {
  let at = start;
  let seen = 0;
  if (end - start >= WORDS_FROM) {
    while (((bytes.byteOffset + at) & 3) !== 0) {
      const byte = ((bytes[at] ?? 0) ^ key) & 0xff;
      bytes[at++] = byte;
      seen |= byte;
      key = rotateKey(key, 1);
    }
    const count = (end - at) >> 2;
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + at, count);
    const wordKey = LITTLE_ENDIAN ? key : swapBytes(key);
    for (let i = 0; i < count; i++) {
      const word = (words[i] ?? 0) ^ wordKey;
      words[i] = word;
      seen |= word;
    }
    at += count << 2;
  } else {
    const key1 = (key >>> 8) & 0xff;
    const key2 = (key >>> 16) & 0xff;
    const key3 = key >>> 24;
    const key0 = key & 0xff;
    for (const last = end - 3; at < last; at += 4) {
      const byte0 = (bytes[at] ?? 0) ^ key0;
      const byte1 = (bytes[at + 1] ?? 0) ^ key1;
      const byte2 = (bytes[at + 2] ?? 0) ^ key2;
      const byte3 = (bytes[at + 3] ?? 0) ^ key3;
      bytes[at] = byte0;
      bytes[at + 1] = byte1;
      bytes[at + 2] = byte2;
      bytes[at + 3] = byte3;
      seen |= byte0 | byte1 | byte2 | byte3;
    }
  }
  for (; at < end; at++) {
    const byte = ((bytes[at] ?? 0) ^ key) & 0xff;
    bytes[at] = byte;
    seen |= byte;
    key = rotateKey(key, 1);
  }
  return seen & NOT_ASCII;
}

/** The key for the payload's next piece, after one of `length` bytes. */
export function rotateKey(key: number, length: number): number {
  const bits = (length & 3) << 3;
  return (key >>> bits) | (key << (32 - bits));
}

/** The highest bit of each of four bytes. */
const NOT_ASCII = 0x80808080 | 0;
const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

function swapBytes(key: number): number {
  return (key >>> 24) | ((key >>> 8) & 0xff00) | ((key << 8) & 0xff0000) | (key << 24);
}
