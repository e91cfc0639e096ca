/**
 * The bytes of request bodies that a server holds, bounded over all of its connections: many callers that are each
 * within their own bound would fill the memory together.
 */

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

  /** @param max in bytes */
  constructor(max: number) {
    this.#max = max;
  }

  /** Bytes that are taken. */
  get used(): number {
    return this.#used;
  }

  /** Takes so many bytes, or none when there are not as many left. */
  take(bytes: number): boolean {
    if (this.#used + bytes > this.#max) return false;
    this.#used += bytes;
    return true;
  }

  /** Gives back what was taken. */
  give(bytes: number): void {
    this.#used -= bytes;
  }
}
