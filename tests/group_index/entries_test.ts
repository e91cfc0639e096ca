import assert from "node:assert/strict";
import fc from "fast-check";
import {
  closeGap,
  entryOf,
  HINT_RANGE,
  hintOf,
  HOLE,
  MAX_SETS,
  probe,
  setOf,
} from "../../src/group_index/entries.ts";

const SEED = 20_240_606;

Deno.test("an entry tells its set and the low bits of the position, and is no hole", () => {
  for (const set of [0, 1, 2 ** 21, MAX_SETS - 1]) {
    for (const position of [0, 1, HINT_RANGE - 1, HINT_RANGE, 123_456_789]) {
      const entry = entryOf(set, position);
      assert.equal(setOf(entry), set);
      assert.equal(hintOf(entry), position % HINT_RANGE);
      assert.notEqual(entry, HOLE);
    }
  }
  assert.equal(setOf(HOLE), MAX_SETS);
});

Deno.test(`a table finds what was put in and not taken out, wherever it lies (seed ${SEED})`, () => {
  const BASE = 5;
  const ROOM = 32;
  const set = fc.oneof(fc.nat(40), fc.constantFrom(MAX_SETS - 1, MAX_SETS - 2, 2 ** 21));
  fc.assert(
    fc.property(fc.array(set, { maxLength: 300, size: "max" }), (sets) => {
      const words = new Int32Array(BASE + ROOM + 5).fill(HOLE, BASE, BASE + ROOM);
      const model = new Map<number, number>();
      sets.forEach((set, step) => {
        const place = probe(words, BASE, ROOM, set);
        assert.equal(words[BASE + place] !== HOLE, model.has(set));
        if (model.delete(set)) {
          closeGap(words, BASE, ROOM, place);
        } else if (model.size < ROOM - 1) {
          words[BASE + place] = entryOf(set, step);
          model.set(set, step);
        }
      });
      for (const [set, step] of model) {
        assert.equal(words[BASE + probe(words, BASE, ROOM, set)], entryOf(set, step));
      }
      const entries = words.subarray(BASE, BASE + ROOM).filter((word) => word !== HOLE);
      assert.equal(entries.length, model.size);
      const around = [...words.subarray(0, BASE), ...words.subarray(BASE + ROOM)];
      assert.ok(around.every((word) => word === 0), "nothing is written outside of the table");
    }),
    { seed: SEED, numRuns: 200 },
  );
});
