import assert from "node:assert/strict";
import fc from "fast-check";
import { Interner, NO_ID } from "../../src/group_index/interner.ts";

const SEED = 20_240_602;

Deno.test("a name keeps its id while it has a reference", () => {
  const names = new Interner();
  const sports = names.acquire("sports");
  const news = names.acquire("news");
  assert.notEqual(sports, news);
  assert.equal(names.acquire("sports"), sports);
  assert.equal(names.references(sports), 2);
  names.release(sports);
  assert.equal(names.find("sports"), sports);
  names.release(sports);
  assert.equal(names.find("sports"), NO_ID);
  assert.equal(names.nameOf(sports), undefined);
  assert.equal(names.references(sports), 0);
  assert.deepEqual([...names.names()], ["news"]);
});

Deno.test("a released id goes to the next new name", () => {
  const names = new Interner();
  const old = names.acquire("old");
  names.acquire("other");
  names.release(old);
  assert.equal(names.acquire("new"), old);
  assert.equal(names.nameOf(old), "new");
  assert.equal(names.references(old), 1);
});

Deno.test("looking for a name does not make it known", () => {
  const names = new Interner();
  assert.equal(names.find("sports"), NO_ID);
  assert.equal(names.size, 0);
  assert.equal(names.byteLength, 0);
});

Deno.test("releasing an id that is free is an error", () => {
  const names = new Interner();
  names.release(names.acquire("sports"));
  const message = "Cannot release id 0: it is free, 0 ids are in use";
  assert.throws(() => names.release(0), new RangeError(message));
  assert.throws(() => names.release(5), RangeError);
});

Deno.test(`names and ids agree with a map of counts, whatever the characters (seed ${SEED})`, () => {
  const name = fc.oneof(
    fc.constantFrom("", "a", "__proto__", "constructor", "a\u0000b", "\ud800", "é", "e\u0301"),
    fc.string({ unit: "binary", maxLength: 3 }),
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.boolean(), name), { maxLength: 150, size: "max" }),
      (steps) => {
        const names = new Interner();
        const model = new Map<string, number>();
        for (const [acquire, name] of steps) {
          const count = model.get(name) ?? 0;
          if (acquire) {
            names.acquire(name);
            model.set(name, count + 1);
          } else if (count > 0) {
            names.release(names.find(name));
            if (count === 1) model.delete(name);
            else model.set(name, count - 1);
          }
        }
        assert.deepEqual([...names.names()].sort(), [...model.keys()].sort());
        const ids = new Set<number>();
        for (const [name, count] of model) {
          const id = names.find(name);
          ids.add(id);
          assert.equal(names.nameOf(id), name);
          assert.equal(names.references(id), count);
        }
        assert.equal(ids.size, model.size);
      },
    ),
    { seed: SEED, numRuns: 100 },
  );
});
