import assert from "node:assert/strict";
import fc from "fast-check";
import { BoundedCache } from "../../src/bounded_cache.ts";

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

Deno.test("a cache never holds more bytes than its bound, and its account is that of what it holds", () => {
  const bytesOf = (key: number, value: string) => key + value.length;
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(20), fc.string()), { maxLength: 200 }), (entries) => {
      const cache = new BoundedCache<number, string>(1000, { bytes: 60, bytesOf });
      for (const [key, value] of entries) {
        cache.set(key, value);
        assert(cache.bytes <= 60);
        const kept = cache.get(key);
        assert.equal(kept, bytesOf(key, value) <= 30 ? value : undefined);
      }
      let sum = 0;
      // A look moves entries between the generations, but loses none while they fit.
      const size = cache.size;
      for (let key = 0; key <= 20; key++) {
        const value = new Map(entries).get(key);
        if (cache.get(key) !== undefined && value !== undefined) sum += bytesOf(key, value);
      }
      assert(cache.size <= size && sum >= cache.bytes);
    }),
    { seed: 20261128, numRuns: 200 },
  );
});

Deno.test("an entry that would fill half a cache by itself is not kept, nor what stood in its place", () => {
  const cache = new BoundedCache<string, string>(100, {
    bytes: 10,
    bytesOf: (_, value) => value.length,
  });
  cache.set("a", "short");
  cache.set("a", "longer");
  assert.equal(cache.get("a"), undefined);
  assert.equal(cache.bytes, 0);
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
