/**
 * Regions of words in one array: an allocator for lists that grow and shrink, with neighbours joined when they are free.
 *
 * Layout of the array (indexes in words):
 *
 *     0..63            heads of the free lists, by bin; 0 = empty
 *     64..top-1        blocks without gaps
 *     top..            never used, or given back
 *
 *     used block       header | capacity words, which are the region
 *     free block       header | previous free | next free | ... | size
 *     header           size << 2 | PREVIOUS_USED | USED; the size counts the whole block and is even, at least 4
 *
 * No two free blocks touch, and none touches `top`. So freeing looks at no more than two neighbours: the next one by the
 * size in the header, the previous one by the size in its own last word.
 *
 * Tried before: size classes with free lists. Lists that grow in step leave all smaller classes behind as waste, two to
 * three times the live words; with joined neighbours it is about a seventh.
 */
import { Words } from "./words.ts";

const BINS = 64;
/** Bins below hold one size each, from here on a power of two of sizes. */
const FIRST_WIDE_BIN = 32;
/** Blocks of a wide bin that are looked at before a larger bin is taken. */
const WIDE_BIN_TRIES = 16;
const MIN_BLOCK = 4;
const USED = 1;
const PREVIOUS_USED = 2;
/** An array this small is not worth moving to give memory back. */
const KEPT_WORDS = 1024;

/**
 * Hands out regions of its words. A region is named by the index of its first word, its base; no base is 0. Fetch the
 * array again after {@linkcode allocate}, {@linkcode resize} or {@linkcode free}.
 */
export class Regions extends Words {
  #top = BINS;
  /** Which bins hold blocks: bit n of the first word is bin n, of the second bin 32 + n. */
  #narrow = 0;
  #wide = 0;

  /** Words of the region at `base`. */
  capacity(base: number): number {
    return ((this.array[base - 1] ?? 0) >>> 2) - 1;
  }

  /** A region of at least `capacity` words with arbitrary content. */
  allocate(capacity: number): number {
    const size = blockSize(capacity);
    const block = this.#take(size);
    if (block !== 0) return block + 1;
    const fresh = this.#top;
    this.reserve(fresh + size);
    this.#top = fresh + size;
    this.array[fresh] = size << 2 | PREVIOUS_USED | USED;
    return fresh + 1;
  }

  /** Takes a region back. */
  free(base: number): void {
    const words = this.array;
    let block = base - 1;
    const header = words[block] ?? 0;
    let size = header >>> 2;
    if ((header & PREVIOUS_USED) === 0) {
      const before = words[block - 1] ?? 0;
      block -= before;
      size += before;
      this.#unlink(block, before);
    }
    let next = block + size;
    if (next < this.#top) {
      const after = words[next] ?? 0;
      if ((after & USED) === 0) {
        this.#unlink(next, after >>> 2);
        size += after >>> 2;
        next = block + size;
      }
      words[next] = (words[next] ?? 0) & ~PREVIOUS_USED;
      this.#link(block, size);
    } else {
      this.#top = block;
      if (words.length > KEPT_WORDS && block < words.length >>> 2) this.shrink(block << 1);
    }
  }

  /** Makes a region hold `capacity` words, in place where it can be; the first `used` are kept. Gives its new base. */
  resize(base: number, capacity: number, used: number): number {
    const block = base - 1;
    const size = blockSize(capacity);
    const header = this.array[block] ?? 0;
    const current = header >>> 2;
    if (size <= current) {
      this.#trim(block, header & PREVIOUS_USED, current, size);
      return base;
    }
    const next = block + current;
    if (next === this.#top) {
      this.reserve(block + size);
      this.#top = block + size;
      this.array[block] = size << 2 | (header & PREVIOUS_USED) | USED;
      return base;
    }
    const after = this.array[next] ?? 0;
    const joined = current + (after >>> 2);
    if ((after & USED) === 0 && joined >= size) {
      this.#unlink(next, after >>> 2);
      this.#occupy(block, header & PREVIOUS_USED, joined, size);
      return base;
    }
    const moved = this.allocate(capacity);
    this.#copy(base, moved, used);
    this.free(base);
    return moved;
  }

