/**
 * Patterns of group names in roles: `*`, `**`, `?` and `\`, compiled once and matched without backtracking.
 *
 * Rules: the service's documentation (concept-wildcard-group-roles) and the official emulator for the limits.
 */
import { MAX_PATTERN_LENGTH, MAX_PATTERN_STARS } from "../limits.ts";

/** What a pattern came to. */
export type ParsedPattern =
  /** Stars only, two or more: every group. */
  | { readonly kind: "all" }
  /** No wildcard: exactly this name. */
  | { readonly kind: "literal"; readonly group: string }
  | { readonly kind: "wildcard"; readonly pattern: RolePattern };

const STAR = 0x2a;
const QUESTION = 0x3f;
const BACKSLASH = 0x5c;
const DOT = 0x2e;

/** Any one unit but a dot: no UTF-16 unit is negative. */
const ANY_UNIT = -1;

/** What may stand before a token: nothing, units other than a dot, any units. */
type Gap = "none" | "noDot" | "any";

/** Tokens of a pattern: `units[i]` stands behind `gaps[i]`; the last gap has no unit behind it. */
interface Tokens {
  readonly units: readonly number[];
  readonly gaps: readonly Gap[];
}

/**
 * Reads a pattern; `undefined` when it breaks a rule: 1 to 1024 units, at most five unescaped `*`, and `\` only before
 * `*`, `?` and `\`.
 *
 * ```ts
 * import { parsePattern } from "./role_pattern.ts";
 * import assert from "node:assert/strict";
 * const parsed = parsePattern("room.*");
 * assert(parsed?.kind === "wildcard");
 * assert.equal(parsed.pattern.matches("room.1"), true);
 * assert.equal(parsed.pattern.matches("room.1.private"), false);
 * assert.deepEqual(parsePattern("a\\*b"), { kind: "literal", group: "a*b" });
 * assert.equal(parsePattern("******"), undefined);
 * ```
 */
export function parsePattern(text: string): ParsedPattern | undefined {
  if (text.length === 0 || text.length > MAX_PATTERN_LENGTH) return undefined;
  const tokens = tokenize(text);
  if (tokens === undefined) return undefined;
  const { units, gaps } = tokens;
  if (units.length === 0 && gaps[0] === "any") return { kind: "all" };
  if (!units.includes(ANY_UNIT) && gaps.every((gap) => gap === "none")) {
    return { kind: "literal", group: String.fromCharCode(...units) };
  }
  return { kind: "wildcard", pattern: new RolePattern(tokens) };
}

function tokenize(text: string): Tokens | undefined {
  const units: number[] = [];
  const gaps: Gap[] = [];
  let gap: Gap = "none";
  let stars = 0;
  for (let i = 0; i < text.length; i++) {
    let unit = text.charCodeAt(i);
    if (unit === STAR) {
      if (++stars > MAX_PATTERN_STARS) return undefined;
      gap = gap === "none" ? "noDot" : "any";
      continue;
    }
    if (unit === QUESTION) unit = ANY_UNIT;
    else if (unit === BACKSLASH) {
      unit = text.charCodeAt(++i);
      if (unit !== STAR && unit !== QUESTION && unit !== BACKSLASH) return undefined;
    }
    units.push(unit);
    gaps.push(gap);
    gap = "none";
  }
  gaps.push(gap);
  return { units, gaps };
}

/** Row of `#rows` for units that the pattern does not name: only `?` takes them. */
const OTHER_ROW = 0;

/**
 * A pattern with wildcards as a bit-parallel automaton: bit i of the state says that the first i tokens can have matched
 * what was read so far. A unit of the name moves all bits at once, 32 to a word, so that a match takes
 * name length x pattern length / 32 steps whatever the two contain. Backtracking was not taken: five stars in a hostile
 * name would cost the fifth power; nor regular expressions, which backtrack.
 */
