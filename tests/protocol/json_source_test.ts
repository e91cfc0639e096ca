import assert from "node:assert/strict";
import fc from "fast-check";
import { JsonSource } from "../../src/protocol/json_source.ts";
import { blank, valueSource } from "./json_arbitraries.ts";

Deno.test("the source of a value is found without the white space around it", () => {
  const source = new JsonSource(' { "a" :\t[1, {"b": "}"}]\n, "b":"x\\"y" ,"c": -1.50e2\r}');
  assert.equal(source.valueText("a"), '[1, {"b": "}"}]');
  assert.equal(source.valueText("b"), '"x\\"y"');
  assert.equal(source.valueText("c"), "-1.50e2");
  assert.equal(source.valueText("d"), undefined);
  assert.equal(source.count, 3);
});

Deno.test("members inside of values are not members of the object", () => {
  const source = new JsonSource('{"data":{"ackId":1,"x":[{"ackId":2}]},"group":"ackId"}');
  assert.equal(source.valueText("ackId"), undefined);
  assert.equal(source.count, 2);
});

Deno.test("an empty object has no members", () => {
  assert.equal(new JsonSource("{}").count, 0);
  assert.equal(new JsonSource(" { } ").count, 0);
});

Deno.test("of a member given twice the last counts, and both are seen", () => {
  const source = new JsonSource('{"a":1,"b":2,"\\u0061":3,"a\\\\":4}');
  assert.equal(source.valueText("a"), "3");
  assert.equal(source.valueText("b"), "2");
  assert.equal(source.valueText("a\\"), "4");
  assert.deepEqual([0, 1, 2, 3].map((i) => source.key(i)), ["a", "b", "a", "a\\"]);
});

Deno.test("a backslash in front of the closing quote is told from an escaped quote", () => {
  const source = new JsonSource('{"a":"\\\\","b":"\\\\\\"","c":"\\\\\\\\"}');
  assert.equal(source.valueText("a"), '"\\\\"');
  assert.equal(source.valueText("b"), '"\\\\\\""');
  assert.equal(source.valueText("c"), '"\\\\\\\\"');
});

Deno.test("integers are exact to 2^64-1 and nothing but plain digits is one", () => {
  const read = (literal: string) => new JsonSource(`{"n":${literal}}`).uint64("n");
  assert.equal(read("0"), 0n);
  assert.equal(read("999999999999999"), 999999999999999n);
  assert.equal(read("9007199254740993"), 9007199254740993n);
  assert.equal(read("18446744073709551615"), 18446744073709551615n);
  for (const literal of ["18446744073709551616", "-1", "-0", "1.0", "1e3", '"1"', "null", "[1]"]) {
    assert.equal(read(literal), undefined, literal);
  }
  assert.equal(new JsonSource("{}").uint64("n"), undefined);
});

Deno.test("depth counts the object itself, and brackets in strings do not nest", () => {
  const nest = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
  assert.equal(new JsonSource(nest(64)).tooDeep, false);
  assert.equal(new JsonSource(nest(65)).tooDeep, true);
  assert.equal(new JsonSource(`{"a":${nest(2)}}`, 3).tooDeep, false);
  assert.equal(new JsonSource(`{"a":${nest(3)}}`, 3).tooDeep, true);
  assert.equal(new JsonSource(`{"${"[".repeat(99)}":"${"{".repeat(99)}"}`).tooDeep, false);
  assert.equal(new JsonSource("[".repeat(1024 * 1024)).tooDeep, true);
});

Deno.test("for any valid object the members are those that JSON.parse finds", () => {
  const member = fc.tuple(fc.constantFrom("a", "b", "\\u0061", "c\\n", ""), valueSource, blank);
  fc.assert(
    fc.property(fc.array(member, { maxLength: 6 }), (members) => {
      const text = `{${
        members.map(([key, value, space]) => `${space}"${key}"${space}:${space}${value}${space}`)
          .join(",")
      }}`;
      const source = new JsonSource(text);
      assert.equal(source.count, members.length);
      const last = new Map<string, string>();
      members.forEach(([key, value], i) => {
        const decoded = JSON.parse(`"${key}"`) as string;
        assert.equal(source.key(i), decoded);
        last.set(decoded, value);
      });
      for (const [key, value] of last) assert.equal(source.valueText(key), value);
    }),
    { seed: 11, numRuns: 300 },
  );
});

Deno.test("any text can be scanned, valid or not", () => {
  const noise = fc.array(fc.constantFrom(...'{}[]",:\\ 1a\n'), { maxLength: 60 });
  fc.assert(
    fc.property(noise, (characters) => {
      const text = characters.join("");
      const source = new JsonSource(text);
      assert(source.count <= text.length);
    }),
    { seed: 12, numRuns: 1000 },
  );
});
