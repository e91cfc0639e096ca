/**
 * Counters of this process.
 */
import { type End, END_NAMES } from "../ends.ts";
import type { Counter, CounterName, Meter } from "../ports.ts";

/** A number that only grows. */
class Count implements Counter {
  value = 0;

  add(amount: number): void {
    this.value += amount;
  }
}

/**
 * Counts in memory; tests and later a metrics endpoint read them.
 *
 * ```ts
 * import { Counters } from "./metrics.ts";
 * import assert from "node:assert/strict";
 * const counters = new Counters();
 * counters.messagesExpired.add(2);
 * assert.equal(counters.get("messagesExpired"), 2);
 * counters.ended.slowConsumer.add(1);
 * assert.equal(counters.ended.slowConsumer.value, 1);
 * ```
 */
export class Counters implements Meter {
  readonly messagesExpired = new Count();
  readonly groupsPerConnectionReached = new Count();
  readonly ended = countByEnd();
  readonly away = countByEnd();

  /** The count since the start. */
  get(name: CounterName): number {
    return this[name].value;
  }
}

function countByEnd(): Readonly<Record<End, Count>> {
  return Object.fromEntries(END_NAMES.map((end) => [end, new Count()])) as Record<End, Count>;
}
