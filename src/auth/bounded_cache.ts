/**
 * A map that forgets: at most so many entries, roughly the least recently used one out first.
 */

/**
 * Two generations of half the size. A hit in the old one moves the entry to the young one; when the young one is full it
 * becomes the old one. One Map with deletions at its head was not taken: each eviction would step over the holes that
 * the earlier ones left.
 *
 * ```ts
 * import { BoundedCache } from "./bounded_cache.ts";
 * import assert from "node:assert/strict";
 * const cache = new BoundedCache<string, number>(2);
 * for (const key of ["a", "b", "c"]) cache.set(key, 1);
 * assert.equal(cache.get("a"), undefined);
 * assert.equal(cache.get("c"), 1);
 * ```
 */
export class BoundedCache<K, V> {
  readonly #half: number;
  #young = new Map<K, V>();
  #old = new Map<K, V>();

  /** `limit`: most entries, at least 2. */
  constructor(limit: number) {
    this.#half = Math.max(1, Math.floor(limit / 2));
  }

  /** Entries held now. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** The value under `key`, which counts as a use of it. */
  get(key: K): V | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) {
      this.#old.delete(key);
      this.set(key, old);
    }
    return old;
  }

  /** Keeps `value` under `key`; may forget others. */
  set(key: K, value: V): void {
    if (this.#young.size >= this.#half && !this.#young.has(key)) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#old.delete(key);
    this.#young.set(key, value);
  }

  /** Forgets everything. */
  clear(): void {
    this.#young = new Map();
    this.#old = new Map();
  }
}
