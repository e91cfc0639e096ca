import assert from "node:assert/strict";
import fc from "fast-check";
import { Regions } from "../../src/group_index/regions.ts";

const SEED = 20_240_603;

interface Region {
  base: number;
  readonly content: number[];
}

/** Fills a region with words that occur nowhere else. */
function fill(regions: Regions, region: Region, next: () => number): void {
  region.content.length = 0;
  for (let i = 0; i < regions.capacity(region.base); i++) {
    const word = next();
    regions.array[region.base + i] = word;
    region.content.push(word);
  }
}

function contentOf(regions: Regions, region: Region): number[] {
  return [...regions.array.subarray(region.base, region.base + region.content.length)];
}

Deno.test(`regions keep their words while others come, change size and go (seed ${SEED})`, () => {
  const step = fc.record({
    action: fc.constantFrom("allocate", "free", "resize"),
    which: fc.nat(30),
    capacity: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 600 })),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400, size: "max" }), (steps) => {
      const regions = new Regions();
      const live: Region[] = [];
      let word = 0;
      const next = () => ++word;
      for (const { action, which, capacity } of steps) {
        const region = live[which];
        if (region === undefined || action === "allocate") {
          const made: Region = { base: regions.allocate(capacity), content: [] };
          assert.ok(regions.capacity(made.base) >= capacity);
          fill(regions, made, next);
          live.push(made);
        } else if (action === "free") {
          regions.free(region.base);
          live.splice(which, 1);
        } else {
          const kept = Math.min(region.content.length, capacity);
          region.base = regions.resize(region.base, capacity, kept);
          region.content.length = kept;
          assert.deepEqual(contentOf(regions, region), region.content);
          fill(regions, region, next);
        }
      }
      for (const region of live) assert.deepEqual(contentOf(regions, region), region.content);
    }),
    { seed: SEED, numRuns: 200 },
  );
});

Deno.test("freed neighbours become one region again, whatever the order", () => {
  for (const order of [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1]]) {
    const regions = new Regions();
    const bases = [0, 1, 2, 3].map(() => regions.allocate(9));
    const fence = regions.allocate(3);
    for (const i of order) regions.free(bases[i] ?? 0);
    assert.equal(regions.allocate(39), bases[0]);
    regions.free(fence);
  }
});

Deno.test("a region grows in place when what follows is free", () => {
  const regions = new Regions();
  const first = regions.allocate(9);
  const second = regions.allocate(9);
  regions.allocate(3);
  regions.free(second);
  assert.equal(regions.resize(first, 15, 9), first);
});

Deno.test("memory is given back when the regions are", () => {
  const regions = new Regions();
  const bases = Array.from({ length: 2000 }, () => regions.allocate(101));
  assert.ok(regions.array.length > 200_000);
  for (const base of bases) regions.free(base);
  assert.ok(regions.array.length <= 1024);
});
