/**
 * Counters of this process.
 */
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
 * counters.slowConsumers.add(2);
 * assert.equal(counters.get("slowConsumers"), 2);
 * ```
 */
export class Counters implements Meter {
  readonly messagesExpired = new Count();
  readonly slowConsumers = new Count();
  readonly replayBuffersFull = new Count();
  readonly waitingFramesExceeded = new Count();
  readonly groupsPerConnectionReached = new Count();

  /** The count since the start. */
  get(name: CounterName): number {
    return this[name].value;
  }
}
