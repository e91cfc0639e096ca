import assert from "node:assert/strict";
import fc from "fast-check";
import { GroupIndex } from "../../src/group_index/group_index.ts";
import { Slots } from "../../src/group_index/slots.ts";

const SEED = 20_240_605;

/** Names that trip up what takes them for something else. */
const ODD_NAMES = [
  "sports",
  " sports",
  "SPORTS",
  "__proto__",
  "constructor",
  "toString",
  "a/b?c#d%20",
  "a\u0000b",
  "tab\tand\u2028",
  "é",
  "e\u0301",
  "\ud83d\ude00",
  "\ud800",
  "𝒳".repeat(512),
  "",
  "0",
];

type Model = Map<string, Set<number>>;

function ascending(values: Iterable<number>): number[] {
  return [...values].sort((a, b) => a - b);
}

function ranged(index: GroupIndex, name: string): number[] {
  const { words, start, end } = index.membersOf(name);
  return [...words.subarray(start, end)];
}

function viewed(index: GroupIndex, name: string): number[] {
  const { slots, length } = index.membersOf(name);
  assert.equal(slots.length, length);
  return [...slots];
}

function assertSame(index: GroupIndex, model: Model, slots: Iterable<number>): void {
  const names = [...model].filter(([, members]) => members.size > 0).map(([name]) => name);
  assert.deepEqual([...index.groupNames()].sort(), names.sort());
  assert.equal(index.size, names.length);
  for (const [name, members] of model) {
    const expected = ascending(members);
    assert.equal(index.memberCount(name), expected.length);
    assert.deepEqual(ascending(viewed(index, name)), expected);
    assert.deepEqual(ascending(ranged(index, name)), expected);
  }
  for (const slot of slots) {
    const groups = names.filter((name) => model.get(name)?.has(slot));
    assert.equal(index.groupCountOf(slot), groups.length);
    assert.deepEqual(index.groupsOf(slot).sort(), groups.sort());
  }
}

const name = fc.oneof(
  fc.constantFrom(...ODD_NAMES),
  fc.nat(60).map((i) => `group-${i}`),
  fc.string({ unit: "binary", maxLength: 2 }),
);

Deno.test(`the index is a map of sets: joins, leaves, disconnects, reused slots (seed ${SEED})`, () => {
  const step = fc.record({
    action: fc.constantFrom("join", "join", "join", "leave", "disconnect"),
    which: fc.nat(15),
    name,
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300, size: "max" }), (steps) => {
      const index = new GroupIndex();
      const model: Model = new Map();
      const slots = new Slots();
      const live: number[] = [];
      for (const { action, which, name } of steps) {
        const slot = live[which] ?? slots.acquire();
        if (live[which] === undefined) live.push(slot);
        let members = model.get(name);
        if (members === undefined) model.set(name, members = new Set());
        assert.equal(index.isMember(slot, name), members.has(slot));
        if (action === "join") {
          assert.equal(index.join(slot, name), !members.has(slot));
          members.add(slot);
        } else if (action === "leave") {
          assert.equal(index.leave(slot, name), members.delete(slot));
        } else {
          let left = 0;
          for (const members of model.values()) if (members.delete(slot)) left++;
          assert.equal(index.leaveAll(slot), left);
          live.splice(live.indexOf(slot), 1);
          slots.release(slot);
        }
      }
      assertSame(index, model, live);
      for (const slot of live) index.leaveAll(slot);
      assert.deepEqual([...index.groupNames()], []);
    }),
    { seed: SEED, numRuns: 150 },
  );
});

Deno.test("a group exists while it has a member", () => {
  const index = new GroupIndex();
  assert.equal(index.leave(0, "sports"), false);
  assert.equal(index.memberCount("sports"), 0);
  assert.equal(index.membersOf("sports").length, 0);
  index.join(0, "sports");
  index.join(1, "sports");
  index.leave(0, "sports");
  assert.deepEqual([...index.groupNames()], ["sports"]);
  index.leaveAll(1);
  assert.deepEqual([...index.groupNames()], []);
  assert.equal(index.membersOf("sports").length, 0);
});

Deno.test("many groups come and go without the index growing", () => {
  const index = new GroupIndex();
  for (let round = 0; round < 20; round++) {
    for (let slot = 0; slot < 200; slot++) {
      for (let i = 0; i < 10; i++) index.join(slot, `round ${round} group ${(slot + i) % 100}`);
    }
    assert.equal(index.size, 100);
    for (let slot = 0; slot < 200; slot++) assert.equal(index.leaveAll(slot), 10);
    assert.equal(index.size, 0);
  }
  assert.ok(index.byteLength < 40_000, `${index.byteLength} bytes`);
});

Deno.test("what is seen of a group follows it as it grows, shrinks and moves", () => {
  const index = new GroupIndex();
  const expected = new Map<string, Set<number>>();
  for (let i = 0; i < 40; i++) expected.set(`group ${i}`, new Set());
  for (let slot = 0; slot < 200; slot++) {
    for (const [name, members] of expected) {
      index.join(slot, name);
      members.add(slot);
      if (slot % 3 === 0) {
        index.leave(slot >> 1, name);
        members.delete(slot >> 1);
      }
    }
    if (slot % 20 !== 0) continue;
    for (const [name, members] of expected) {
      assert.deepEqual(ascending(ranged(index, name)), ascending(members));
    }
  }
});

Deno.test("a look at a group allocates nothing", () => {
  const index = new GroupIndex();
  for (let slot = 0; slot < 100; slot++) index.join(slot, "large");
  index.join(5, "small");
  assert.equal(index.membersOf("large"), index.membersOf("small"));
});

Deno.test("an index without groups has no buffers", () => {
  assert.equal(new GroupIndex().byteLength, 0);
});

Deno.test("an index with a bound says beforehand what has room: known names always, new ones while some are left", () => {
  const groups = new GroupIndex(3);
  for (const name of ["a", "b"]) groups.join(1, name);
  assert.equal(groups.hasRoomForAll([]), true);
  assert.equal(groups.hasRoomForAll(["c"]), true);
  assert.equal(groups.hasRoomForAll(["a", "b", "c"]), true);
  assert.equal(groups.hasRoomForAll(["a", "c", "d"]), false);
  groups.join(1, "c");
  assert.equal(groups.hasRoomFor("d"), false);
  assert.equal(groups.hasRoomForAll(["a", "b", "c"]), true);
  assert.throws(() => groups.join(1, "d"), RangeError);
  groups.leave(1, "b");
  assert.equal(groups.hasRoomForAll(["d"]), true);
});
