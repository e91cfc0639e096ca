/**
 * Keeps compiled filters: services send the same few filters again and again.
 */
import { FILTER_ENTRY_BYTES, MAX_FILTER_CACHE_BYTES } from "../limits.ts";
import { type FilterResult, parseFilter } from "./filter.ts";

/**
 * Filters by their source text, bounded by the bytes of the texts; what was not used for longest goes first. Failures
 * are not kept: they are cheap to find again.
 *
 * ```ts
 * import { FilterCache } from "./cache.ts";
 * import assert from "node:assert/strict";
 * const cache = new FilterCache();
 * assert.equal(cache.parse("userId eq 'kim'"), cache.parse("userId eq 'kim'"));
 * ```
 */
export class FilterCache {
  readonly #maxBytes: number;
  /** In order of use. */
  readonly #results = new Map<string, FilterResult>();
  #bytes = 0;

  constructor(maxBytes: number = MAX_FILTER_CACHE_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes that the kept entries are charged. */
  get bytes(): number {
    return this.#bytes;
  }

  /** As {@linkcode parseFilter}, from the cache where it can. */
  parse(source: string): FilterResult {
    let result = this.#results.get(source);
    if (result !== undefined) {
      this.#results.delete(source);
      this.#results.set(source, result);
      return result;
    }
    result = parseFilter(source);
    if (result.ok) this.#keep(source, result);
    return result;
  }

  #keep(source: string, result: FilterResult): void {
    this.#results.set(source, result);
    this.#bytes += charge(source);
    for (const oldest of this.#results.keys()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#results.delete(oldest);
      this.#bytes -= charge(oldest);
    }
  }
}

function charge(source: string): number {
  return FILTER_ENTRY_BYTES + 2 * source.length;
}
