/** What has come of a body: memory that follows the bytes that came, whatever length was declared. */
import { freeBytes, grownBytes, ownBytes } from "../../bytes.ts";
import { MAX_REST_BODY_BYTES } from "../../limits.ts";
import type { BodyRoom } from "./body_room.ts";

const NOTHING = new Uint8Array();
/** Few steps lead from the first piece, with which a client shows that it means it, to the whole length. */
const GROWTH = 4;

/**
 * Puts a body together.
 *
 * ```ts
 * import { BodyBytes } from "./body_bytes.ts";
 * import { BodyRoom } from "./body_room.ts";
 * import assert from "node:assert/strict";
 * const body = new BodyBytes(new BodyRoom(100), 4);
 * body.add(new Uint8Array([1, 2]), false);
 * body.add(new Uint8Array([3, 4]), true);
 * assert.deepEqual([...body.bytes], [1, 2, 3, 4]);
 * ```
 */
export class BodyBytes {
  readonly #room: BodyRoom;
  readonly #most: number;
  #data: Uint8Array = NOTHING;
  /** Bytes that are taken from the room for the whole body, or 0. */
  #reserved = 0;
  /** Bytes that are taken for what came before that. */
  #early = 0;
  /** Bytes that came. */
  length = 0;

  /**
   * @param room what all bodies share; {@linkcode drop} gives back what this one took
   * @param declared length, or `Infinity`
   */
  constructor(room: BodyRoom, declared: number) {
    this.#room = room;
    this.#most = Math.min(declared, MAX_REST_BODY_BYTES);
  }

  /** What has come, maybe within a larger buffer: most readers look at it once, and a copy costs them more. */
  get bytes(): Uint8Array {
    return this.#data.length === this.length ? this.#data : this.#data.subarray(0, this.length);
  }

  /**
   * Takes room for the whole body, so that what is begun can be ended; `false` when there is not as much. Bodies of
   * unknown length take as much as the longest.
   */
  reserve(): boolean {
    if (this.#reserved > 0) return true;
    if (!this.#room.take(this.#most)) return false;
    this.#reserved = this.#most;
    this.#giveEarly();
    return true;
  }

  /**
   * Adds a piece, which is its own from then on; `false` when there is no room for it.
   *
   * @param isLast whether nothing follows
   */
  add(piece: Uint8Array, isLast: boolean): boolean {
    const needed = this.length + piece.length;
    if (this.length === 0) {
      if (!this.#hold(piece.length)) return false;
      // Most bodies come in one piece and are read at once.
      this.#data = isLast ? piece : ownBytes(piece);
    } else {
      if (needed > this.#data.length && !this.#grow(needed)) return false;
      this.#data.set(piece, this.length);
      freeBytes(piece);
    }
    this.length = needed;
    return true;
  }

  /** Gives back its room. Bytes that were handed out stay. */
  drop(): void {
    this.#room.give(this.#reserved);
    this.#reserved = 0;
    this.#giveEarly();
    this.#data = NOTHING;
  }

  #grow(needed: number): boolean {
    const capacity = Math.max(needed, Math.min(GROWTH * this.length, this.#most));
    if (!this.#hold(capacity)) return false;
    this.#data = grownBytes(this.#data, capacity);
    return true;
  }

  #hold(capacity: number): boolean {
    if (capacity <= this.#reserved) return true;
    const more = capacity - this.#early;
    if (!this.#room.takeEarly(more)) return false;
    this.#early += more;
    return true;
  }

  #giveEarly(): void {
    this.#room.giveEarly(this.#early);
    this.#early = 0;
  }
}
