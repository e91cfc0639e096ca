import assert from "node:assert/strict";
import fc from "fast-check";
import { Slots, STALE } from "../../src/group_index/slots.ts";

const SEED = 20_240_601;

Deno.test("slots are dense: the first ones are 0, 1, 2, and a released one is taken first", () => {
  const slots = new Slots();
  assert.deepEqual([slots.acquire(), slots.acquire(), slots.acquire()], [0, 1, 2]);
  slots.release(1);
  assert.equal(slots.size, 2);
  assert.equal(slots.acquire(), 1);
  assert.equal(slots.acquire(), 3);
  assert.equal(slots.size, 4);
});

Deno.test("a handle of a slot that was released is stale, also when the slot is in use again", () => {
  const slots = new Slots();
  const slot = slots.acquire();
  const first = slots.handleOf(slot);
  assert.equal(slots.slotOf(first), slot);
  slots.release(slot);
  assert.equal(slots.slotOf(first), STALE);
  assert.equal(slots.acquire(), slot);
  assert.equal(slots.slotOf(first), STALE);
  assert.equal(slots.slotOf(slots.handleOf(slot)), slot);
});

Deno.test("releasing a slot twice, or one that never was, is an error", () => {
  const slots = new Slots();
  const slot = slots.acquire();
  slots.release(slot);
  const message = `Cannot release slot ${slot}: it is not in use, 0 slots are in use`;
  assert.throws(() => slots.release(slot), new RangeError(message));
  assert.throws(() => slots.release(7), RangeError);
  assert.throws(() => slots.release(-1), RangeError);
  assert.throws(() => slots.handleOf(slot), RangeError);
  assert.equal(slots.slotOf(7), STALE);
});

Deno.test(`live handles find their slot, all others are stale (seed ${SEED})`, () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20), { maxLength: 200, size: "max" }), (choices) => {
      const slots = new Slots();
      const live = new Map<number, number>();
      const stale = new Set<number>();
      for (const choice of choices) {
        const victim = [...live.keys()][choice];
        if (victim === undefined) {
          const slot = slots.acquire();
          const handle = slots.handleOf(slot);
          assert.ok(![...live.values()].includes(slot));
          assert.ok(!stale.has(handle));
          live.set(handle, slot);
        } else {
          slots.release(live.get(victim) ?? -1);
          live.delete(victim);
          stale.add(victim);
        }
        assert.equal(slots.size, live.size);
      }
      for (const [handle, slot] of live) assert.equal(slots.slotOf(handle), slot);
      for (const handle of stale) assert.equal(slots.slotOf(handle), STALE);
    }),
    { seed: SEED, numRuns: 100 },
  );
});
