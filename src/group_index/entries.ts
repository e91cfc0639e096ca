/**
 * Entries: a set and a hint at a position in it, in one word; and the hash table made of them.
 *
 *     bits 10..31      the set's id
 *     bits 0..9        hint: the low bits of the member's position in the list of the set
 *
 * The table has linear probing over a power of two of words. Deletion closes the gap, there are no tombstones. It must
 * keep at least one hole.
 */

const HINT_BITS = 10;

/** Positions in a set that are this far apart have the same hint. */
export const HINT_RANGE = 1 << HINT_BITS;

/** Ids of sets are below this one (ours): a map of names holds four times as many and would be full next. */
export const MAX_SETS = 2 ** (32 - HINT_BITS) - 1;

/** No entry: an empty word of a table. It would be an entry of the set `MAX_SETS`. */
export const HOLE = -1;

/** Makes an entry. */
export function entryOf(set: number, position: number): number {
  return set << HINT_BITS | position & (HINT_RANGE - 1);
}

/** The set of an entry. */
export function setOf(entry: number): number {
  return entry >>> HINT_BITS;
}

/** The hint of an entry. */
export function hintOf(entry: number): number {
  return entry & (HINT_RANGE - 1);
}

/** Where in the table of `room` words at `base` the entry of `set` lies, or the hole where it belongs. */
export function probe(words: Int32Array, base: number, room: number, set: number): number {
  for (let at = home(set, room);; at = at + 1 & (room - 1)) {
    const found = words[base + at] ?? HOLE;
    if (setOf(found) === set || found === HOLE) return at;
  }
}

/** Empties a word of a table and moves later ones of its run up, so that every search still finds its set. */
export function closeGap(words: Int32Array, base: number, room: number, gap: number): void {
  const mask = room - 1;
  for (let at = gap + 1 & mask;; at = at + 1 & mask) {
    const entry = words[base + at] ?? HOLE;
    if (entry === HOLE) break;
    if ((at - home(setOf(entry), room) & mask) < (at - gap & mask)) continue;
    words[base + gap] = entry;
    gap = at;
  }
  words[base + gap] = HOLE;
}

/** Where the search for a set begins: the high bits of a multiplicative hash. */
function home(set: number, room: number): number {
  return Math.imul(set, 0x9e3779b1) >>> Math.clz32(room) + 1;
}
