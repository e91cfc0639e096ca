/**
 * Dense numbers for connections.
 *
 * Layout, one word a slot: IN_USE, or 1 + the next free slot (0: none).
 *
 * The slot released last is taken first: slots stay few and their tables warm.
 */
import { Words } from "./words.ts";

const IN_USE = -1;

/**
 * Numbers from 0 on, given out and taken back. As many exist as were ever in use at once.
 *
 * ```ts
 * import { Slots } from "./slots.ts";
 * import assert from "node:assert/strict";
 * const slots = new Slots();
 * const slot = slots.acquire();
 * slots.release(slot);
 * assert.equal(slots.acquire(), slot);
 * ```
 */
export class Slots {
  readonly #table = new Words();
  #made = 0;
  #size = 0;
  /** 1 + the slot to be taken next; 0: none is free. */
  #free = 0;

  /** Slots in use. */
  get size(): number {
    return this.#size;
  }

  /** Takes a free slot. */
  acquire(): number {
    this.#size++;
    let slot = this.#free - 1;
    if (slot >= 0) {
      this.#free = this.#table.array[slot] ?? 0;
    } else {
      slot = this.#made++;
      this.#table.reserve(this.#made);
    }
    this.#table.array[slot] = IN_USE;
    return slot;
  }

  /** Gives a slot back. Throws a `RangeError` when it is not in use. */
  release(slot: number): void {
    if (!this.isInUse(slot)) {
      throw new RangeError(
        `Cannot release slot ${slot}: it is not in use, ${this.#size} slots are in use`,
      );
    }
    this.#table.array[slot] = this.#free;
    this.#free = slot + 1;
    this.#size--;
  }

  /** Tells whether `slot` was taken and not given back. */
  isInUse(slot: number): boolean {
    return slot >= 0 && slot < this.#made && this.#table.array[slot] === IN_USE;
  }
}
