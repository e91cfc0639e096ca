/**
 * What a reader answers when the owner gets on between any two of its steps. All steps of the owner are recorded as
 * states of its buffer; a reader on another buffer is shown them one after the other, at its own loads.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { CountReader } from "../../src/group_index/count_reader.ts";
import { type HashedName } from "../../src/group_index/keyed_hash.ts";
import { SharedCounts } from "../../src/group_index/shared_counts.ts";

const SEED = 20_240_609;

/** Names that all begin their search at the last slots, so that their run wraps round; some differ in one half only. */
const NAMES: readonly HashedName[] = [
  { low: 62, high: 1 },
  { low: 62, high: 2 },
  { low: 63, high: 1 },
  { low: 127, high: 1 },
  { low: 63, high: 3 },
  { low: 64, high: 1 },
  { low: 2, high: 1 },
];

interface Change {
  readonly which: number;
  readonly by: number;
}

/** A moment: all words, and how many changes were begun and done. */
interface Moment {
  readonly words: Int32Array;
  readonly begun: number;
  readonly done: number;
}

interface Recording {
  readonly moments: readonly Moment[];
  /** The counts of all names after each number of changes. */
  readonly models: readonly (readonly number[])[];
}

/** Runs `work`, with `hook` before or after each call of an operation of Atomics. */
function hooked(
  operations: readonly ("load" | "store" | "add")[],
  place: "before" | "after",
  hook: () => void,
  work: () => void,
): void {
  const originals = operations.map((operation) => Atomics[operation]);
  operations.forEach((operation, i) =>
    Reflect.set(Atomics, operation, (...args: unknown[]) => {
      if (place === "before") hook();
      const answer: unknown = Reflect.apply(originals[i] ?? assert.fail, Atomics, args);
      if (place === "after") hook();
      return answer;
    })
  );
  try {
    work();
  } finally {
    operations.forEach((operation, i) => Reflect.set(Atomics, operation, originals[i]));
  }
}

function record(others: number, changes: readonly Change[]): Recording {
  const counts = new SharedCounts();
  for (let i = 0; i < others; i++) counts.add({ low: 10 + i, high: 50 }, 1);
  const counted = NAMES.map(() => 0);
  const moments: Moment[] = [];
  const models = [[...counted]];
  let begun = 0;
  const keep = () => {
    const words = new Int32Array(counts.buffer).slice();
    moments.push({ words, begun, done: models.length - 1 });
  };
  keep();
  for (const { which, by } of changes) {
    const name = NAMES[which] ?? assert.fail();
    const before = counted[which] ?? 0;
    begun++;
    // Each name has counts of its own: a torn read would show the count of another one.
    hooked(["store", "add"], "after", keep, () => {
      if (by > 0) counted[which] = counts.add(name, before === 0 ? 100 * (which + 1) : 1);
      else if (before > 0) counted[which] = counts.add(name, -before);
    });
    models.push([...counted]);
    keep();
  }
  return { moments, models };
}

/** Lets a reader look for a name; the owner gets on by so many moments at each of its loads, then stays. */
function look({ moments, models }: Recording, which: number, start: number, pace: number[]): void {
  const length = moments.at(-1)?.words.byteLength ?? 0;
  const buffer = new SharedArrayBuffer(length);
  const words = new Int32Array(buffer);
  let at = start;
  const show = () => words.set(moments[at]?.words ?? assert.fail());
  show();
  const reader = new CountReader(buffer);
  const steps = [...pace];
  let count = -1;
  hooked(["load"], "before", () => {
    at = Math.min(at + (steps.shift() ?? 0), moments.length - 1);
    show();
  }, () => count = reader.count(NAMES[which] ?? assert.fail()));
  const from = moments[start]?.done ?? 0;
  const to = moments[at]?.begun ?? 0;
  const right = models.slice(from, to + 1).map((model) => model[which]);
  assert.ok(right.includes(count), `${count} for name ${which}, not one of ${right}`);
}

const change = fc.record({ which: fc.nat(NAMES.length - 1), by: fc.constantFrom(1, 1, -1) });
// Mostly no step: the owner gets on in a few places.
const pace = fc.array(fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(30)), {
  maxLength: 20,
  size: "max",
});

Deno.test(`a reader gives a count of some moment while it looked, wherever the owner gets on (seed ${SEED})`, () => {
  const looks = fc.array(fc.tuple(fc.nat(NAMES.length - 1), fc.nat(1000), pace), {
    minLength: 40,
    maxLength: 40,
  });
  fc.assert(
    fc.property(
      // 42 names fit into the first table: sometimes it has to grow.
      fc.constantFrom(0, 0, 38),
      fc.array(change, { minLength: 5, maxLength: 40, size: "max" }),
      looks,
      (others, changes, looks) => {
        const recording = record(others, changes);
        for (const [which, start, pace] of looks) {
          look(recording, which, start % recording.moments.length, pace);
        }
      },
    ),
    { seed: SEED, numRuns: 100 },
  );
});

Deno.test("the same for one pause at each load, over each stretch of what the owner does", () => {
  // The run is 0, 1, 2 ... of NAMES. The first one goes, all others move; comes again at the end; the next one goes.
  const joins = NAMES.map((_, which) => ({ which, by: 1 }));
  const recording = record(0, [...joins, { which: 0, by: -1 }, { which: 0, by: 1 }]);
  const first = recording.moments.findIndex(({ done }) => done === joins.length);
  for (let which = 0; which < NAMES.length; which++) {
    for (let start = first; start < recording.moments.length; start++) {
      for (let load = 0; load < 12; load++) {
        for (let step = 1; start + step < recording.moments.length; step++) {
          look(recording, which, start, [...Array<number>(load).fill(0), step]);
        }
      }
    }
  }
});
