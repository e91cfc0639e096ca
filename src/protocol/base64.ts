/** Bytes as standard padded base64, the form of binary data in JSON frames. */
import { Buffer } from "node:buffer";

const PAD = 0x3d;

/** Writes `bytes` in standard padded base64. */
export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}

/**
 * Reads standard padded base64; `undefined` for anything else: another alphabet, white space, missing padding. Unused
 * bits of the last character may be set.
 *
 * ```ts
 * import { fromBase64 } from "./base64.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(fromBase64("AQID"), new Uint8Array([1, 2, 3]));
 * assert.equal(fromBase64("AQI"), undefined);
 * ```
 */
export function fromBase64(text: string): Uint8Array | undefined {
  const length = text.length;
  if (length % 4 !== 0) return undefined;
  const binary = decode(text);
  if (binary === undefined) return undefined;
  let padding = 0;
  if (text.charCodeAt(length - 1) === PAD) padding = text.charCodeAt(length - 2) === PAD ? 2 : 1;
  // atob skips white space; text that held some gives fewer bytes than its length promises.
  if (binary.length !== (length / 4) * 3 - padding) return undefined;
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** The bytes as a string, one char code for each; `undefined` when `text` is no base64. */
function decode(text: string): string | undefined {
  try {
    return atob(text);
  } catch (error) {
    if (error instanceof DOMException) return undefined;
    throw error;
  }
}
