/**
 * Where the counts of a worker lie in its SharedArrayBuffer, and how both sides find one. The rules that make reading
 * right stand in `shared_counts.ts`.
 *
 *     word 0           version: moves whenever a slot loses its name
 *     word 1           capacity: slots of the table, a power of two
 *     from word 16     tables of FIRST_CAPACITY, twice, four times as many slots, one behind the other; the one of
 *                      `capacity` slots is in force, smaller ones are as they were when it took over
 *
 * A slot has three words: tag (the low half of the name's hash, or EMPTY or DEAD), the high half, the count. Probing is
 * linear from the slot that the tag's low bits name.
 */
import type { HashedName } from "./keyed_hash.ts";

/** Word of the version. */
export const VERSION = 0;
/** Word of the capacity. */
export const CAPACITY = 1;

/** The version and the capacity have a cache line of their own. */
const HEADER_WORDS = 16;

/** Slots of the first table. */
export const FIRST_CAPACITY = 64;

/** Words of a slot: tag, high half, count. */
export const SLOT_WORDS = 3;

/** Tag of a slot without a name: no search goes beyond it. */
export const EMPTY = 0;
/** Tag of a slot that is being given to another name: searches go on. */
export const DEAD = 1;

/** The tag of a name: the low half of its hash without the two values that mean something else. */
export function tagOf({ low }: HashedName): number {
  return low === EMPTY || low === DEAD ? low + 2 : low;
}

/** Index of the first word of the table with `capacity` slots. */
export function tableAt(capacity: number): number {
  return HEADER_WORDS + (capacity - FIRST_CAPACITY) * SLOT_WORDS;
}

/** Bytes of a buffer whose last table has `capacity` slots. */
export function bytesFor(capacity: number): number {
  return tableAt(capacity * 2) * 4;
}

/** Index of the slot of a name, or `~` the index of the hole where it belongs. A table always has holes. */
export function findSlot(words: Int32Array, capacity: number, tag: number, high: number): number {
  const table = tableAt(capacity);
  const mask = capacity - 1;
  for (let slot = tag & mask;; slot = slot + 1 & mask) {
    const at = table + slot * SLOT_WORDS;
    const found = Atomics.load(words, at);
    if (found === EMPTY) return ~at;
    if (found === tag && Atomics.load(words, at + 1) === high) return at;
  }
}
