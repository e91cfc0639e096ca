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
  // A whole string's sigma looks at its neighbours; the dotted capital I becomes two characters. All others are plain.
  const plain = text.includes("Σ") ? text.replaceAll("Σ", "σ") : text;
  const lower = plain.toLowerCase();
  if (lower.length === plain.length) return lower;
  return plain.split("İ").map((part) => part.toLowerCase()).join("İ");
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
  const whole = text.toUpperCase();
  // Nothing shrinks, so equal lengths mean that no character became several.
  if (whole.length === text.length && !text.includes("ı")) return whole;
  let result = "";
  for (const character of text) {
    const upper = character.toUpperCase();
    const simple = upper.length === character.length && character !== "ı";
    result += simple ? upper : character;
  }
  return result;
}

const NOT_ASCII = /[\u0080-\uffff]/;

/** Tells whether `text` holds anything but ASCII: letter case is dear then. */
export function isWide(text: string): boolean {
  return NOT_ASCII.test(text);
}
