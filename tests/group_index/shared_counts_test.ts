import assert from "node:assert/strict";
import fc from "fast-check";
import { CountReader } from "../../src/group_index/count_reader.ts";
import { type HashedName, KeyedHash } from "../../src/group_index/keyed_hash.ts";
import { FULL, SharedCounts } from "../../src/group_index/shared_counts.ts";

const SEED = 20_240_608;
const SECRET = Uint8Array.from({ length: 8 }, (_, i) => i * 31);

/** A name of which only the hash is known. */
function hashed(low: number, high: number): HashedName {
  return { low, high };
}

Deno.test("a reader sees each change of a count, and 0 for names that have none", () => {
  const hash = new KeyedHash(SECRET);
  const groups = hash.scope("chat", "group");
  const counts = new SharedCounts();
  const reader = new CountReader(counts.buffer);
  assert.equal(reader.count(hash.of(groups, "sports")), 0);
  assert.equal(counts.add(hash.of(groups, "sports"), 1), 1);
  assert.equal(counts.add(hash.of(groups, "sports"), 4), 5);
  assert.equal(reader.count(hash.of(groups, "sports")), 5);
  assert.equal(reader.count(hash.of(hash.scope("chat", "user"), "sports")), 0);
  assert.equal(reader.count(hash.of(hash.scope("news", "group"), "sports")), 0);
  assert.equal(counts.add(hash.of(groups, "sports"), -5), 0);
  assert.equal(reader.count(hash.of(groups, "sports")), 0);
  assert.equal(counts.size, 0);
});

Deno.test(`counts are a Map, whatever comes, grows and goes (seed ${SEED})`, () => {
  // Few tags, so that runs are long, wrap round and hold the tags that mean something else; then many, so that it grows.
  const name = fc.oneof(
    fc.record({ low: fc.constantFrom(0, 1, 2, 3, 62, 63, 64, 127, -1, -64), high: fc.nat(3) }),
    fc.record({ low: fc.integer(), high: fc.nat(1) }),
  );
  const step = fc.tuple(name, fc.constantFrom(1, 1, 1, 7, -1, -1));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 600, size: "max" }), (steps) => {
      const counts = new SharedCounts();
      const reader = new CountReader(counts.buffer);
      const model = new Map<string, { name: HashedName; count: number }>();
      for (const [name, by] of steps) {
        // The tags 0 and 1 are taken: these names share the counts of 2 and 3.
        const low = name.low === 0 || name.low === 1 ? name.low + 2 : name.low;
        const key = `${low} ${name.high}`;
        const before = model.get(key)?.count ?? 0;
        assert.equal(reader.count(name), before);
        if (before + by < 0) {
          assert.throws(() => counts.add(name, by), RangeError);
          continue;
        }
        assert.equal(counts.add(name, by), before + by);
        if (before + by === 0) model.delete(key);
        else model.set(key, { name, count: before + by });
        assert.equal(counts.size, model.size);
      }
      const late = new CountReader(counts.buffer);
      for (const { name, count } of model.values()) {
        assert.equal(reader.count(name), count);
        assert.equal(late.count(name), count);
      }
    }),
    { seed: SEED, numRuns: 150 },
  );
});

Deno.test("a reader follows a table that grows without being told", () => {
  const hash = new KeyedHash(SECRET);
  const users = hash.scope("chat", "user");
  const counts = new SharedCounts();
  const reader = new CountReader(counts.buffer);
  for (let i = 0; i < 20_000; i++) {
    counts.add(hash.of(users, `user ${i}`), i + 1);
    assert.equal(reader.count(hash.of(users, `user ${i >> 1}`)), (i >> 1) + 1);
  }
  for (let i = 0; i < 20_000; i++) counts.add(hash.of(users, `user ${i}`), -i - 1);
  assert.equal(counts.size, 0);
  for (let i = 0; i < 20_000; i++) assert.equal(reader.count(hash.of(users, `user ${i}`)), 0);
});

