import assert from "node:assert/strict";

const SOURCE = Deno.readTextFileSync(new URL("../../src/limits.ts", import.meta.url));
/** The comment of each limit, by its name. */
const COMMENTS = new Map(
  [...SOURCE.matchAll(/\/\*\*((?:(?!\*\/)[^])*)\*\/\nexport const (\w+)/g)]
    .map(([, comment = "", name = ""]) => [name, comment]),
);
const NAMES = [...SOURCE.matchAll(/^export const (\w+)/gm)].map(([, name = ""]) => name);

Deno.test("every limit says where it comes from, in brackets", () => {
  for (const name of NAMES) {
    assert.match(COMMENTS.get(name) ?? "", /\([^)]+\)/, name);
  }
});

Deno.test("every limit in milliseconds, seconds or bytes says so", () => {
  const unit = (name: string) =>
    name.endsWith("_MS")
      ? /milliseconds/
      : name.includes("SECONDS")
      ? /second/
      : name.includes("BYTES")
      ? /byte|MiB|memory/i
      : /./;
  for (const name of NAMES) assert.match(COMMENTS.get(name) ?? "", unit(name), name);
});

Deno.test("no limit has the name of another", () => {
  assert.equal(new Set(NAMES).size, NAMES.length);
});
