/**
 * Dense numbers for connections.
 *
 * Layout, two words a slot:
 *
 *     word 0    generation: how often the slot was released, modulo GENERATIONS
 *     word 1    IN_USE, or 1 + the next free slot (0: none)
 *
 * The slot released last is taken first: slots stay few and their tables warm. Its generation tells the old from the new.
 */
import { Words } from "./words.ts";

const IN_USE = -1;

/** Generations of one slot before they repeat: a handle is an exact integer below 2^53. */
const GENERATIONS = 2 ** 21;
const SLOT_RANGE = 2 ** 32;

/** What {@linkcode Slots.slotOf} answers for a handle whose slot was released since. */
export const STALE = -1;

/**
 * Numbers from 0 on, given out and taken back. As many exist as were ever in use at once.
 *
 * ```ts
 * import { Slots, STALE } from "./slots.ts";
 * import assert from "node:assert/strict";
 * const slots = new Slots();
 * const slot = slots.acquire();
 * const handle = slots.handleOf(slot);
 * slots.release(slot);
 * assert.equal(slots.acquire(), slot);
 * assert.equal(slots.slotOf(handle), STALE);
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
      this.#free = this.#table.array[slot * 2 + 1] ?? 0;
    } else {
      slot = this.#made++;
      this.#table.reserve(this.#made * 2);
    }
    this.#table.array[slot * 2 + 1] = IN_USE;
    return slot;
  }

  /** Gives a slot back. Throws a `RangeError` when it is not in use. */
  release(slot: number): void {
    if (!this.isInUse(slot)) {
      throw new RangeError(
        `Cannot release slot ${slot}: it is not in use, ${this.#size} slots are in use`,
      );
    }
    const table = this.#table.array;
    table[slot * 2] = ((table[slot * 2] ?? 0) + 1) % GENERATIONS;
    table[slot * 2 + 1] = this.#free;
    this.#free = slot + 1;
    this.#size--;
  }

  /** Tells whether `slot` was taken and not given back. */
  isInUse(slot: number): boolean {
    return slot >= 0 && slot < this.#made && this.#table.array[slot * 2 + 1] === IN_USE;
  }

  /** A number that means this use of the slot and no later one. Throws a `RangeError` when the slot is not in use. */
  handleOf(slot: number): number {
    if (!this.isInUse(slot)) {
      throw new RangeError(`Cannot make a handle of slot ${slot}: it is not in use`);
    }
    return (this.#table.array[slot * 2] ?? 0) * SLOT_RANGE + slot;
  }

  /** The slot of a handle, or `STALE` when that use of it is over. */
  slotOf(handle: number): number {
    const slot = handle % SLOT_RANGE;
    const generation = (handle - slot) / SLOT_RANGE;
    return this.isInUse(slot) && this.#table.array[slot * 2] === generation ? slot : STALE;
  }
}
