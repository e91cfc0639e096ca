/**
 * Which characters are white space, and letter case without a language: as .NET has them, because filters of the
 * service run there.
 */

/** Tells whether the UTF-16 unit `code` is white space (Unicode's, U+0085 among it, U+FEFF not). */
export function isWhiteSpace(code: number): boolean {
  if (code <= 32) return code === 32 || (code >= 9 && code <= 13);
  if (code < 0x1680) return code === 0x85 || code === 0xa0;
  return code === 0x1680 || (code >= 0x2000 && code <= 0x200a) || code === 0x2028 ||
    code === 0x2029 || code === 0x202f || code === 0x205f || code === 0x3000;
}

/** `text` without white space at both ends. */
export function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isWhiteSpace(text.charCodeAt(start))) start++;
  while (end > start && isWhiteSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

const NOT_ASCII = /[\u0080-\uffff]/;

/** Tells whether `text` holds anything but ASCII: letter case is dear then. */
export function isWide(text: string): boolean {
  return NOT_ASCII.test(text);
}

/**
 * `text` in lower case, character by character: never longer or shorter than before, blind to what stands around.
 *
 * ```ts
 * import { lowerCased } from "./characters.ts";
 * import assert from "node:assert/strict";
 * assert.equal(lowerCased("ÄRGER"), "ärger");
 * assert.equal(lowerCased("ΟΔΟΣ"), "οδοσ");
 * assert.equal(lowerCased("İ"), "İ");
 * ```
 */
export function lowerCased(text: string): string {
  if (!isWide(text)) return text.toLowerCase();
  let result = "";
  for (const character of text) {
    const lower = character.toLowerCase();
    result += lower.length === character.length ? lower : character;
  }
  return result;
}

/**
 * `text` in upper case, character by character: `ß` and the dotless `ı` stay as they are.
 *
 * ```ts
 * import { upperCased } from "./characters.ts";
 * import assert from "node:assert/strict";
 * assert.equal(upperCased("straße"), "STRAßE");
 * ```
 */
export function upperCased(text: string): string {
  if (!isWide(text)) return text.toUpperCase();
  let result = "";
  for (const character of text) {
    const upper = character.toUpperCase();
    const simple = upper.length === character.length && character !== "\u0131";
    result += simple ? upper : character;
  }
  return result;
}
