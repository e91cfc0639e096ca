/**
 * The bytes of request bodies that a server holds, bounded over all of its connections: many callers that are each
 * within their own bound would fill the memory together.
 */

/**
 * What was read before anybody could be asked has room of its own, this many times the bound. If it shared the bound,
 * many bodies that have begun could keep each other from ever being whole.
 */
const EARLY_SHARE = 4;

/**
 * Room for bodies.
 *
 * ```ts
 * import { BodyRoom } from "./body_room.ts";
 * import assert from "node:assert/strict";
 * const room = new BodyRoom(100);
 * assert.equal(room.take(80), true);
 * assert.equal(room.take(21), false);
 * room.give(80);
 * assert.equal(room.take(100), true);
 * ```
 */
export class BodyRoom {
  readonly #max: number;
  #used = 0;
  #early = 0;
  readonly #waiting = new Set<() => void>();

  /** @param max in bytes */
  constructor(max: number) {
    this.#max = max;
  }

  /** Bytes that are taken. */
  get used(): number {
    return this.#used + this.#early;
  }

  /** Takes so many bytes, or none when there are not as many left. */
  take(bytes: number): boolean {
    if (this.#used + bytes > this.#max) return false;
    this.#used += bytes;
    return true;
  }

  /** Takes so many bytes for what has come already, or none. */
  takeEarly(bytes: number): boolean {
    if (this.#early + bytes > EARLY_SHARE * this.#max) return false;
    this.#early += bytes;
    return true;
  }

  /** Gives back what `takeEarly` took. */
  giveEarly(bytes: number): void {
    this.#early -= bytes;
  }

  /** Gives back what was taken, and tells those who wait, in the order in which they came. */
  give(bytes: number): void {
    if (bytes === 0) return;
    this.#used -= bytes;
    for (const task of [...this.#waiting]) task();
  }

  /** Runs `task` whenever room is given back, until the function that it gives is called. */
  onGiven(task: () => void): () => void {
    this.#waiting.add(task);
    return () => void this.#waiting.delete(task);
  }
}
