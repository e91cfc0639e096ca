/**
 * 32-bit words that grow: the storage of every table of the group index.
 *
 * A small array moves to a larger one when it is full. A large one, and every shared one, lies in a buffer that
 * grows in place: address space is reserved for its largest size, memory is used for what it holds. So growing copies
 * nothing, needs no second buffer meanwhile, and leaves a few percent of the words unused. (A growable buffer is a
 * SharedArrayBuffer also when nobody shares it: views of a resizable ArrayBuffer are slow to read.)
 */

/** Words up to which an array doubles; then it grows by a quarter. */
const DOUBLING_WORDS = 1024;

/** Words up to which a private array moves when it grows: reserved address space is for those who use it. */
const MOVING_WORDS = 32 * 1024;

/** Fewest words of an array that holds anything. */
const FIRST_WORDS = 8;

/** Least words by which an array grows in place: four pages of memory. */
const LEAST_STEP_WORDS = 4096;

/** Largest array, in bytes: address space that is reserved for one that grows in place, not memory (ours). */
const MAX_BYTES = 1024 * 1024 * 1024;

const NOTHING = new Int32Array(0);

/** An array of words of which more can be had. It costs no buffer before the first word is asked for. */
export class Words {
  /** The words at this moment; those never written are 0. Fetch it again after {@linkcode reserve}. */
  array: Int32Array = NOTHING;
  /** Whether other workers may read the words. */
  readonly isShared: boolean;
  #growable: SharedArrayBuffer | undefined;

  constructor(shared = false) {
    this.isShared = shared;
    this.#growable = shared ? makeGrowable() : undefined;
  }

  /**
   * What other workers are given; `undefined` when the words are private. It stays the same: its length grows in all
   * workers at once.
   */
  get sharedBuffer(): SharedArrayBuffer | undefined {
    return this.isShared ? this.#growable : undefined;
  }

  /** Makes sure of at least `length` words. Throws a `RangeError` when more than an array may have are asked for. */
  reserve(length: number): void {
    if (length > this.array.length) this.#grow(length);
  }

  /** Gives memory back by moving to an array of `length` words. Shared words stay: readers may look at them. */
  shrink(length: number): void {
    if (this.isShared || length >= this.array.length) return;
    this.#growable = undefined;
    const kept = this.array.subarray(0, length);
    this.array = NOTHING;
    this.#grow(length);
    this.array.set(kept);
  }

  #grow(length: number): void {
    if (length * 4 > MAX_BYTES) {
      throw new RangeError(
        `Cannot grow a table to ${length} words: it has at most ${MAX_BYTES / 4}, ` +
          `current length is ${this.array.length}`,
      );
    }
    const current = this.array.length;
    if (this.#growable === undefined) {
      const kept = this.array;
      if (length <= MOVING_WORDS) {
        const step = current < DOUBLING_WORDS ? current : current >>> 2;
        this.array = new Int32Array(Math.max(length, current + step, FIRST_WORDS));
        this.array.set(kept);
        return;
      }
      this.#extend(this.#growable = makeGrowable(), length);
      this.array.set(kept);
    } else {
      this.#extend(this.#growable, length);
    }
  }

  #extend(buffer: SharedArrayBuffer, length: number): void {
    const step = Math.max(this.array.length >>> 5, LEAST_STEP_WORDS);
    const target = Math.ceil(length / step) * step;
    buffer.grow(Math.min(target * 4, MAX_BYTES));
    // A view of fixed length: engines read it like one of ordinary memory.
    this.array = new Int32Array(buffer, 0, buffer.byteLength >>> 2);
  }
}

function makeGrowable(): SharedArrayBuffer {
  return new SharedArrayBuffer(0, { maxByteLength: MAX_BYTES });
}
