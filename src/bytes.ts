/** Buffers of bytes that come in: which are kept for longer than the turn in which they came, and which are freed. */

/**
 * `bytes`, or a copy where most of the buffer behind them is somebody else's: a few bytes that wait for the rest of a
 * request would keep all of a read alive.
 */
export function ownBytes(bytes: Uint8Array): Uint8Array {
  return bytes.buffer.byteLength > 2 * bytes.length ? new Uint8Array(bytes) : bytes;
}

/** Smaller buffers are left to the collector: asking costs more than it brings. */
const WORTH_FREEING = 16 * 1024;

/**
 * Frees the memory behind bytes that nobody looks at again, where it is all theirs. The collector would do so later: a
 * gigabyte of bodies in a second leaves it hundreds of MiB behind.
 *
 * ```ts
 * import { freeBytes } from "./bytes.ts";
 * import assert from "node:assert/strict";
 * const bytes = new Uint8Array(100_000);
 * freeBytes(bytes);
 * assert.equal(bytes.length, 0);
 * ```
 */
export function freeBytes(bytes: Uint8Array): void {
  if (bytes.length >= WORTH_FREEING && ownsBuffer(bytes)) bytes.buffer.transfer(0);
}

/** What follows `start`, in a buffer of its own. The old buffer is gone, where it was all theirs. */
export function tailBytes(bytes: Uint8Array, start: number): Uint8Array {
  const tail = new Uint8Array(bytes.subarray(start));
  freeBytes(bytes);
  return tail;
}

/** `bytes` at the start of a buffer of `capacity`. The old buffer is gone, where it was all theirs. */
export function grownBytes(bytes: Uint8Array, capacity: number): Uint8Array {
  if (ownsBuffer(bytes)) return new Uint8Array(bytes.buffer.transfer(capacity));
  const grown = new Uint8Array(capacity);
  grown.set(bytes);
  return grown;
}

function ownsBuffer(bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> {
  const { buffer } = bytes;
  return buffer instanceof ArrayBuffer && buffer.byteLength === bytes.length;
}
