/**
 * The sets that each member is in, with a hint at its place in each.
 *
 * Layout, two words a member in the table (index 2 * slot):
 *
 *     word 0           what it is in                                word 1
 *     0                no set                                       -
 *     1 << 1           one set                                      its entry
 *     count << 1       `count` sets, a list in no order             base of the list's region
 *     count << 1 | 1   `count` sets, a hash table by set id         base of the table's region
 *
 * Entries take a word each (`entries.ts`). A list fills the first words of its region; a table takes as many words of it
 * as there are in the largest power of two.
 *
 * A hint is the low bits of the member's position in the list of the set: exact for sets of up to 1,024 members, for
 * larger ones one in 1,024 words has to be looked at. Whole positions would double what is kept here.
 *
 * A list is searched from its start; above LIST_ENTRIES it becomes a table. So every step takes expected constant time,
 * however many sets a member is in.
 */
import { closeGap, entryOf, HOLE, probe, setOf } from "./entries.ts";
import { Regions } from "./regions.ts";
import { Words } from "./words.ts";

/** Not found; for a table it would mean a hole at 0. */
const NOT_IN = -1;

/** Most entries of a list; more make a table. */
const LIST_ENTRIES = 48;
/** A table of fewer entries becomes a list again. */
const TABLE_ENTRIES = 24;
/** Words of the first table of a member. */
const FIRST_ROOM = 128;

/** What one set more adds to word 0. */
const ONE = 2;
const TABLE = 1;

/** Entries by member. A place names an entry, from 0 on, until the member's next change. */
export class OwnSets {
  readonly #table = new Words();
  readonly #regions = new Regions();

  /** Bytes of all buffers. */
  get byteLength(): number {
    return this.#table.array.byteLength + this.#regions.array.byteLength;
  }

  /** How many sets `slot` is in. */
  count(slot: number): number {
    return this.#state(slot) >>> 1;
  }

  /** The places of `slot` are those below this one; there may be holes. */
  span(slot: number): number {
    const state = this.#state(slot);
    return (state & TABLE) === 0 ? state >>> 1 : this.#room(this.#base(slot));
  }

  /** The entry at a place, or `HOLE`. */
  entryAt(slot: number, place: number): number {
    const base = this.#base(slot);
    return this.#state(slot) === ONE ? base : this.#regions.array[base + place] ?? HOLE;
  }

  /** The place of `set`; a negative number when `slot` is not in it, to be given to {@linkcode add}. */
  find(slot: number, set: number): number {
    const table = this.#table.array;
    const index = slot << 1;
    if (index >= table.length) return NOT_IN;
    const state = table[index] ?? 0;
    const base = table[index + 1] ?? 0;
    if (state <= ONE) return state === ONE && setOf(base) === set ? 0 : NOT_IN;
    const words = this.#regions.array;
    if ((state & TABLE) !== 0) {
      const place = probe(words, base, this.#room(base), set);
      return words[base + place] === HOLE ? ~place : place;
    }
    const end = base + (state >>> 1);
    for (let i = base; i < end; i++) {
      if (setOf(words[i] ?? HOLE) === set) return i - base;
    }
    return NOT_IN;
  }

  /** Adds a set, for which {@linkcode find} just gave `missing`, and the member's position in it. */
  add(slot: number, set: number, position: number, missing: number): void {
    const index = slot << 1;
    this.#table.reserve(index + 2);
    const table = this.#table.array;
    const state = table[index] ?? 0;
    const entry = entryOf(set, position);
    if (state === 0) table[index + 1] = entry;
    else if ((state & TABLE) !== 0) this.#addToTable(index, entry, ~missing);
    else if (state >>> 1 === LIST_ENTRIES) this.#startTable(index, entry);
    else this.#addToList(index, entry);
    table[index] = (table[index] ?? 0) + ONE;
  }

  /** Sets the hint of the entry of `set` to the member's new position. */
  moved(slot: number, set: number, position: number): void {
    const place = this.find(slot, set);
    const index = slot << 1;
    const table = this.#table.array;
    const entry = entryOf(set, position);
    if (table[index] === ONE) table[index + 1] = entry;
    else this.#regions.array[(table[index + 1] ?? 0) + place] = entry;
  }

  /** Takes an entry out. */
  remove(slot: number, place: number): void {
    const index = slot << 1;
    const table = this.#table.array;
    const state = (table[index] ?? 0) - ONE;
    table[index] = state;
    if (state === 0) return;
    const base = table[index + 1] ?? 0;
    if ((state & TABLE) !== 0) this.#removeFromTable(index, base, place);
    else this.#removeFromList(index, base, place);
  }

  /** Takes all entries of `slot` out. */
  clear(slot: number): void {
    const state = this.#state(slot);
    if (state > ONE) this.#regions.free(this.#base(slot));
    if (state > 0) this.#table.array[slot << 1] = 0;
  }

  #state(slot: number): number {
    const table = this.#table.array;
    const index = slot << 1;
    return index < table.length ? table[index] ?? 0 : 0;
  }

