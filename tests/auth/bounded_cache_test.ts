import assert from "node:assert/strict";
import fc from "fast-check";
import { BoundedCache } from "../../src/auth/bounded_cache.ts";

Deno.test("a cache never holds more than its limit, and never a wrong value", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(30)), { maxLength: 200 }), (steps) => {
      const cache = new BoundedCache<number, string>(8);
      for (const [write, key] of steps) {
        if (write) cache.set(key, `v${key}`);
        const value = cache.get(key);
        assert(write ? value === `v${key}` : value === undefined || value === `v${key}`);
        assert(cache.size <= 8);
      }
    }),
    { seed: 20261124, numRuns: 200 },
  );
});

Deno.test("an entry in use outlives a stream of entries used once", () => {
  const cache = new BoundedCache<string, number>(8);
  cache.set("hot", 1);
  for (let i = 0; i < 100; i++) {
    cache.set(`cold${i}`, i);
    assert.equal(cache.get("hot"), 1);
  }
});

Deno.test("a cleared cache is empty", () => {
  const cache = new BoundedCache<string, number>(4);
  for (const key of ["a", "b", "c", "d"]) cache.set(key, 1);
  cache.clear();
  assert.equal(cache.size, 0);
  assert.equal(cache.get("d"), undefined);
});
