/**
 * Time limits of one and the same length. They expire in the order in which they began, so one timer serves any number
 * of them: a timer of the runtime for each would cost more than most of what is limited, and nearly all are ended in
 * time.
 */
import type { Cancel, Platform } from "./platform.ts";

interface Deadline {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly expire: () => void;
}

/**
 * The limits that run, each under a key of its own.
 *
 * ```ts
 * import { Deadlines } from "./deadlines.ts";
 * import { systemPlatform } from "./platform.ts";
 * import assert from "node:assert/strict";
 * const deadlines = new Deadlines<string>(systemPlatform, 1);
 * const late = await new Promise((resolve) => deadlines.start("a", () => resolve("late")));
 * assert.equal(late, "late");
 * assert.equal(deadlines.size, 0);
 * ```
 */
export class Deadlines<Key> {
  readonly #platform: Platform;
  /** Oldest first: a map keeps the order, and forgets what ends in time at once. */
  readonly #running = new Map<Key, Deadline>();
  readonly #onTimer = () => this.#sweep();
  #cancel: Cancel | undefined = undefined;
  /** Length of the limits, in milliseconds. */
  readonly ms: number;

  constructor(platform: Platform, ms: number) {
    this.#platform = platform;
    this.ms = ms;
  }

  /** Limits that run. */
  get size(): number {
    return this.#running.size;
  }

  /** Begins the limit of `key`, anew if there is one; `expire` runs unless it is ended in time. */
  start(key: Key, expire: () => void): void {
    // A key that is there already would keep its old place in the order.
    this.#running.delete(key);
    this.#running.set(key, { at: this.#platform.now() + this.ms, expire });
    this.#cancel ??= this.#platform.after(this.ms, this.#onTimer);
  }

  /** Ends the limit of `key`, if there is one. */
  end(key: Key): void {
    if (this.#running.delete(key) && this.#running.size === 0) this.#stopTimer();
  }

  /** Ends all of them. */
  clear(): void {
    this.#running.clear();
    this.#stopTimer();
  }

  #stopTimer(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #sweep(): void {
    this.#cancel = undefined;
    const now = this.#platform.now();
    try {
      for (const [key, { at, expire }] of this.#running) {
        if (at > now) break;
        this.#running.delete(key);
        expire();
      }
    } finally {
      // Also after one that threw: it must not take the others' limits with it.
      this.#schedule(now);
    }
  }

  #schedule(now: number): void {
    // One that was begun meanwhile has set the timer for itself, later than the oldest needs it.
    this.#stopTimer();
    for (const { at } of this.#running.values()) {
      this.#cancel = this.#platform.after(Math.max(0, at - now), this.#onTimer);
      return;
    }
  }
}
