/**
 * The members of each set: a list without gaps, in which the last one takes the place of one that leaves.
 *
 * Layout, two words a set in the table (index 2 * set):
 *
 *     word 0           word 1
 *     0                -
 *     1                the slot of the only member
 *     count            base of the region whose first `count` words are the members' slots
 */
import { HINT_RANGE } from "./entries.ts";
import type { MemberRange } from "./member_range.ts";
import { Regions } from "./regions.ts";
import { Words } from "./words.ts";

/** Nobody's slot. */
export const NO_SLOT = -1;

/** Lists of slots by set id. */
export class MemberLists {
  readonly #table = new Words();
  readonly #regions = new Regions();

  /** Bytes of all buffers. */
  get byteLength(): number {
    return this.#table.array.byteLength + this.#regions.array.byteLength;
  }

  /** How many members `set` has. */
  count(set: number): number {
    const table = this.#table.array;
    const index = set << 1;
    return index < table.length ? table[index] ?? 0 : 0;
  }

  /** Says where the members of `set` lie. */
  findRange(set: number, range: MemberRange): void {
    const table = this.#table.array;
    const index = set << 1;
    const count = table[index] ?? 0;
    const base = table[index + 1] ?? 0;
    if (count === 1) {
      range.words = table;
      range.start = index + 1;
      range.end = index + 2;
    } else {
      range.words = this.#regions.array;
      range.start = base;
      range.end = base + count;
    }
  }

  /** The position of a member, whose low bits are `hint`. */
  locate(set: number, slot: number, hint: number): number {
    const table = this.#table.array;
    const count = table[set << 1] ?? 0;
    if (count <= HINT_RANGE) return hint;
    const words = this.#regions.array;
    const base = table[(set << 1) + 1] ?? 0;
    let position = hint;
    while (words[base + position] !== slot && position < count) position += HINT_RANGE;
    return position;
  }

  /** Adds a slot that is not a member; gives its position. */
  add(set: number, slot: number): number {
    const index = set << 1;
    this.#table.reserve(index + 2);
    const table = this.#table.array;
    const count = table[index] ?? 0;
    if (count === 0) {
      table[index + 1] = slot;
    } else {
      let base = table[index + 1] ?? 0;
      if (count === 1) {
        const only = base;
        base = this.#regions.allocate(2);
        this.#regions.array[base] = only;
        table[index + 1] = base;
      } else if ((count & 1) !== 0 && count === this.#regions.capacity(base)) {
        // Capacities are odd: every other time the region need not be looked at.
        base = this.#regions.resize(base, count + 2 + (count >>> 1), count);
        table[index + 1] = base;
      }
      this.#regions.array[base + count] = slot;
    }
    table[index] = count + 1;
    return count;
  }

  /** Takes a member out; gives the slot that now stands at its position, or `NO_SLOT` when none was moved. */
  remove(set: number, position: number): number {
    const table = this.#table.array;
    const index = set << 1;
    const last = (table[index] ?? 0) - 1;
    let moved = NO_SLOT;
    if (last > 0) {
      const base = table[index + 1] ?? 0;
      const slots = this.#regions.array;
      if (position !== last) {
        moved = slots[base + last] ?? NO_SLOT;
        slots[base + position] = moved;
      }
      if (last === 1) {
        table[index + 1] = slots[base] ?? NO_SLOT;
        this.#regions.free(base);
      } else if (last * 3 < this.#regions.capacity(base) && last > 4) {
        table[index + 1] = this.#regions.resize(base, last + (last >>> 2), last);
      }
    }
    table[index] = last;
    return moved;
  }
}
