// Random filters against a second interpreter, and random text against the bounds.
import assert from "node:assert/strict";
import fc from "fast-check";
import { lowerCased, trimmed, upperCased } from "../../src/filter/characters.ts";
import { parseFilter } from "../../src/filter/filter.ts";
import { parse } from "../../src/filter/parser.ts";
import { print } from "../../src/filter/print.ts";
import { subjectOf } from "./people.ts";
import { isValid, lets } from "./reference.ts";
import { filterTree, person, write } from "./trees.ts";

const SEED = 20_241_201;
const TOO_MUCH = /The filter (may take|has more than)/;

/** Draws ways to write things from a list of numbers, over and over. */
function chooser(numbers: readonly number[]): (ways: readonly string[]) => string {
  let index = 0;
  return (ways) => ways[(numbers[index++ % numbers.length] ?? 0) % ways.length] ?? "";
}

Deno.test("filters are accepted and match exactly when the reference interpreter says so", () => {
  let accepted = 0;
  let refused = 0;
  let matched = 0;
  fc.assert(
    fc.property(
      filterTree,
      fc.array(person, { minLength: 3, maxLength: 3 }),
      fc.array(fc.nat(59), { minLength: 1, maxLength: 20 }),
      (tree, people, numbers) => {
        const source = write(tree, chooser(numbers));
        const result = parseFilter(source);
        if (!result.ok && TOO_MUCH.test(result.message)) return;
        assert.equal(result.ok, isValid(tree), source);
        if (!result.ok) {
          refused++;
          return;
        }
        accepted++;
        for (const one of people) {
          const matches = result.filter.matches(subjectOf(one));
          assert.equal(matches, lets(tree, one), `${source} for ${JSON.stringify(one)}`);
          if (matches) matched++;
        }
      },
    ),
    { seed: SEED, numRuns: 3000 },
  );
  assert.ok(
    accepted > 1000 && refused > 300 && matched > 1000,
    `${accepted} ${refused} ${matched}`,
  );
});

Deno.test("a written tree is parsed to the same tree", () => {
  fc.assert(
    fc.property(filterTree, fc.array(fc.nat(59), { minLength: 1 }), (tree, numbers) => {
      const source = write(tree, chooser(numbers));
      if (source.length > 4000) return;
      const withoutText = (key: string, value: unknown): unknown => key === "text" ? "" : value;
      assert.equal(JSON.stringify(parse(source), withoutText), JSON.stringify(tree, withoutText));
    }),
    { seed: SEED, numRuns: 500 },
  );
});

Deno.test("random words never throw, and what they are answered is bounded", () => {
  const word = fc.constantFrom(
    ..."( ) , ' '' / - + . : [ ] @ $ eq ne in and or not null true userId groups trim length 1 -1 1.5 'a' ab 😀 \u0000 \ud800"
      .split(" "),
    " ",
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 40 }), (words) => {
      for (const source of [words.join(""), words.join(" ")]) {
        const result = parseFilter(source);
        if (!result.ok) assert.ok(result.message.length < 3 * source.length + 200);
      }
    }),
    { seed: SEED, numRuns: 3000 },
  );
});

Deno.test("random text never throws", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 200 }), (source) => {
      parseFilter(source);
    }),
    { seed: SEED, numRuns: 1000 },
  );
});

Deno.test("printing never throws on what can be parsed", () => {
  fc.assert(
    fc.property(filterTree, (tree) => {
      assert.ok(print(tree).length > 0);
    }),
    { seed: SEED, numRuns: 300 },
  );
});

Deno.test("letter case and trimming look at one character at a time, all of them", () => {
  for (let code = 0; code < 0x1_0000; code++) {
    const character = String.fromCharCode(code);
    const lower = character.toLowerCase();
    const upper = character.toUpperCase();
    const dotless = character === "ı";
    assert.equal(lowerCased(`A${character}Σ`), `a${lower.length === 1 ? lower : character}σ`);
    assert.equal(
      upperCased(`ß${character}`),
      `ß${upper.length === 1 && !dotless ? upper : character}`,
    );
    const space = character !== "\ufeff" && /\s/.test(character) || character === "\u0085";
    assert.equal(trimmed(`${character}a${character}`).length, space ? 1 : 3, code.toString(16));
  }
});
