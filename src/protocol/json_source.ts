/**
 * Where the members of a JSON object lie in its source text. `JSON.parse` loses what the protocol must keep: the
 * digits of large numbers, the spelling of literals, members given twice, the very text of a value.
 */
import { MAX_JSON_DEPTH, MAX_UINT64 } from "../limits.ts";

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const SPACE = 0x20;
const ZERO = 0x30;
const NINE = 0x39;

/** Digits of the longest integers that a double holds exactly, whatever the digits are. */
const SAFE_DIGITS = 15;
const MAX_UINT64_DIGITS = 20;

/**
 * The top-level members of a JSON object's source text, found in one pass over its characters.
 *
 * The pass takes any text, so that `tooDeep` can be asked before `JSON.parse` sees hostile nesting. The members mean
 * something only for a text that `JSON.parse` accepts as an object.
 *
 * ```ts
 * import { JsonSource } from "./json_source.ts";
 * import assert from "node:assert/strict";
 * const source = new JsonSource('{"ackId": 18446744073709551615, "data": [1.0,  1e2]}');
 * assert.equal(source.tooDeep, false);
 * assert.equal(source.uint64("ackId"), 18446744073709551615n);
 * assert.equal(source.valueText("data"), "[1.0,  1e2]");
 * assert.equal(source.valueText("group"), undefined);
 * ```
 */
export class JsonSource {
  /** The text that was scanned. */
  readonly text: string;
  /** Whether the text nests deeper than allowed; the scan stopped there, so the members are incomplete. */
  readonly tooDeep: boolean;
  /** Four offsets a member: start and end of the key (without its quotes), start and end of the value. */
  readonly #spans: number[] = [];
  /** Only keys with escapes need decoding before they are compared, and honest clients send none. */
  #hasEscapedKeys = false;
  #indexByKey: Map<string, number> | undefined;

  /** Scans `text`; `maxDepth` counts the object itself as level 1. */
  constructor(text: string, maxDepth: number = MAX_JSON_DEPTH) {
    this.text = text;
    this.tooDeep = !this.#scan(maxDepth);
  }

  /** How many members the object has, those given twice counted twice. */
  get count(): number {
    return this.#spans.length / 4;
  }

  /** The decoded key of member `index`, in order of appearance. */
  key(index: number): string {
    const raw = this.text.slice(this.#spans[index * 4], this.#spans[index * 4 + 1]);
    return this.#hasEscapedKeys && raw.includes("\\") ? JSON.parse(`"${raw}"`) as string : raw;
  }

  /** The source of the value of `key`, without the white space around it; the last one counts. */
  valueText(key: string): string | undefined {
    const index = this.#find(key);
    if (index < 0) return undefined;
    return this.text.slice(this.#spans[index * 4 + 2], this.#spans[index * 4 + 3]);
  }

  /**
   * The value of `key` as an exact unsigned 64-bit integer; `undefined` when there is no such member or when its
   * literal is anything but plain digits (a sign, fraction or exponent, a string) or too large.
   */
  uint64(key: string): bigint | undefined {
    const index = this.#find(key);
    if (index < 0) return undefined;
    const start = this.#spans[index * 4 + 2] ?? 0;
    const end = this.#spans[index * 4 + 3] ?? 0;
    if (end - start > MAX_UINT64_DIGITS) return undefined;
    let small = 0;
    for (let i = start; i < end; i++) {
      const unit = this.text.charCodeAt(i);
      if (unit < ZERO || unit > NINE) return undefined;
      small = small * 10 + unit - ZERO;
    }
    if (end - start <= SAFE_DIGITS) return BigInt(small);
    const value = BigInt(this.text.slice(start, end));
    return value <= MAX_UINT64 ? value : undefined;
  }

  /** Index of the last member named `key`, or -1. */
  #find(key: string): number {
    if (this.#hasEscapedKeys) return this.#decodedIndex().get(key) ?? -1;
    const spans = this.#spans;
    for (let i = spans.length - 4; i >= 0; i -= 4) {
      const start = spans[i] ?? 0;
      if ((spans[i + 1] ?? 0) - start === key.length && this.text.startsWith(key, start)) {
        return i / 4;
      }
    }
    return -1;
  }

  /** Decodes every key once, so that a frame full of escaped keys costs one pass and not one a lookup. */
  #decodedIndex(): Map<string, number> {
    if (this.#indexByKey === undefined) {
      this.#indexByKey = new Map();
      for (let i = 0; i < this.count; i++) this.#indexByKey.set(this.key(i), i);
    }
    return this.#indexByKey;
  }

  /** Fills the spans; `false` when the text nests too deep. Bounded and linear for any text, valid or not. */
  #scan(maxDepth: number): boolean {
    const text = this.text;
    const spans = this.#spans;
    let depth = 0;
    let keyStart = 0;
    let keyEnd = 0;
    let valueStart = -1;
    let valueEnd = 0;
    let inValue = false;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit === QUOTE) {
        const end = closingQuote(text, i + 1);
        if (depth === 1) {
          if (inValue) {
            valueStart = i;
            valueEnd = end + 1;
          } else {
            keyStart = i + 1;
            keyEnd = end;
            if (!this.#hasEscapedKeys) this.#hasEscapedKeys = hasBackslash(text, keyStart, keyEnd);
          }
        }
        i = end;
      } else if (unit === OPEN_BRACE || unit === OPEN_BRACKET) {
        if (++depth > maxDepth) return false;
        if (depth === 2) valueStart = i;
      } else if (unit === CLOSE_BRACE || unit === CLOSE_BRACKET) {
        depth--;
        if (depth === 1) {
          valueEnd = i + 1;
        } else if (depth === 0 && inValue) {
          spans.push(keyStart, keyEnd, valueStart, valueEnd);
          inValue = false;
        }
      } else if (depth === 1 && unit > SPACE) {
        if (unit === COLON) {
          inValue = true;
          valueStart = -1;
        } else if (unit === COMMA) {
          if (inValue) spans.push(keyStart, keyEnd, valueStart, valueEnd);
          inValue = false;
        } else {
          if (valueStart < 0) valueStart = i;
          valueEnd = i + 1;
        }
      }
    }
    return true;
  }
}

/** Offset of the quote that ends the string whose content starts at `from`; the text's length when there is none. */
function closingQuote(text: string, from: number): number {
  // indexOf runs at memory speed, 40 times a loop over char codes. Counting back stays linear: a run of backslashes
  // is counted only for the quote right behind it.
  for (let end = text.indexOf('"', from); end >= 0; end = text.indexOf('"', end + 1)) {
    let before = end - 1;
    while (before >= from && text.charCodeAt(before) === BACKSLASH) before--;
    if ((end - before) % 2 === 1) return end;
  }
  return text.length;
}

function hasBackslash(text: string, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    if (text.charCodeAt(i) === BACKSLASH) return true;
  }
  return false;
}
