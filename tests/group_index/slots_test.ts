import assert from "node:assert/strict";
import fc from "fast-check";
import { Slots } from "../../src/group_index/slots.ts";

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

Deno.test("releasing a slot twice, or one that never was, is an error", () => {
  const slots = new Slots();
  const slot = slots.acquire();
  slots.release(slot);
  const message = `Cannot release slot ${slot}: it is not in use, 0 slots are in use`;
  assert.throws(() => slots.release(slot), new RangeError(message));
  assert.throws(() => slots.release(7), RangeError);
  assert.throws(() => slots.release(-1), RangeError);
});

Deno.test(`a slot belongs to one at a time, and no more exist than were in use at once (seed ${SEED})`, () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20), { maxLength: 200, size: "max" }), (choices) => {
      const slots = new Slots();
      const live: number[] = [];
      let most = 0;
      for (const choice of choices) {
        const [victim] = live.splice(choice, 1);
        if (victim === undefined) {
          const slot = slots.acquire();
          assert.ok(!live.includes(slot));
          live.push(slot);
          most = Math.max(most, live.length);
          assert.ok(slot < most);
        } else {
          slots.release(victim);
          assert.equal(slots.isInUse(victim), false);
        }
        assert.equal(slots.size, live.length);
      }
      for (const slot of live) assert.equal(slots.isInUse(slot), true);
    }),
    { seed: SEED, numRuns: 100 },
  );
});
