/**
 * Entries (set, hint) in words: how they lie, and the hash table made of them.
 *
 * Two entries take three words: the hints of both, 16 bits each, the even entry's in the low half; the id of the even
 * entry; the id of the odd one. So a list grows without moving what is in it, an odd last entry costs two words, and a
 * hint lies in the cache line of its id.
 *
 * The table has linear probing. Ids are hashed and scaled to its room, which need not be a power of two. Deletion closes
 * the gap, there are no tombstones. It must keep at least one hole.
 */

/** No set: the id in a hole of a table. */
export const NO_SET = 0xffffffff;

/** Bits of a position that a hint keeps. */
export const HINT_MASK = 0xffff;

/** Words that `entries` take. */
export function wordsFor(entries: number): number {
  return entries + (entries + 1 >>> 1);
}

/** Entries that `words` have room for. */
export function roomIn(words: number): number {
  return ((words << 1) / 3) | 0;
}

/** Index of the id of `entry` from the start of the entries. */
export function indexOf(entry: number): number {
  return (entry >>> 1) * 3 + 1 + (entry & 1);
}

/** The hint of `entry` of those that start at `start`. */
export function readHint(words: Uint32Array, start: number, entry: number): number {
  return ((words[start + (entry >>> 1) * 3] ?? 0) >>> ((entry & 1) << 4)) & HINT_MASK;
}

/** Sets the hint of `entry` to the low bits of `position`. */
export function writeHint(
  words: Uint32Array,
  start: number,
  entry: number,
  position: number,
): void {
  const index = start + (entry >>> 1) * 3;
  const word = words[index] ?? 0;
  words[index] = (entry & 1) === 0
    ? word & ~HINT_MASK | position & HINT_MASK
    : word & HINT_MASK | position << 16;
}

/** The entry of a table that holds `set`, or the hole where it belongs. */
export function probe(words: Uint32Array, start: number, room: number, set: number): number {
  let at = home(set, room);
  for (;;) {
    const found = words[start + indexOf(at)] ?? NO_SET;
    if (found === set || found === NO_SET) return at;
    if (++at === room) at = 0;
  }
}

/** Empties an entry of a table and moves later ones of its run up, so that every search still finds its set. */
export function closeGap(words: Uint32Array, start: number, room: number, gap: number): void {
  let at = gap;
  for (;;) {
    if (++at === room) at = 0;
    const set = words[start + indexOf(at)] ?? NO_SET;
    if (set === NO_SET) break;
    let fromHome = at - home(set, room);
    if (fromHome < 0) fromHome += room;
    let fromGap = at - gap;
    if (fromGap < 0) fromGap += room;
    if (fromHome < fromGap) continue;
    words[start + indexOf(gap)] = set;
    writeHint(words, start, gap, readHint(words, start, at));
    gap = at;
  }
  words[start + indexOf(gap)] = NO_SET;
}

/** Where the search for a set begins. */
function home(set: number, room: number): number {
  const hash = Math.imul(set, 0x9e3779b1);
  if (room <= 0x10000) return Math.imul(hash >>> 16, room) >>> 16;
  return ((hash >>> 0) * room / 0x100000000) | 0;
}
