/**
 * Log lines that somebody else could ask for as often as they like: one at a time.
 */
import type { Platform } from "./platform.ts";

/**
 * Counts what happens; says at most once in `ms` milliseconds that it is time for a line, and how often it happened since
 * the line before.
 *
 * ```ts
 * import { Seldom } from "./seldom.ts";
 * import { systemPlatform } from "./platform.ts";
 * import assert from "node:assert/strict";
 * const seldom = new Seldom(systemPlatform, 60_000);
 * assert.equal(seldom.count(), 1);
 * assert.equal(seldom.count(), 0);
 * ```
 */
export class Seldom {
  readonly #platform: Platform;
  readonly #ms: number;
  #next = -Infinity;
  #times = 0;

  constructor(platform: Platform, ms: number) {
    this.#platform = platform;
    this.#ms = ms;
  }

  /** It happened once more. How many times since the last line, this one included; 0: no line now. */
  count(): number {
    this.#times++;
    const now = this.#platform.now();
    if (now < this.#next) return 0;
    const times = this.#times;
    this.#times = 0;
    this.#next = now + this.#ms;
    return times;
  }
}
