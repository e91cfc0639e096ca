/**
 * How many clients a worker has in each group, of each user, in each hub, for the other workers to read without locks:
 * one table a worker, in one SharedArrayBuffer, whatever the number of hubs.
 *
 * Names are kept as 64 bits of a keyed hash (`keyed_hash.ts`). Of n names, an absent one passes for present with a
 * chance of n in 2^64; any two of a million meet with one of 3 in 10^8. Two that meet share one count, the sum of
 * theirs. So a reader may see too much, never too little: a message takes a way for nothing, or a group seems to exist.
 *
 * Only the owner writes, with Atomics, and these have one order in all workers. What a reader relies on:
 *
 *     1. A new name's high half and count are written before its tag, which makes it visible.
 *     2. A name that goes leaves a DEAD slot, which later names of its run are moved into; only the slot that is free in
 *        the end becomes EMPTY. So there is no moment in which a name that is present cannot be found.
 *     3. A name that moves is written to its new slot before it leaves the old one, and the version moves in between.
 *        So a reader that saw neither of them sees that the version moved, and looks again.
 *     4. The version moves after a slot became DEAD and before it is used again. So a reader that found its name there
 *        and then loads the count of another one looks again.
 *     5. A larger table is filled before the capacity names it. The smaller one is never written again: a reader that is
 *        still in it gets what was right when the larger one took over, and it was there before.
 *
 * The version wraps after 2^32 steps: a reader would have to sleep for minutes to meet the same one.
 */
import { MAX_SHARED_COUNTS } from "../limits.ts";
import {
  bytesFor,
  CAPACITY,
  DEAD,
  EMPTY,
  findSlot,
  FIRST_CAPACITY,
  SLOT_WORDS,
  tableAt,
  tagOf,
  VERSION,
} from "./count_slots.ts";
import type { HashedName } from "./keyed_hash.ts";

/** What {@linkcode SharedCounts.add} answers when there is no place for one name more. */
export const FULL = -1;

/**
 * Counts by name, owned by one worker and read by others through `CountReader`.
 *
 * ```ts
 * import { CountReader } from "./count_reader.ts";
 * import { KeyedHash } from "./keyed_hash.ts";
 * import { SharedCounts } from "./shared_counts.ts";
 * import assert from "node:assert/strict";
 * const hash = new KeyedHash(crypto.getRandomValues(new Uint8Array(8)));
 * const groups = hash.scope("chat", "group");
 * const counts = new SharedCounts();
 * counts.add(hash.of(groups, "sports"), 1);
 * // In another worker, which was given the buffer and the secret:
 * const reader = new CountReader(counts.buffer);
 * assert.equal(reader.count(hash.of(groups, "sports")), 1);
 * ```
 */
export class SharedCounts {
  /** What readers are given. It stays the same; its length grows in all workers at once. */
  readonly buffer: SharedArrayBuffer;
  readonly #most: number;
  #words: Int32Array;
  #capacity = FIRST_CAPACITY;
  #size = 0;

  /** `most`: how many names may have a count at once. */
  constructor(most: number = MAX_SHARED_COUNTS) {
    this.#most = most;
    let largest = FIRST_CAPACITY;
    while (isFull(most, largest)) largest *= 2;
    // Address space for the largest table, memory for the present one.
    this.buffer = new SharedArrayBuffer(bytesFor(FIRST_CAPACITY), {
      maxByteLength: bytesFor(largest),
    });
    this.#words = this.#view();
    Atomics.store(this.#words, CAPACITY, FIRST_CAPACITY);
  }

  /** How many names have a count. */
  get size(): number {
    return this.#size;
  }

  /**
   * Adds `by`, which may be negative, to the count of a name; gives the new count. A name whose count is 0 takes no room.
   * `FULL` when it would be one name too many: nothing has changed then. Throws a `RangeError` when the count would be
   * negative.
   */
  add(name: HashedName, by: number): number {
    const tag = tagOf(name);
    const { high } = name;
    const at = findSlot(this.#words, this.#capacity, tag, high);
    const before = at < 0 ? 0 : this.#words[at + 2] ?? 0;
    const count = before + by;
    if (count < 0) throw new RangeError(`Cannot add ${by} to a count of ${before}`);
    if (at >= 0) {
      if (count === 0) this.#remove(at);
      else Atomics.store(this.#words, at + 2, count);
    } else if (count > 0) {
      if (this.#size === this.#most) return FULL;
      this.#insert(~at, tag, high, count);
    }
    return count;
  }

  #insert(hole: number, tag: number, high: number, count: number): void {
    this.#size++;
    if (isFull(this.#size, this.#capacity)) {
      this.#grow();
      hole = ~findSlot(this.#words, this.#capacity, tag, high);
    }
    this.#fill(hole, tag, high, count);
  }

  /** Takes the name at `gap` away and closes the gap that it leaves in its run. */
  #remove(gap: number): void {
    this.#size--;
    this.#kill(gap);
    const words = this.#words;
    const table = tableAt(this.#capacity);
    const mask = this.#capacity - 1;
    let free = (gap - table) / SLOT_WORDS;
    for (let slot = free + 1 & mask;; slot = slot + 1 & mask) {
      const at = table + slot * SLOT_WORDS;
      const tag = words[at] ?? EMPTY;
      if (tag === EMPTY) break;
      // A search for this name that begins behind the free slot would not look into it.
      if ((slot - tag & mask) < (slot - free & mask)) continue;
      this.#fill(table + free * SLOT_WORDS, tag, words[at + 1] ?? 0, words[at + 2] ?? 0);
      this.#kill(at);
      free = slot;
    }
    Atomics.store(words, table + free * SLOT_WORDS, EMPTY);
  }

  /** Rule 1. */
  #fill(at: number, tag: number, high: number, count: number): void {
    Atomics.store(this.#words, at + 1, high);
    Atomics.store(this.#words, at + 2, count);
    Atomics.store(this.#words, at, tag);
  }

  /** Rules 3 and 4: the version moves before and after. */
  #kill(at: number): void {
    Atomics.add(this.#words, VERSION, 1);
    Atomics.store(this.#words, at, DEAD);
    Atomics.add(this.#words, VERSION, 1);
  }

  /** Rule 5. Nobody reads the new table yet: plain writes will do. */
  #grow(): void {
    const from = tableAt(this.#capacity);
    const to = from + this.#capacity * SLOT_WORDS;
    this.#capacity *= 2;
    this.buffer.grow(bytesFor(this.#capacity));
    const words = this.#words = this.#view();
    for (let old = from; old < to; old += SLOT_WORDS) {
      const tag = words[old] ?? EMPTY;
      if (tag === EMPTY) continue;
      const high = words[old + 1] ?? 0;
      const at = ~findSlot(words, this.#capacity, tag, high);
      words[at] = tag;
      words[at + 1] = high;
      words[at + 2] = words[old + 2] ?? 0;
    }
    Atomics.store(words, CAPACITY, this.#capacity);
  }

  /** A view of fixed length: engines read it like one of ordinary memory. */
  #view(): Int32Array {
    return new Int32Array(this.buffer, 0, this.buffer.byteLength >>> 2);
  }
}

/**
 * More than two thirds. At two thirds a search for a name looks at two slots, for one that is not there at five; of a
 * million, the longest looks at some two hundred. Names that make it longer cannot be chosen without the secret.
 */
function isFull(names: number, capacity: number): boolean {
  return names * 3 > capacity * 2;
}
