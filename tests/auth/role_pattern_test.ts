import assert from "node:assert/strict";
import fc from "fast-check";
import { parsePattern } from "../../src/auth/role_pattern.ts";

function matches(pattern: string, group: string): boolean {
  const parsed = parsePattern(pattern);
  assert(parsed !== undefined, `"${pattern}" is refused`);
  if (parsed.kind === "all") return true;
  return parsed.kind === "literal" ? parsed.group === group : parsed.pattern.matches(group);
}

const EXAMPLES: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ["ab*", ["ab", "abcd"], ["ab.cd", "xab", "a", ""]],
  ["ab**", ["ab", "abcd", "ab.cd.ef"], ["xab", "a"]],
  ["a.**.b", ["a.x.y.b", "a..b"], ["a.b", "a.x.y.bc"]],
  ["a.*.b", ["a.x.b", "a..b"], ["a.x.y.b"]],
  ["a?c", ["abc", "a?c"], ["a.c", "ac", "abbc"]],
  ["a\\?*", ["a?bc", "a?"], ["abc"]],
  ["*", ["", "x", "xyz"], ["x.y", "."]],
  ["?", ["x", "*"], ["", ".", "xy", "😀"]],
  ["??", ["😀", "xy"], ["x", "x."]],
  ["*.*.*.*.*", ["a.b.c.d.e", "...."], ["a.b.c.d", "a.b.c.d.e.f"]],
  ["***.x", ["a.b.x", ".x"], ["x"]],
  ["*?", ["a", "ab"], ["", "."]],
  ["?*?", ["ab", "abc"], ["a", "a.b"]],
  ["**?", ["a", "a.b"], ["", "a."]],
  ["*a**b*", ["ab", "xa.y.bz"], ["x.ab", "ab.x", "ba"]],
  ["\\\\*", ["\\", "\\x"], ["x"]],
  ["Room*", ["Room1"], ["room1"]],
  ["*-end", ["-end", "x-end"], ["a.x-end", "x-end2"]],
  ["*aab", ["aaab"], ["aaaba"]],
];
for (const [pattern, good, bad] of EXAMPLES) {
  Deno.test(`the pattern ${pattern} matches whole names as documented`, () => {
    for (const group of good) assert.equal(matches(pattern, group), true, group);
    for (const group of bad) assert.equal(matches(pattern, group), false, group);
  });
}

Deno.test("two to five stars and nothing else mean every group", () => {
  for (const pattern of ["**", "***", "****", "*****"]) {
    assert.deepEqual(parsePattern(pattern), { kind: "all" });
  }
});

Deno.test("a pattern without wildcards is a literal, escapes undone", () => {
  assert.deepEqual(parsePattern("a.b"), { kind: "literal", group: "a.b" });
  assert.deepEqual(parsePattern("\\*\\?\\\\"), { kind: "literal", group: "*?\\" });
});

const REFUSED = ["", "******", "*.*.*.*.*.*", "a**b**c**", "a\\b", "a\\", "\\", "x".repeat(1025)];
for (const pattern of REFUSED) {
  Deno.test(`the pattern "${pattern.slice(0, 20)}" of length ${pattern.length} is refused`, () => {
    assert.equal(parsePattern(pattern), undefined);
  });
}

Deno.test("escaped stars do not count, question marks have no limit", () => {
  assert.equal(matches("\\*\\*\\*\\*\\*\\**", "******x"), true);
  assert.equal(matches("?".repeat(1024), "x".repeat(1024)), true);
  assert.equal(matches("?".repeat(1024), "x".repeat(1023)), false);
});

/** What the rules say, as directly as they can be written; exponential. */
function reference(pattern: string, group: string): boolean {
  if (pattern === "") return group === "";
  const stars = /^\*+/.exec(pattern)?.[0].length ?? 0;
  if (stars > 0) {
    const rest = pattern.slice(stars);
    for (let taken = 0; taken <= group.length; taken++) {
      if (stars === 1 && group.slice(0, taken).includes(".")) break;
      if (reference(rest, group.slice(taken))) return true;
    }
    return false;
  }
  const escaped = pattern[0] === "\\";
  const token = escaped ? pattern[1] : pattern[0];
  if (group === "") return false;
  const fits = token === "?" && !escaped ? group[0] !== "." : group[0] === token;
  return fits && reference(pattern.slice(escaped ? 2 : 1), group.slice(1));
}

Deno.test("matching agrees with a naive recursive matcher", () => {
  const token = fc.constantFrom("*", "*", "?", ".", "a", "b", "\\*", "\\?", "\\\\");
  const unit = fc.constantFrom("a", "b", ".", "a", "*", "?", "\\");
  let compared = 0;
  fc.assert(
    fc.property(
      fc.array(token, { maxLength: 10 }),
      fc.array(fc.array(unit, { maxLength: 12 }), { minLength: 1, maxLength: 5 }),
      (tokens, names) => {
        const pattern = tokens.join("");
        if (parsePattern(pattern) === undefined) return;
        for (const name of names) {
          const group = name.join("");
          assert.equal(matches(pattern, group), reference(pattern, group), `${pattern} ${group}`);
          compared++;
        }
      },
    ),
    { seed: 20261124, numRuns: 3000 },
  );
  assert(compared > 3000);
});

Deno.test("matching agrees with the naive matcher over several state words", () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom("a", "b", "?", "a", "."), { minLength: 25, maxLength: 80 }),
      fc.nat(79),
      fc.constantFrom("*", "**"),
      fc.array(fc.constantFrom("a", "b", "."), { maxLength: 4 }),
      fc.boolean(),
      (tokens, at, star, extra, spoil) => {
        const cut = Math.min(at, tokens.length);
        const pattern = `*${tokens.slice(0, cut).join("")}${star}${tokens.slice(cut).join("")}`;
        const plain = tokens.map((token) => token === "?" ? "b" : token);
        const group = [...plain.slice(0, cut), ...extra, ...plain.slice(cut)].join("") +
          (spoil ? "a" : "");
        assert.equal(matches(pattern, group), reference(pattern, group), `${pattern} ${group}`);
      },
    ),
    { seed: 20261124, numRuns: 500 },
  );
});

const HOSTILE: readonly (readonly [string, string])[] = [
  ["*a*a*a*a*b", "a".repeat(1024)],
  ["**a**a*b", "a".repeat(1024)],
  [
    `*${"a".repeat(200)}*${"a".repeat(200)}*${"a".repeat(200)}*${"a".repeat(200)}*b`,
    "a".repeat(1024),
  ],
  [`**${"?".repeat(500)}**b`, "a".repeat(1024)],
  ["*.*.*.*.*b", "a.".repeat(512)],
];
for (const [pattern, group] of HOSTILE) {
  Deno.test(`1024 hostile characters against ${pattern.slice(0, 16)} do not backtrack`, () => {
    const parsed = parsePattern(pattern);
    assert(parsed?.kind === "wildcard");
    const start = performance.now();
    for (let i = 0; i < 20; i++) assert.equal(parsed.pattern.matches(group), false);
    // 20 matches take a few milliseconds; the naive matcher would take ages for one.
    assert(performance.now() - start < 1000);
  });
}
