// Many new connections at once: so many are begun in a turn, in the order in which they came.
import assert from "node:assert/strict";
import { ARRIVALS_A_TURN } from "../../src/limits.ts";
import { Arrivals } from "../../src/transport/arrivals.ts";

/** Turns that end when the test says so. */
function scene() {
  const timers: (() => void)[] = [];
  const arrivals = new Arrivals({ after: (_ms, task) => (timers.push(task), () => {}) });
  const begun: number[] = [];
  const come = (from: number, count: number) => {
    for (let i = from; i < from + count; i++) arrivals.take({ resume: () => begun.push(i) });
  };
  const nextTurn = () => timers.splice(0).forEach((task) => task());
  return { timers, begun, come, nextTurn };
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

Deno.test("a lone connection is read at once", () => {
  const { begun, come } = scene();
  come(0, 1);
  assert.deepEqual(begun, [0]);
});

Deno.test("of a rush some are read at once, the others turn by turn in their order", () => {
  const { begun, come, nextTurn } = scene();
  come(0, 2 * ARRIVALS_A_TURN + 1);
  assert.deepEqual(begun, upTo(ARRIVALS_A_TURN));
  nextTurn();
  assert.deepEqual(begun, upTo(2 * ARRIVALS_A_TURN));
  nextTurn();
  assert.deepEqual(begun, upTo(2 * ARRIVALS_A_TURN + 1));
});

Deno.test("who comes while others wait does not overtake them", () => {
  const { begun, come, nextTurn } = scene();
  come(0, 2 * ARRIVALS_A_TURN);
  nextTurn();
  come(2 * ARRIVALS_A_TURN, 1);
  assert.deepEqual(begun, upTo(2 * ARRIVALS_A_TURN));
  nextTurn();
  assert.deepEqual(begun, upTo(2 * ARRIVALS_A_TURN + 1));
});

Deno.test("without new connections no timer runs", () => {
  const { timers, come, nextTurn } = scene();
  come(0, 1);
  nextTurn();
  nextTurn();
  assert.equal(timers.length, 0);
});