  /** A free block of at least `size`, now used; 0 when there is none. */
  #take(size: number): number {
    let bin = binOf(size);
    let block = 0;
    if (bin >= FIRST_WIDE_BIN) block = this.#searchWide(bin++, size);
    if (block === 0) {
      bin = this.#firstBin(bin);
      if (bin === BINS) return 0;
      block = this.array[bin] ?? 0;
    }
    const found = (this.array[block] ?? 0) >>> 2;
    this.#unlink(block, found);
    this.#occupy(block, PREVIOUS_USED, found, size);
    return block;
  }

  /** The block of a wide bin that fits best among the first; 0 when none of them fits. */
  #searchWide(bin: number, size: number): number {
    const words = this.array;
    let block = words[bin] ?? 0;
    let best = 0;
    let bestSize = 0x7fffffff;
    for (let tries = 0; block !== 0 && tries < WIDE_BIN_TRIES; tries++) {
      const found = (words[block] ?? 0) >>> 2;
      if (found >= size && found < bestSize) {
        best = block;
        bestSize = found;
        if (found === size) break;
      }
      block = words[block + 2] ?? 0;
    }
    return best;
  }

  /** The first bin from `bin` on that holds a block; BINS when none does. */
  #firstBin(bin: number): number {
    if (bin < FIRST_WIDE_BIN) {
      const found = this.#narrow & (-1 << bin);
      if (found !== 0) return 31 - Math.clz32(found & -found);
      bin = FIRST_WIDE_BIN;
    }
    if (bin >= BINS) return BINS;
    const found = this.#wide & (-1 << (bin - FIRST_WIDE_BIN));
    return found === 0 ? BINS : FIRST_WIDE_BIN + 31 - Math.clz32(found & -found);
  }

  /** Marks `size` of the `found` words at `block`, which are on no list, as used and frees the rest. */
  #occupy(block: number, previous: number, found: number, size: number): void {
    const words = this.array;
    const rest = found - size;
    const next = block + found;
    if (rest < MIN_BLOCK) {
      words[block] = found << 2 | previous | USED;
      words[next] = (words[next] ?? 0) | PREVIOUS_USED;
    } else {
      words[block] = size << 2 | previous | USED;
      this.#link(block + size, rest);
    }
  }

  /** Cuts a used block of `current` words down to `size`. */
  #trim(block: number, previous: number, current: number, size: number): void {
    if (current - size < MIN_BLOCK) return;
    this.array[block] = size << 2 | previous | USED;
    this.array[block + size] = (current - size) << 2 | PREVIOUS_USED | USED;
    this.free(block + size + 1);
  }

  #link(block: number, size: number): void {
    const words = this.array;
    const bin = binOf(size);
    const head = words[bin] ?? 0;
    words[block] = size << 2 | PREVIOUS_USED;
    words[block + 1] = 0;
    words[block + 2] = head;
    words[block + size - 1] = size;
    if (head !== 0) words[head + 1] = block;
    words[bin] = block;
    if (bin < FIRST_WIDE_BIN) this.#narrow |= 1 << bin;
    else this.#wide |= 1 << (bin - FIRST_WIDE_BIN);
  }

  #unlink(block: number, size: number): void {
    const words = this.array;
    const previous = words[block + 1] ?? 0;
    const next = words[block + 2] ?? 0;
    if (next !== 0) words[next + 1] = previous;
    if (previous !== 0) {
      words[previous + 2] = next;
      return;
    }
    const bin = binOf(size);
    words[bin] = next;
    if (next !== 0) return;
    if (bin < FIRST_WIDE_BIN) this.#narrow &= ~(1 << bin);
    else this.#wide &= ~(1 << (bin - FIRST_WIDE_BIN));
  }

  #copy(from: number, to: number, length: number): void {
    const words = this.array;
    if (length < 64) {
      for (let i = 0; i < length; i++) words[to + i] = words[from + i] ?? 0;
    } else {
      words.copyWithin(to, from, from + length);
    }
  }
}

/** Words of a block whose region holds `capacity`: one more for the header, an even number. */
function blockSize(capacity: number): number {
  return Math.max(MIN_BLOCK, (capacity + 2) & ~1);
}

/** 2-31 for the sizes 4-62 (one each), 32 for 64-127, 33 for 128-255 and so on. */
function binOf(size: number): number {
  return size < 64 ? size >>> 1 : FIRST_WIDE_BIN - 6 + 31 - Math.clz32(size);
}
