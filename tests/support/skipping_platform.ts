/**
 * The real machine with a clock that tests can push on: for servers over real sockets whose windows and pauses nobody
 * wants to sit out.
 */
import { type Cancel, type Platform, systemPlatform } from "../../src/platform.ts";

interface Timer {
  readonly at: number;
  readonly task: () => void;
  readonly cancel: Cancel;
}

/**
 * Real time plus what was skipped.
 *
 * ```ts
 * import { SkippingPlatform } from "./skipping_platform.ts";
 * import assert from "node:assert/strict";
 * const platform = new SkippingPlatform();
 * let rang = false;
 * platform.after(60_000, () => rang = true);
 * platform.skip(60_000);
 * assert.equal(rang, true);
 * ```
 */
export class SkippingPlatform implements Platform {
  #skipped = 0;
  readonly #timers = new Set<Timer>();
  readonly afterReads = systemPlatform.afterReads;
  readonly randomBytes = systemPlatform.randomBytes;
  readonly randomUuid = systemPlatform.randomUuid;
  readonly fetch = systemPlatform.fetch;

  /** Timers of exactly these lengths, in milliseconds, ring at once: pauses between the attempts of a call. */
  constructor(readonly immediate: readonly number[] = []) {}

  now(): number {
    return systemPlatform.now() + this.#skipped;
  }

  after(ms: number, task: () => void): Cancel {
    if (this.immediate.includes(ms)) return systemPlatform.after(0, task);
    const run = () => {
      this.#timers.delete(timer);
      task();
    };
    const timer: Timer = { at: this.now() + ms, task: run, cancel: systemPlatform.after(ms, run) };
    this.#timers.add(timer);
    return () => {
      timer.cancel();
      this.#timers.delete(timer);
    };
  }

  /** Lets `ms` milliseconds pass at once: timers that are due by then ring, the earliest first. */
  skip(ms: number): void {
    this.#skipped += ms;
    const now = this.now();
    const due = [...this.#timers].filter((timer) => timer.at <= now).sort((a, b) => a.at - b.at);
    for (const timer of due) {
      // A task before it may have cancelled it.
      if (!this.#timers.has(timer)) continue;
      timer.cancel();
      timer.task();
    }
  }
}