  #base(slot: number): number {
    return this.#table.array[(slot << 1) + 1] ?? 0;
  }

  /** Words of the table at `base`. */
  #room(base: number): number {
    return 1 << 31 - Math.clz32(this.#regions.capacity(base));
  }

  #addToList(index: number, entry: number): void {
    const table = this.#table.array;
    const count = (table[index] ?? 0) >>> 1;
    let base = table[index + 1] ?? 0;
    if (count === 1) {
      const first = base;
      base = this.#regions.allocate(2);
      this.#regions.array[base] = first;
      table[index + 1] = base;
    } else if ((count & 1) !== 0 && count === this.#regions.capacity(base)) {
      // Capacities are odd: every other time the region need not be looked at.
      base = this.#regions.resize(base, count + 2 + (count >>> 1), count);
      table[index + 1] = base;
    }
    this.#regions.array[base + count] = entry;
  }

  #removeFromList(index: number, base: number, place: number): void {
    const table = this.#table.array;
    const words = this.#regions.array;
    const count = (table[index] ?? 0) >>> 1;
    words[base + place] = words[base + count] ?? HOLE;
    if (count === 1) {
      table[index + 1] = words[base] ?? HOLE;
      this.#regions.free(base);
    } else if (count * 3 < this.#regions.capacity(base)) {
      table[index + 1] = this.#regions.resize(base, count + (count >>> 1), count);
    }
  }

  #startTable(index: number, entry: number): void {
    this.#rebuild(index, FIRST_ROOM);
    this.#addToTable(index, entry, NOT_IN);
  }

  /** Adds to the hole at `place`; a negative number means that it has to be searched. */
  #addToTable(index: number, entry: number, place: number): void {
    const table = this.#table.array;
    const count = (table[index] ?? 0) >>> 1;
    let base = table[index + 1] ?? 0;
    let room = this.#room(base);
    if ((count + 1) * 5 > room * 4) {
      room <<= 1;
      base = this.#rebuild(index, room);
      place = NOT_IN;
    }
    const words = this.#regions.array;
    words[base + (place < 0 ? probe(words, base, room, setOf(entry)) : place)] = entry;
  }

  #removeFromTable(index: number, base: number, place: number): void {
    const count = (this.#table.array[index] ?? 0) >>> 1;
    const room = this.#room(base);
    closeGap(this.#regions.array, base, room, place);
    if (count < TABLE_ENTRIES) this.#toList(index);
    else if (count * 4 < room) this.#rebuild(index, room >>> 1);
  }

  /** Makes a table of `room` words of a list or a table; gives its base. */
  #rebuild(index: number, room: number): number {
    const table = this.#table.array;
    const state = table[index] ?? 0;
    const from = table[index + 1] ?? 0;
    const to = this.#regions.allocate(room);
    const words = this.#regions.array;
    const end = from + ((state & TABLE) !== 0 ? this.#room(from) : state >>> 1);
    words.fill(HOLE, to, to + room);
    for (let i = from; i < end; i++) {
      const entry = words[i] ?? HOLE;
      if (entry !== HOLE) words[to + probe(words, to, room, setOf(entry))] = entry;
    }
    this.#regions.free(from);
    table[index] = state | TABLE;
    table[index + 1] = to;
    return to;
  }

  /** Makes a list of a table. */
  #toList(index: number): void {
    const table = this.#table.array;
    const count = (table[index] ?? 0) >>> 1;
    const from = table[index + 1] ?? 0;
    const words = this.#regions.array;
    const end = from + this.#room(from);
    let filled = from;
    for (let i = from; i < end; i++) {
      const entry = words[i] ?? HOLE;
      if (entry !== HOLE) words[filled++] = entry;
    }
    table[index] = count << 1;
    table[index + 1] = this.#regions.resize(from, count + (count >>> 1), count);
  }
}