export class RolePattern {
  /** What every match begins with. */
  readonly #prefix: string;
  /** For a prefix and one gap behind it, the most usual form: that gap. Else `none`. */
  readonly #tail: Gap;
  readonly #tokens: Tokens;
  /** Built at the first match that needs it. */
  #automaton: Automaton | undefined;

  /** @internal Use {@link parsePattern}. */
  constructor(tokens: Tokens) {
    const { units, gaps } = tokens;
    let length = 0;
    while (length < units.length && gaps[length] === "none" && units[length] !== ANY_UNIT) {
      length++;
    }
    this.#prefix = String.fromCharCode(...units.slice(0, length));
    this.#tail = length === units.length ? gaps[length] ?? "none" : "none";
    this.#tokens = tokens;
  }

  /** Tells whether the whole of `group` fits. */
  matches(group: string): boolean {
    if (!group.startsWith(this.#prefix)) return false;
    if (this.#tail === "any") return true;
    if (this.#tail === "noDot") return group.indexOf(".", this.#prefix.length) < 0;
    this.#automaton ??= new Automaton(this.#tokens);
    return this.#automaton.accepts(group);
  }
}

/** State words that matches share: a match is never interrupted by another. Grows to 33 words, for 1024 tokens. */
let state = new Int32Array(4);

class Automaton {
  readonly #words: number;
  /** Bit that says that all tokens have matched. */
  readonly #lastWord: number;
  readonly #lastBit: number;
  /** For each unit that the pattern names, and the dot: the row of tokens that take it. */
  readonly #rowOf = new Map<number, number>();
  readonly #rows: Int32Array;
  /** States that a unit may leave as they are: on a dot, on anything else. */
  readonly #stayOnDot: Int32Array;
  readonly #stay: Int32Array;

  constructor({ units, gaps }: Tokens) {
    const words = (units.length >>> 5) + 1;
    this.#words = words;
    this.#lastWord = units.length >>> 5;
    this.#lastBit = 1 << (units.length & 31);
    this.#rowOf.set(DOT, words);
    for (const unit of units) {
      if (unit !== ANY_UNIT && !this.#rowOf.has(unit)) {
        this.#rowOf.set(unit, (this.#rowOf.size + 1) * words);
      }
    }
    this.#rows = new Int32Array((this.#rowOf.size + 1) * words);
    this.#stayOnDot = new Int32Array(words);
    this.#stay = new Int32Array(words);
    units.forEach((unit, i) => {
      if (unit !== ANY_UNIT) setBit(this.#rows, this.#rowOf.get(unit) ?? OTHER_ROW, i);
      else {
        setBit(this.#rows, OTHER_ROW, i);
        for (const [named, row] of this.#rowOf) if (named !== DOT) setBit(this.#rows, row, i);
      }
    });
    gaps.forEach((gap, i) => {
      if (gap !== "none") setBit(this.#stay, 0, i);
      if (gap === "any") setBit(this.#stayOnDot, 0, i);
    });
    if (state.length < words) state = new Int32Array(words);
  }

  accepts(text: string): boolean {
    const words = this.#words;
    const rows = this.#rows;
    state.fill(0, 0, words);
    state[0] = 1;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      const row = this.#rowOf.get(unit) ?? OTHER_ROW;
      const stay = unit === DOT ? this.#stayOnDot : this.#stay;
      let carry = 0;
      let alive = 0;
      for (let word = 0; word < words; word++) {
        const now = state[word] ?? 0;
        const taken = now & (rows[row + word] ?? 0);
        const next = (taken << 1) | carry | (now & (stay[word] ?? 0));
        carry = taken >>> 31;
        state[word] = next;
        alive |= next;
      }
      if (alive === 0) return false;
    }
    return ((state[this.#lastWord] ?? 0) & this.#lastBit) !== 0;
  }
}

function setBit(words: Int32Array, from: number, bit: number): void {
  const word = from + (bit >>> 5);
  words[word] = (words[word] ?? 0) | (1 << (bit & 31));
}
