/**
 * 32-bit words that grow: the storage of every table of the group index.
 *
 * A full array moves to a larger one: a small one doubles, a large one grows by a twelfth, so that few of its words lie
 * unused.
 */

/** Words up to which an array doubles. */
const DOUBLING_WORDS = 1024;

/** Fewest words of an array that holds anything. */
const FIRST_WORDS = 8;

/** Largest array, in words: 1 GiB (ours). */
const MAX_WORDS = 256 * 1024 * 1024;

const NOTHING = new Int32Array(0);

/** An array of words of which more can be had. It costs no buffer before the first word is asked for. */
export class Words {
  /** The words at this moment; those never written are 0. Fetch it again after {@linkcode reserve}. */
  array: Int32Array = NOTHING;

  /** Makes sure of at least `length` words. Throws a `RangeError` when more than an array may have are asked for. */
  reserve(length: number): void {
    if (length > this.array.length) this.#grow(length);
  }

  /** Gives memory back by moving to an array of `length` words. */
  shrink(length: number): void {
    if (length < this.array.length) this.array = this.array.slice(0, length);
  }

  #grow(length: number): void {
    if (length > MAX_WORDS) {
      throw new RangeError(
        `Cannot grow a table to ${length} words: it has at most ${MAX_WORDS}, ` +
          `current length is ${this.array.length}`,
      );
    }
    const kept = this.array;
    const step = kept.length < DOUBLING_WORDS ? kept.length : Math.floor(kept.length / 12);
    const wanted = Math.max(length, kept.length + step, FIRST_WORDS);
    this.array = new Int32Array(Math.min(wanted, MAX_WORDS));
    this.array.set(kept);
  }
}
