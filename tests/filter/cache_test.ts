// The cache of compiled filters stays within its bytes.
import assert from "node:assert/strict";
import { FilterCache } from "../../src/filter/cache.ts";

const filterOf = (number: number): string => `userId eq 'user-${number}'`;

Deno.test("the same text gives the same filter, another text another", () => {
  const cache = new FilterCache();
  assert.equal(cache.parse(filterOf(1)), cache.parse(filterOf(1)));
  assert.notEqual(cache.parse(filterOf(1)), cache.parse(filterOf(2)));
});

Deno.test("the cache never holds more than its bytes, whatever comes", () => {
  const cache = new FilterCache(4096);
  for (let number = 0; number < 500; number++) {
    const result = cache.parse(number % 7 === 0 ? filterOf(number).padEnd(3000) : filterOf(number));
    assert.ok(result.ok);
    assert.ok(cache.bytes <= 4096);
  }
});

Deno.test("what was not used for longest goes first", () => {
  const cache = new FilterCache(1000);
  const first = cache.parse(filterOf(1));
  const second = cache.parse(filterOf(2));
  assert.equal(cache.parse(filterOf(1)), first);
  cache.parse(filterOf(3));
  cache.parse(filterOf(4));
  assert.equal(cache.parse(filterOf(1)), first);
  assert.notEqual(cache.parse(filterOf(2)), second);
});

Deno.test("invalid filters take no place", () => {
  const cache = new FilterCache();
  assert.equal(cache.parse("nonsense").ok, false);
  assert.equal(cache.bytes, 0);
});
