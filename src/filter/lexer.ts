/**
 * Cuts a filter into tokens, one at a time, as the lexer of Microsoft's OData library does (`OData/odata.net`,
 * ExpressionLexer): the same positions and the same words for what cannot be read.
 */
import { MAX_INT32 } from "../limits.ts";
import { isWhiteSpace } from "./characters.ts";
import { FilterFault, syntaxFault } from "./fault.ts";
import type { Scalar } from "./tree.ts";

/** What a token is. `foreign` is a literal of a type that filters do not have; `symbol` is of no use in filters. */
export type TokenKind =
  | "open"
  | "close"
  | "comma"
  | "slash"
  | "minus"
  | "literal"
  | "foreign"
  | "word"
  | "symbol"
  | "end";

/** A piece of the filter, `source.slice(start, end)`. */
export interface Token {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
  /** As written. */
  readonly text: string;
  /** What a `literal` stands for; null on all other tokens. */
  readonly value: Scalar;
}

/** Also `$it`, `@p` and dotted names: words that nothing in a filter can mean, to be named in the refusal. */
const WORD =
  /@?[\p{L}\p{Nl}_$][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}\p{Cf}]*(?:\.[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}\p{Cf}]*)*/uy;
const GUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/iy;
const INTEGER = /[+-]?[0-9]+/y;
const DATE =
  /-?[0-9]{4,}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}(?::[0-9.]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})?)?/iy;
const TIME = /[0-9]{2}:[0-9]{2}(?::[0-9.]+)?/y;
const HEXADECIMAL = /[+-]?0x[0-9a-f]*/iy;
const DIGITS = /[0-9]+/y;
/** A letter behind a number that gives its type. */
const TYPE_SUFFIX = /[mdlf]/iy;

const SYMBOLS: ReadonlyMap<string, TokenKind> = new Map<string, TokenKind>([
  ["(", "open"],
  [")", "close"],
  [",", "comma"],
  ["/", "slash"],
  ["*", "foreign"],
  ...[..."=:?."].map((symbol): [string, TokenKind] => [symbol, "symbol"]),
]);

/** What ends the text in brackets that starts with them: a literal of its own. */
const BRACKETS: ReadonlyMap<string, string> = new Map([["[", "]"], ["{", "}"]]);

const KEYWORDS: ReadonlyMap<string, Scalar> = new Map<string, Scalar>([
  ["null", null],
  ["true", true],
  ["false", false],
]);

/** Reads tokens from front to back; after the last one come `end` tokens for ever. Throws `FilterFault`. */
export class Lexer {
  readonly #source: string;
  #position = 0;

  constructor(source: string) {
    this.#source = source;
  }

  /** The next token. */
  next(): Token {
    const source = this.#source;
    while (isWhiteSpace(source.charCodeAt(this.#position))) this.#position++;
    const start = this.#position;
    if (start === source.length) return this.#token("end", start);
    const symbol = SYMBOLS.get(source.charAt(start));
    if (symbol !== undefined) return this.#token(symbol, start + 1);
    if (source.charAt(start) === "'") return this.#string(start);
    const closing = BRACKETS.get(source.charAt(start));
    if (closing !== undefined) return this.#bracketed(source.charAt(start), closing);
    for (const literal of [GUID, DATE, TIME, HEXADECIMAL]) {
      const end = this.#match(literal, start);
      if (end > start) return this.#token("foreign", end);
    }
    const digits = this.#match(INTEGER, start);
    if (digits > start) return this.#number(digits);
    if (source.charAt(start) === "-") return this.#token("minus", start + 1);
    const word = this.#match(WORD, start);
    if (word > start) return this.#word(word);
    const character = String.fromCodePoint(source.codePointAt(start) ?? 0);
    const what = `Syntax error: character '${character}' is not valid`;
    throw syntaxFault(what, start, source);
  }

  /** A quote inside is doubled; nothing else is special. */
  #string(start: number): Token {
    const end = this.#quoted(start, "string literal");
    const value = this.#source.slice(start + 1, end - 1).replaceAll("''", "'");
    return this.#token("literal", end, value);
  }

  /** Index behind the text in quotes that starts at `quote`. */
  #quoted(quote: number, what: string): number {
    const source = this.#source;
    let end = quote;
    do {
      end = source.indexOf("'", end + 1) + 1;
      if (end === 0) throw syntaxFault(`There is an unterminated ${what}`, source.length, source);
    } while (source.charAt(end) === "'");
    return end;
  }

  /** Text in brackets up to the one that closes it; what stands in quotes does not count, and must end before. */
  #bracketed(opening: string, closing: string): Token {
    const source = this.#source;
    let depth = 0;
    for (let end = this.#position; end < source.length; end++) {
      const character = source.charAt(end);
      if (character === "'") end = source.indexOf("'", end + 1);
      if (end < 0) break;
      if (character === opening) depth++;
      else if (character === closing && --depth === 0) {
        return this.#token("literal", end + 1, source.slice(this.#position, end + 1));
      }
    }
    throw new FilterFault("Found an unbalanced bracket expression.");
  }

  #number(digits: number): Token {
    let end = digits;
    if (this.#source.charAt(end) === ".") end = this.#digits(end + 1);
    if (/[eE]/.test(this.#source.charAt(end))) {
      const isSigned = /[+-]/.test(this.#source.charAt(end + 1));
      end = this.#digits(end + (isSigned ? 2 : 1));
    }
    end = this.#match(TYPE_SUFFIX, end);
    const value = Number(this.#source.slice(this.#position, digits));
    const fits = value >= -MAX_INT32 - 1 && value <= MAX_INT32;
    // The addition makes 0 of -0: there is one zero among integers.
    return end === digits && fits
      ? this.#token("literal", end, value + 0)
      : this.#token("foreign", end);
  }

  /** Index behind the digits that have to be at `start`. */
  #digits(start: number): number {
    const end = this.#match(DIGITS, start);
    if (end === start) throw syntaxFault("A digit was expected", start, this.#source);
    return end;
  }

  #word(end: number): Token {
    if (this.#source.charAt(end) === "'") {
      return this.#token("foreign", this.#quoted(end, "literal"));
    }
    const keyword = KEYWORDS.get(this.#source.slice(this.#position, end));
    return keyword === undefined ? this.#token("word", end) : this.#token("literal", end, keyword);
  }

  /** Where the match of a sticky pattern ends; `start` when there is none. */
  #match(pattern: RegExp, start: number): number {
    pattern.lastIndex = start;
    return pattern.test(this.#source) ? pattern.lastIndex : start;
  }

  #token(kind: TokenKind, end: number, value: Scalar = null): Token {
    const start = this.#position;
    this.#position = end;
    return { kind, start, end, text: this.#source.slice(start, end), value };
  }
}
