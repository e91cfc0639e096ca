/**
 * A map that forgets: at most so many entries and bytes, roughly the least recently used one out first.
 */

/** What the entries of a cache may take together. */
export interface ByteBound<K, V> {
  /** Most bytes of all entries. */
  readonly bytes: number;
  /** What one entry takes, in bytes; an estimate that errs on the high side. */
  bytesOf(key: K, value: V): number;
}

/**
 * Two generations of half the size. A hit in the old one moves the entry to the young one; when the young one is full it
 * becomes the old one. One Map with deletions at its head was not taken: each eviction would step over the holes that
 * the earlier ones left.
 *
 * A count alone is no bound where strangers choose how long an entry is: such caches get a `ByteBound` too. An entry
 * that alone would fill a generation is not kept.
 *
 * ```ts
 * import { BoundedCache } from "./bounded_cache.ts";
 * import assert from "node:assert/strict";
 * const cache = new BoundedCache<string, number>(2);
 * for (const key of ["a", "b", "c"]) cache.set(key, 1);
 * assert.equal(cache.get("a"), undefined);
 * assert.equal(cache.get("c"), 1);
 *
 * const texts = new BoundedCache<string, number>(1000, { bytes: 20, bytesOf: (key) => key.length });
 * for (const key of ["a".repeat(8), "b".repeat(8), "c".repeat(8), "d".repeat(11)]) texts.set(key, 1);
 * assert.equal(texts.bytes, 16);
 * ```
 */
export class BoundedCache<K, V> {
  readonly #half: number;
  readonly #halfBytes: number;
  readonly #bytesOf: (key: K, value: V) => number;
  #young = new Map<K, V>();
  #old = new Map<K, V>();
  #youngBytes = 0;
  #oldBytes = 0;

  /** `limit`: most entries, at least 2. */
  constructor(limit: number, bound?: ByteBound<K, V>) {
    this.#half = Math.max(1, Math.floor(limit / 2));
    this.#halfBytes = (bound?.bytes ?? Infinity) / 2;
    this.#bytesOf = bound?.bytesOf ?? weightless;
  }

  /** Entries held now. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** Bytes that the entries held now are charged; 0 without a `ByteBound`. */
  get bytes(): number {
    return this.#youngBytes + this.#oldBytes;
  }

  /** The value under `key`, which counts as a use of it. */
  get(key: K): V | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  /** Keeps `value` under `key`; may forget others. */
  set(key: K, value: V): void {
    this.#forget(key);
    const bytes = this.#bytesOf(key, value);
    if (bytes > this.#halfBytes) return;
    if (this.#young.size >= this.#half || this.#youngBytes + bytes > this.#halfBytes) {
      this.#old = this.#young;
      this.#oldBytes = this.#youngBytes;
      this.#young = new Map();
      this.#youngBytes = 0;
    }
    this.#young.set(key, value);
    this.#youngBytes += bytes;
  }

  /** Forgets everything. */
  clear(): void {
    this.#young = new Map();
    this.#old = new Map();
    this.#youngBytes = this.#oldBytes = 0;
  }

  #forget(key: K): void {
    const young = this.#young.get(key);
    if (young !== undefined) {
      this.#young.delete(key);
      this.#youngBytes -= this.#bytesOf(key, young);
      return;
    }
    const old = this.#old.get(key);
    if (old === undefined) return;
    this.#old.delete(key);
    this.#oldBytes -= this.#bytesOf(key, old);
  }
}

function weightless(): number {
  return 0;
}
