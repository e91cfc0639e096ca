/**
 * How long a body may take: a least rate once it had time to begin, a longest pause, a longest time in all. Only the
 * client's time counts, not the time in which the server reads nothing.
 */
import { BODY_GRACE_MS, BODY_MS, BODY_PAUSE_MS, MIN_BODY_RATE } from "../../limits.ts";

/**
 * The clock of one body.
 *
 * ```ts
 * import { BodyPace } from "./body_pace.ts";
 * import assert from "node:assert/strict";
 * const pace = new BodyPace(0);
 * assert.equal(pace.dueAt, 5000);
 * pace.took(2400, 1000);
 * assert.equal(pace.dueAt, 10_000, "2,400 bytes are worth ten seconds");
 * ```
 */
export class BodyPace {
  /** When it began, moved by the times in which nothing was read. */
  #start: number;
  #bytes = 0;
  #lastAt: number;
  /** Since when nothing is read, or `undefined`. */
  #heldAt: number | undefined = undefined;

  /** @param now time of day in milliseconds, here and below */
  constructor(now: number) {
    this.#start = now;
    this.#lastAt = now;
  }

  /** When the body has taken too long; never while nothing is read. */
  get dueAt(): number {
    if (this.#heldAt !== undefined) return Infinity;
    const start = this.#start;
    return Math.min(
      start + Math.max(BODY_GRACE_MS, this.#bytes * 1000 / MIN_BODY_RATE),
      this.#lastAt + BODY_PAUSE_MS,
      start + BODY_MS,
    );
  }

  /** Bytes came. */
  took(bytes: number, now: number): void {
    this.#bytes += bytes;
    this.#lastAt = now;
  }

  /** Nothing is read from now on. */
  hold(now: number): void {
    this.#heldAt ??= now;
  }

  /** The client is read again. */
  goOn(now: number): void {
    if (this.#heldAt === undefined) return;
    this.#start += now - this.#heldAt;
    this.#lastAt = now;
    this.#heldAt = undefined;
  }
}
