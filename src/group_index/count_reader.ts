/** Reading the counts of another worker. */
import { bytesFor, CAPACITY, findSlot, tagOf, VERSION } from "./count_slots.ts";
import type { HashedName } from "./keyed_hash.ts";

/** Reads the {@linkcode SharedCounts} of one worker from any other one, without locks. */
export class CountReader {
  readonly #buffer: SharedArrayBuffer;
  #words: Int32Array;
  /** Slots of the largest table that lies within the words. */
  #capacity = 0;

  /** `buffer` is that of the counts: given once, it grows in all workers at once. */
  constructor(buffer: SharedArrayBuffer) {
    this.#buffer = buffer;
    this.#words = new Int32Array(buffer, 0, buffer.byteLength >>> 2);
  }

  /**
   * The count of a name, 0 when it has none: a value that it had at some moment of this call. Looks again when the
   * owner took a name away meanwhile; it never waits for the owner.
   */
  count(name: HashedName): number {
    const tag = tagOf(name);
    const { high } = name;
    for (;;) {
      const version = Atomics.load(this.#words, VERSION);
      const capacity = Atomics.load(this.#words, CAPACITY);
      if (capacity > this.#capacity) this.#follow(capacity);
      const at = findSlot(this.#words, capacity, tag, high);
      const count = at < 0 ? 0 : Atomics.load(this.#words, at + 2);
      if (Atomics.load(this.#words, VERSION) === version) return count;
    }
  }

  #follow(capacity: number): void {
    this.#words = new Int32Array(this.#buffer, 0, bytesFor(capacity) >>> 2);
    this.#capacity = capacity;
  }
}
