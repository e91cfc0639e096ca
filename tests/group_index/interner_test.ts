import assert from "node:assert/strict";
import fc from "fast-check";
import { Interner, NO_ID } from "../../src/group_index/interner.ts";

const SEED = 20_240_602;

Deno.test("a name keeps its id until it is released", () => {
  const names = new Interner();
  const sports = names.acquire("sports");
  const news = names.acquire("news");
  assert.notEqual(sports, news);
  assert.equal(names.find("sports"), sports);
  assert.equal(names.nameOf(sports), "sports");
  names.release(sports);
  assert.equal(names.find("sports"), NO_ID);
  assert.equal(names.nameOf(sports), undefined);
  assert.deepEqual([...names.names()], ["news"]);
});

Deno.test("released ids go to the next new names, the last one first", () => {
  const names = new Interner();
  const ids = ["a", "b", "c"].map((name) => names.acquire(name));
  assert.deepEqual(ids, [0, 1, 2]);
  for (const id of [1, 0]) names.release(id);
  assert.deepEqual(["d", "e", "f"].map((name) => names.acquire(name)), [0, 1, 3]);
  assert.equal(names.nameOf(0), "d");
});

Deno.test("looking for a name does not make it known", () => {
  const names = new Interner();
  assert.equal(names.find("sports"), NO_ID);
  assert.equal(names.size, 0);
});

Deno.test("releasing an id that is free is an error", () => {
  const names = new Interner();
  names.release(names.acquire("sports"));
  const message = "Cannot release id 0: it is free, 0 ids are in use";
  assert.throws(() => names.release(0), new RangeError(message));
  assert.throws(() => names.release(5), RangeError);
});

Deno.test(`names and ids agree with a set, whatever the characters (seed ${SEED})`, () => {
  const name = fc.oneof(
    fc.constantFrom("", "a", "__proto__", "constructor", "a\u0000b", "\ud800", "é", "e\u0301"),
    fc.string({ unit: "binary", maxLength: 3 }),
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.boolean(), name), { maxLength: 150, size: "max" }),
      (steps) => {
        const names = new Interner();
        const model = new Set<string>();
        for (const [acquire, name] of steps) {
          const id = names.find(name);
          assert.equal(id !== NO_ID, model.has(name));
          if (acquire && id === NO_ID) {
            names.acquire(name);
            model.add(name);
          } else if (!acquire && id !== NO_ID) {
            names.release(id);
            model.delete(name);
          }
        }
        assert.deepEqual([...names.names()].sort(), [...model].sort());
        const ids = new Set<number>();
        for (const name of model) {
          const id = names.find(name);
          ids.add(id);
          assert.ok(id >= 0 && id < steps.length);
          assert.equal(names.nameOf(id), name);
        }
        assert.equal(ids.size, model.size);
      },
    ),
    { seed: SEED, numRuns: 100 },
  );
});