Deno.test("one name too many is refused and changes nothing; the others can still change", () => {
  const counts = new SharedCounts(100);
  const reader = new CountReader(counts.buffer);
  for (let i = 0; i < 100; i++) assert.equal(counts.add(hashed(i * 7, i), 1), 1);
  assert.equal(counts.add(hashed(7, 1000), 1), FULL);
  assert.equal(reader.count(hashed(7, 1000)), 0);
  assert.equal(counts.add(hashed(7, 1), 1), 2);
  assert.equal(counts.add(hashed(14, 2), -1), 0);
  assert.equal(counts.add(hashed(7, 1000), 1), 1);
  assert.equal(counts.size, 100);
});

Deno.test("a count never falls below 0: whoever takes too much learns of it", () => {
  const counts = new SharedCounts();
  const absent = new RangeError("Cannot add -1 to a count of 0");
  assert.throws(() => counts.add(hashed(5, 5), -1), absent);
  counts.add(hashed(5, 5), 2);
  assert.throws(() => counts.add(hashed(5, 5), -3), RangeError);
  assert.equal(new CountReader(counts.buffer).count(hashed(5, 5)), 2);
  assert.equal(counts.add(hashed(6, 6), 0), 0);
  assert.equal(counts.size, 1);
});

Deno.test("two names of one hash share a count: readers see too much, never too little", () => {
  const counts = new SharedCounts();
  const reader = new CountReader(counts.buffer);
  const [sports, news] = [hashed(9, 9), hashed(9, 9)];
  counts.add(sports, 1);
  counts.add(news, 2);
  assert.equal(reader.count(sports), 3);
  counts.add(sports, -1);
  assert.equal(reader.count(news), 2);
});

Deno.test("hubs by name cost their names and no more: 8,000 of them fit into one small buffer", () => {
  const hash = new KeyedHash(SECRET);
  const counts = new SharedCounts();
  const names = ["sports", "news", "weather"];
  for (let round = 0; round < 3; round++) {
    for (let hub = 0; hub < 8_000; hub++) {
      const groups = hash.scope(`round ${round} hub ${hub}`, "group");
      for (const name of names) counts.add(hash.of(groups, name), 1);
    }
    assert.ok(counts.buffer.byteLength < 1_600_000, `${counts.buffer.byteLength} bytes`);
    for (let hub = 0; hub < 8_000; hub++) {
      const groups = hash.scope(`round ${round} hub ${hub}`, "group");
      for (const name of names) counts.add(hash.of(groups, name), -1);
    }
    assert.equal(counts.size, 0);
  }
});

Deno.test("names that come and go leave nothing behind: the table stays as it is, runs stay short", () => {
  const hash = new KeyedHash(SECRET);
  const groups = hash.scope("chat", "group");
  const counts = new SharedCounts();
  const reader = new CountReader(counts.buffer);
  for (let i = 0; i < 650; i++) counts.add(hash.of(groups, `group ${i}`), 1);
  const bytes = counts.buffer.byteLength;
  for (let i = 650; i < 30_000; i++) {
    counts.add(hash.of(groups, `group ${i - 650}`), -1);
    counts.add(hash.of(groups, `group ${i}`), 1);
  }
  assert.equal(counts.buffer.byteLength, bytes);
  let loads = 0;
  let most = 0;
  const load = Atomics.load;
  Reflect.set(Atomics, "load", (words: Int32Array, at: number) => (loads++, load(words, at)));
  try {
    for (let i = 0; i < 1_000; i++) {
      const before = loads;
      reader.count(hash.of(groups, `absent ${i}`));
      most = Math.max(most, loads - before);
    }
  } finally {
    Reflect.set(Atomics, "load", load);
  }
  assert.ok(loads < 1_000 * 12, `${loads / 1_000} words looked at for each name`);
  assert.ok(most < 100, `${most} words looked at for one`);
});
