/**
 * How many REST calls are taken, if an operator wants a bound: at once, and in a second. Only calls with a good token
 * count, so that nobody else can use them up.
 */
import { RestError } from "../errors.ts";
import type { Platform } from "../platform.ts";

/** Bounds of calls; 0 is none. */
export interface CallBounds {
  readonly atOnce: number;
  readonly perSecond: number;
}

/**
 * Counts calls. The rate is a bucket that holds one second's calls and fills evenly.
 *
 * ```ts
 * import { CallBound } from "./call_bound.ts";
 * import { systemPlatform } from "../platform.ts";
 * import assert from "node:assert/strict";
 * const bound = new CallBound({ atOnce: 0, perSecond: 1 }, systemPlatform);
 * assert.equal(await bound.run(() => Promise.resolve("done")), "done");
 * await assert.rejects(() => bound.run(() => Promise.resolve("done")), { status: 429 });
 * ```
 */
export class CallBound {
  readonly #bounds: CallBounds;
  readonly #platform: Pick<Platform, "now">;
  #running = 0;
  #left: number;
  #filledAt: number;

  constructor(bounds: CallBounds, platform: Pick<Platform, "now">) {
    this.#bounds = bounds;
    this.#platform = platform;
    this.#left = bounds.perSecond;
    this.#filledAt = platform.now();
  }

  /**
   * Makes a call.
   *
   * @throws RestError 429 when there are too many
   */
  async run<Answer>(call: () => Promise<Answer>): Promise<Answer> {
    const { atOnce, perSecond } = this.#bounds;
    if (atOnce > 0 && this.#running >= atOnce) throw tooMany("Too many calls are in work.");
    if (perSecond > 0 && !this.#draw(perSecond)) throw tooMany("Too many calls in this second.");
    this.#running++;
    try {
      return await call();
    } finally {
      this.#running--;
    }
  }

  #draw(perSecond: number): boolean {
    const now = this.#platform.now();
    // A clock that was set back must not empty the bucket.
    const passed = Math.max(0, now - this.#filledAt);
    this.#left = Math.min(perSecond, this.#left + passed * perSecond / 1000);
    this.#filledAt = now;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}

function tooMany(message: string): RestError {
  return new RestError("Error.TooManyRequests", message, "Request");
}
