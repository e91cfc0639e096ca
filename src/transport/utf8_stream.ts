/**
 * UTF-8 checked piece by piece: the state after one piece is a small integer that goes into the next, so that a text
 * can be cut anywhere, inside a character too, and is refused at its first wrong byte.
 *
 * Rules: RFC 3629 section 4 (no overlong forms, no surrogates, nothing above U+10FFFF).
 */

/** Between two characters: where a text begins, and where it may end. */
export const UTF8_COMPLETE = 0;
/** A byte was no UTF-8; no byte leads out of this state. */
export const UTF8_WRONG = 8;

/**
 * Kinds of bytes that differ in what may follow or precede: 0 = ASCII; 1, 2, 3 = continuation 80-8F, 90-9F, A0-BF;
 * 4 = C2-DF; 5 = E0; 6 = E1-EC and EE-EF; 7 = ED; 8 = F0; 9 = F1-F3; 10 = F4; 11 = never part of UTF-8.
 */
const KIND = new Uint8Array(256).fill(11)
  .fill(0, 0x00, 0x80).fill(1, 0x80, 0x90).fill(2, 0x90, 0xa0).fill(3, 0xa0, 0xc0)
  .fill(4, 0xc2, 0xe0).fill(5, 0xe0).fill(6, 0xe1).fill(7, 0xed).fill(6, 0xee)
  .fill(8, 0xf0).fill(9, 0xf1).fill(10, 0xf4).fill(11, 0xf5);
const KINDS = 12;

/**
 * The state that follows: a row a state, a column a kind. States: 0 complete; 1, 2, 3 = that many continuation bytes
 * to come; 4 after E0, 5 after ED, 6 after F0, 7 after F4, where the next byte's range is narrower; 8 wrong.
 */
// deno-fmt-ignore
const NEXT = new Uint8Array([
  0, 8, 8, 8, 1, 4, 2, 5, 6, 3, 7, 8,
  8, 0, 0, 0, 8, 8, 8, 8, 8, 8, 8, 8,
  8, 1, 1, 1, 8, 8, 8, 8, 8, 8, 8, 8,
  8, 2, 2, 2, 8, 8, 8, 8, 8, 8, 8, 8,
  8, 8, 8, 1, 8, 8, 8, 8, 8, 8, 8, 8,
  8, 1, 1, 8, 8, 8, 8, 8, 8, 8, 8, 8,
  8, 8, 2, 2, 8, 8, 8, 8, 8, 8, 8, 8,
  8, 2, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8,
  8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8,
]);

/**
 * The state after `bytes[start..end)`, coming from `state`. Stops at the first wrong byte.
 *
 * ```ts
 * import { utf8After, UTF8_COMPLETE, UTF8_WRONG } from "./utf8_stream.ts";
 * import assert from "node:assert/strict";
 * const euro = new Uint8Array([0xe2, 0x82, 0xac]);
 * const inside = utf8After(UTF8_COMPLETE, euro, 0, 2);
 * assert.notEqual(inside, UTF8_COMPLETE);
 * assert.equal(utf8After(inside, euro, 2, 3), UTF8_COMPLETE);
 * assert.equal(utf8After(UTF8_COMPLETE, euro, 1, 3), UTF8_WRONG);
 * ```
 */
export function utf8After(state: number, bytes: Uint8Array, start: number, end: number): number {
  for (let i = start; i < end; i++) {
    const byte = bytes[i] ?? 0;
    if (state === UTF8_COMPLETE && byte < 0x80) continue;
    state = NEXT[state * KINDS + (KIND[byte] ?? 0)] ?? UTF8_WRONG;
    if (state === UTF8_WRONG) return UTF8_WRONG;
  }
  return state;
}
