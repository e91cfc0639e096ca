/**
 * The members of each set: a list without gaps, in which the last one takes the place of one that leaves.
 *
 * Layout, two words a set in the table (index 2 * set):
 *
 *     word 0           word 1
 *     0                -
 *     1                the slot of the only member
 *     count            base of the region whose first `count` words are the members' slots
 *
 * When shared, a third array has one word a set, its sequence: odd while the set is being changed (`snapshot.ts`).
 */
import { HINT_RANGE } from "./entries.ts";
import type { MemberRange } from "./member_range.ts";
import { Regions } from "./regions.ts";
import { closeForReaders, openForChange, type SharedMembers } from "./snapshot.ts";
import { Words } from "./words.ts";

/** Nobody's slot. */
export const NO_SLOT = -1;

/** Lists of slots by set id. */
export class MemberLists {
  readonly #table: Words;
  readonly #regions: Regions;
  readonly #sequences: Words | undefined;

  /** With `shared`, other workers can read the lists. */
  constructor(shared = false) {
    this.#table = new Words(shared);
    this.#regions = new Regions(shared);
    this.#sequences = shared ? new Words(true) : undefined;
  }

  /** What readers in other workers need, to be posted to them once; `undefined` when not shared. */
  get shared(): SharedMembers | undefined {
    const sets = this.#table.sharedBuffer;
    const slots = this.#regions.sharedBuffer;
    const sequences = this.#sequences?.sharedBuffer;
    if (sets === undefined || slots === undefined || sequences === undefined) return undefined;
    return { sets, slots, sequences };
  }

  /** Bytes of all buffers. */
  get byteLength(): number {
    return this.#table.array.byteLength + this.#regions.array.byteLength +
      (this.#sequences?.array.byteLength ?? 0);
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
    this.#open(set);
    const count = this.#table.array[index] ?? 0;
    if (count === 0) {
      this.#put(index + 1, slot);
    } else {
      let base = this.#table.array[index + 1] ?? 0;
      if (count === 1) {
        const only = base;
        base = this.#regions.allocate(2);
        this.#putSlot(base, only);
        this.#put(index + 1, base);
      } else if ((count & 1) !== 0 && count === this.#regions.capacity(base)) {
        // Capacities are odd: every other time the region need not be looked at.
        base = this.#regions.resize(base, count + 2 + (count >>> 1), count);
        this.#put(index + 1, base);
      }
      this.#putSlot(base + count, slot);
    }
    this.#put(index, count + 1);
    this.#close(set);
    return count;
  }

  /** Takes a member out; gives the slot that now stands at its position, or `NO_SLOT` when none was moved. */
  remove(set: number, position: number): number {
    this.#open(set);
    const index = set << 1;
    const last = (this.#table.array[index] ?? 0) - 1;
    let moved = NO_SLOT;
    if (last > 0) {
      const base = this.#table.array[index + 1] ?? 0;
      if (position !== last) {
        moved = this.#regions.array[base + last] ?? NO_SLOT;
        this.#putSlot(base + position, moved);
      }
      if (last === 1) {
        this.#put(index + 1, this.#regions.array[base] ?? NO_SLOT);
        this.#regions.free(base);
      } else if (last * 3 < this.#regions.capacity(base) && last > 4) {
        this.#put(index + 1, this.#regions.resize(base, last + (last >>> 2), last));
      }
    }
    this.#put(index, last);
    this.#close(set);
    return moved;
  }

  #open(set: number): void {
    if (this.#sequences !== undefined) openForChange(this.#sequences, set);
  }

  #close(set: number): void {
    if (this.#sequences !== undefined) closeForReaders(this.#sequences, set);
  }

  #put(index: number, word: number): void {
    if (this.#sequences !== undefined) Atomics.store(this.#table.array, index, word);
    else this.#table.array[index] = word;
  }

  #putSlot(index: number, slot: number): void {
    if (this.#sequences !== undefined) Atomics.store(this.#regions.array, index, slot);
    else this.#regions.array[index] = slot;
  }
}
