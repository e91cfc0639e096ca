import assert from "node:assert/strict";
import fc from "fast-check";
import { MemberRange } from "../../src/group_index/member_range.ts";
import { Membership } from "../../src/group_index/membership.ts";

const SEED = 20_240_604;

/** The two directions as sets. */
class Model {
  readonly members = new Map<number, Set<number>>();

  membersOf(set: number): Set<number> {
    let members = this.members.get(set);
    if (members === undefined) this.members.set(set, members = new Set());
    return members;
  }

  setsOf(slot: number): number[] {
    return [...this.members].filter(([, members]) => members.has(slot)).map(([set]) => set);
  }
}

function membersOf(membership: Membership, set: number): number[] {
  const range = new MemberRange();
  membership.members.findRange(set, range);
  return [...range.slots];
}

function ascending(values: Iterable<number>): number[] {
  return [...values].sort((a, b) => a - b);
}

function assertSame(membership: Membership, model: Model, slots: number): void {
  for (const [set, members] of model.members) {
    assert.equal(membership.count(set), members.size);
    assert.deepEqual(ascending(membersOf(membership, set)), ascending(members));
  }
  for (let slot = 0; slot < slots; slot++) {
    const sets = model.setsOf(slot);
    assert.equal(membership.setCountOf(slot), sets.length);
    assert.deepEqual(ascending(membership.setsOf(slot)), ascending(sets));
  }
}

const never = { release: () => assert.fail("no set was to be emptied") };

const step = fc.record({
  action: fc.constantFrom("join", "join", "join", "leave", "leave", "disconnect"),
  // Some are in many sets, some sets have many members.
  slot: fc.oneof(fc.nat(2), fc.nat(40)),
  set: fc.oneof(fc.nat(2), fc.nat(150)),
});

Deno.test(
  `a membership is a map of sets (seed ${SEED})`,
  () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 1000, size: "max" }), (steps) => {
        const membership = new Membership();
        const model = new Model();
        for (const { action, slot, set } of steps) {
          const members = model.membersOf(set);
          assert.equal(membership.has(slot, set), members.has(slot));
          if (action === "join") {
            assert.equal(membership.join(slot, set), !members.has(slot));
            members.add(slot);
          } else if (action === "leave") {
            assert.equal(membership.leave(slot, set), members.delete(slot));
          } else if (set % 10 === 9) {
            const sets = model.setsOf(slot);
            const emptied: number[] = [];
            const left = membership.removeMember(slot, { release: (set) => emptied.push(set) });
            assert.equal(left, sets.length);
            for (const set of sets) model.membersOf(set).delete(slot);
            const empty = sets.filter((set) => model.membersOf(set).size === 0);
            assert.deepEqual(ascending(emptied), ascending(empty));
          }
        }
        assertSame(membership, model, 41);
      }),
      { seed: SEED, numRuns: 60 },
    );
  },
);

Deno.test("a member of thousands of sets joins, leaves and disconnects like any other", () => {
  const membership = new Membership();
  const model = new Model();
  for (const slot of [0, 1, 2]) {
    for (let i = 0; i < 3000; i++) {
      const set = i * 7 % 4001;
      assert.equal(membership.join(slot, set), true);
      assert.equal(membership.join(slot, set), false);
      model.membersOf(set).add(slot);
    }
  }
  assertSame(membership, model, 3);
  for (let i = 0; i < 3000; i += 1) {
    const set = i * 13 % 4001;
    assert.equal(membership.leave(1, set), model.membersOf(set).delete(1));
  }
  assertSame(membership, model, 3);
  assert.equal(membership.removeMember(0, { release: () => {} }), 3000);
  for (const members of model.members.values()) members.delete(0);
  assertSame(membership, model, 3);
});

Deno.test("leaving finds its place in a set with more members than a hint can tell apart", () => {
  const membership = new Membership();
  const members = 150_000;
  for (let slot = 0; slot < members; slot++) membership.join(slot, 0);
  for (let slot = 0; slot < members; slot += 3) assert.equal(membership.leave(slot, 0), true);
  for (let slot = members - 1; slot > members / 2; slot--) {
    assert.equal(membership.leave(slot, 0), slot % 3 !== 0);
  }
  const expected: number[] = [];
  for (let slot = 0; slot <= members / 2; slot++) if (slot % 3 !== 0) expected.push(slot);
  assert.deepEqual(ascending(membersOf(membership, 0)), expected);
  for (const slot of expected) assert.equal(membership.leave(slot, 0), true);
  assert.equal(membership.count(0), 0);
});

Deno.test("an empty membership has no buffers, and one that is emptied gives its buffers back", () => {
  const membership = new Membership();
  assert.equal(membership.byteLength, 0);
  assert.equal(membership.has(3, 4), false);
  assert.equal(membership.leave(3, 4), false);
  assert.equal(membership.removeMember(3, never), 0);
  assert.equal(membership.byteLength, 0);
  for (let slot = 0; slot < 2000; slot++) {
    for (let set = 0; set < 50; set++) membership.join(slot, (slot + set) % 100);
  }
  const full = membership.byteLength;
  for (let slot = 0; slot < 2000; slot++) membership.removeMember(slot, { release: () => {} });
  assert.ok(membership.byteLength * 10 < full);
});
