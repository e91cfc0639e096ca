/**
 * Counters of this process.
 */
import type { Counter, Meter } from "../hub/ports.ts";

/** Counts in memory; tests and later a metrics endpoint read them. */
export class Counters implements Meter {
  readonly #values = new Map<Counter, number>();

  add(counter: Counter, amount: number): void {
    this.#values.set(counter, this.get(counter) + amount);
  }

  /** The count since the start. */
  get(counter: Counter): number {
    return this.#values.get(counter) ?? 0;
  }
}
