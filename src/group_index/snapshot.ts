/**
 * Reading the members of sets from other workers, without locks.
 *
 * An index belongs to one worker, its only writer. When it is shared, three of its arrays lie in SharedArrayBuffers:
 *
 *     sets         two words a set: count; only slot (count 1) or base (`member_lists.ts`)
 *     slots        the regions of the members' slots (`regions.ts`)
 *     sequences    one word a set, starting at 0
 *
 * Rules of the writer, for each change of a set:
 *
 *     1. sequence + 1: it is odd, the set is being changed
 *     2. any words of `sets` and `slots` are written, among them those of regions that belonged to this set before
 *     3. sequence + 1: it is even, the set is whole
 *
 * Rules of a reader: load the sequence; odd means try again. Load count, base and the members. Load the sequence again;
 * another value means that what was loaded is worth nothing, so try again, a bounded number of times.
 *
 * A region that a set gave up may be filled by another set at once. A reader that still loads from it finds out, because
 * the set's own sequence moved before the region was given up. Every access to shared words, on both sides, is an Atomics
 * operation: these have one total order in all workers, so a reader that loaded a newer word cannot load an older
 * sequence after it. Plain loads would be faster and are not ordered so.
 *
 * The buffers grow in place up to a fixed bound. So a reader is given them once; a set or a base beyond the length that
 * it knows makes it look at the length again, nobody has to tell it.
 *
 * Sequences go on counting when an id is given to another set, they never start again: what a reader kept under an old
 * sequence (a copy, or what the id's name was) can never pass for current. After 2^32 changes of one set they wrap round.
 */
import type { Words } from "./words.ts";

/** Attempts of one read before it gives up; the writer changes the set all the while (ours). */
export const MAX_READ_ATTEMPTS = 1000;

const NOTHING: Int32Array = new Int32Array(0);

/** The buffers of a shared index: plain data for `postMessage`. */
export interface SharedMembers {
  readonly sets: SharedArrayBuffer;
  readonly slots: SharedArrayBuffer;
  readonly sequences: SharedArrayBuffer;
}

/** Step 1 of the writer. */
export function openForChange(sequences: Words, set: number): void {
  sequences.reserve(set + 1);
  Atomics.add(sequences.array, set, 1);
}

/** Step 3 of the writer. */
export function closeForReaders(sequences: Words, set: number): void {
  Atomics.add(sequences.array, set, 1);
}

/** Copies of sets, each as it was at one moment between two changes. One reader is for one worker. */
export class MemberReader {
  /** The slots that the last successful {@linkcode read} copied; only the first `length` count. */
  slots: Int32Array = NOTHING;
  /** How many slots the last successful {@linkcode read} copied. */
  length = 0;
  /** The sequence of the set at that moment. */
  sequence = 0;
  readonly #shared: SharedMembers;
  #sets = NOTHING;
  #words = NOTHING;
  #sequences = NOTHING;

  constructor(shared: SharedMembers) {
    this.#shared = shared;
  }

  /**
   * Copies the members of `set` to {@linkcode slots}. False when `attempts` were not enough, because the writer is
   * changing the set again and again: {@linkcode slots} is then of no use. A set that never was has no members.
   */
  read(set: number, attempts: number = MAX_READ_ATTEMPTS): boolean {
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (this.#attempt(set)) return true;
    }
    return false;
  }

  /** The sequence of `set` now: the same as {@linkcode sequence} as long as the copy is current. */
  sequenceOf(set: number): number {
    if (set >= this.#sequences.length) {
      this.#sequences = current(this.#shared.sequences, this.#sequences);
    }
    return set < this.#sequences.length ? Atomics.load(this.#sequences, set) : 0;
  }

  #attempt(set: number): boolean {
    const before = this.sequenceOf(set);
    if ((before & 1) !== 0) return false;
    const count = this.#copy(set);
    if (count < 0 || this.sequenceOf(set) !== before) return false;
    this.length = count;
    this.sequence = before;
    return true;
  }

  /** Copies what the table says at this moment, consistent or not; -1 when it cannot be right. */
  #copy(set: number): number {
    const index = set << 1;
    if (index + 1 >= this.#sets.length) this.#sets = current(this.#shared.sets, this.#sets);
    // The table grows before the first change of a set begins.
    if (index + 1 >= this.#sets.length) return 0;
    const count = Atomics.load(this.#sets, index);
    const base = Atomics.load(this.#sets, index + 1);
    if (count > this.slots.length) {
      if (count * 4 > this.#shared.slots.byteLength && count > 1) return -1;
      this.slots = new Int32Array(count + (count >>> 2));
    }
    if (count === 1) {
      this.slots[0] = base;
      return 1;
    }
    if (count === 0) return 0;
    if (base + count > this.#words.length) this.#words = current(this.#shared.slots, this.#words);
    if (base + count > this.#words.length) return -1;
    const { slots } = this;
    const words = this.#words;
    for (let i = 0; i < count; i++) slots[i] = Atomics.load(words, base + i);
    return count;
  }
}

/** All words that a buffer has now: a view of fixed length, which engines read faster than one that grows. */
function current(buffer: SharedArrayBuffer, known: Int32Array): Int32Array {
  const length = buffer.byteLength >>> 2;
  return length === known.length ? known : new Int32Array(buffer, 0, length);
}
