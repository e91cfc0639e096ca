/** Random JSON as source text, in all the spellings that parsing and writing it again would lose. */
import fc from "fast-check";

const space = fc.stringMatching(/^[ \t\r\n]{0,3}$/);

/** A string literal: plain characters, every kind of escape, brackets and quotes that must not be taken for structure. */
const stringSource = fc.array(
  fc.oneof(
    fc.stringMatching(/^[ -!#-[\]-~]{1,5}$/),
    fc.constantFrom(
      "\\\\",
      '\\"',
      "\\/",
      "\\n",
      "\\u0041",
      "\\ud83d",
      "\\uDE00",
      "{",
      "]",
      ",",
      ":",
    ),
    fc.constantFrom("é", "漢", "😀", "\u007f", "\u2028"),
  ),
  { maxLength: 6 },
).map((parts) => `"${parts.join("")}"`);

const numberSource = fc.oneof(
  fc.bigInt(-(10n ** 30n), 10n ** 30n).map(String),
  fc.stringMatching(/^-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?$/),
  fc.constantFrom("-0", "1.0", "1e400", "18446744073709551616", "0.10"),
);

function list(open: string, items: readonly string[], close: string, blank: string): string {
  return open + blank + items.join(`${blank},${blank}`) + blank + close;
}

/** The source of any JSON value, nested a few levels; objects may have a key twice. */
export const valueSource: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.oneof(stringSource, numberSource, fc.constantFrom("true", "false", "null")),
    fc.tuple(fc.array(tie("value"), { maxLength: 4 }), space).map(([items, blank]) =>
      list("[", items, "]", blank)
    ),
    fc.tuple(fc.array(fc.tuple(stringSource, tie("value")), { maxLength: 4 }), space)
      .map(([members, blank]) =>
        list("{", members.map(([key, value]) => `${key}${blank}:${blank}${value}`), "}", blank)
      ),
  ),
})).value;

/** White space that JSON allows between tokens. */
export const blank: fc.Arbitrary<string> = space;

/** Any string, lone surrogates included. */
export const anyText: fc.Arbitrary<string> = fc.string({ unit: "binary", maxLength: 20 });
