/**
 * The sets that each member is in, with its place in each.
 *
 * Layout, two words a member in the table (index 2 * slot):
 *
 *     word 0           what it is in                                word 1
 *     0                no set                                       -
 *     hint << 2 | 1    one set                                      its id
 *     count << 2       `count` sets, a list in no order             base of the list's region
 *     count << 2 | 2   `count` sets, a hash table by set id         base of the table's region
 *
 * How entries lie in a region, `entries.ts` says. A list begins at the base; a table has its room in the first word and
 * begins behind it.
 *
 * A hint is the low 16 bits of the member's position in the list of the set: exact for sets of up to 65,536 members, for
 * larger ones one in 65,536 words has to be looked at. It costs half of what a whole position would.
 *
 * A list is searched from its start; above LIST_ENTRIES it becomes a table. So every step takes expected constant time,
 * however many sets a member is in.
 */
import {
  closeGap,
  HINT_MASK,
  indexOf,
  NO_SET,
  probe,
  readHint,
  roomIn,
  wordsFor,
  writeHint,
} from "./entries.ts";
import { Regions } from "./regions.ts";
import { Words } from "./words.ts";

/** Not found; for a table it would mean a hole at 0. */
const NOT_IN = -1;

/** Most entries of a list; more make a table. */
const LIST_ENTRIES = 32;
/** A table of fewer entries becomes a list again. */
const TABLE_ENTRIES = 16;
/** Room of the first table of a member. */
const FIRST_ROOM = 64;

const ONE = 1;
const TABLE = 2;

/** Entries (set, hint) by member. An entry is named by a number that holds until the member's next change. */
export class OwnSets {
  readonly #table = new Words();
  readonly #regions = new Regions();

  /** Bytes of all buffers. */
  get byteLength(): number {
    return this.#table.array.byteLength + this.#regions.words.byteLength;
  }

  /** How many sets `slot` is in. */
  count(slot: number): number {
    const state = this.#state(slot);
    return (state & ONE) !== 0 ? 1 : state >>> 2;
  }

  /** Entries of `slot` are numbered from 0 to `span - 1`, with holes. */
  span(slot: number): number {
    const state = this.#state(slot);
    if ((state & TABLE) !== 0) return this.#regions.words[this.#base(slot)] ?? 0;
    return (state & ONE) !== 0 ? 1 : state >>> 2;
  }

  /** The set of an entry; `NO_SET` in a hole. */
  setAt(slot: number, entry: number): number {
    if ((this.#state(slot) & ONE) !== 0) return this.#base(slot);
    return this.#regions.words[this.#start(slot) + indexOf(entry)] ?? NO_SET;
  }

  /** The hint of an entry. */
  hintAt(slot: number, entry: number): number {
    const state = this.#state(slot);
    if ((state & ONE) !== 0) return state >>> 2;
    return readHint(this.#regions.words, this.#start(slot), entry);
  }

  /** Sets the hint of an entry to the low bits of `position`. */
  setHint(slot: number, entry: number, position: number): void {
    if ((this.#state(slot) & ONE) !== 0) {
      this.#table.array[slot << 1] = (position & HINT_MASK) << 2 | ONE;
    } else {
      writeHint(this.#regions.words, this.#start(slot), entry, position);
    }
  }

  /** The entry of `set`; a negative number when `slot` is not in it, to be given to {@linkcode add}. */
  find(slot: number, set: number): number {
    const table = this.#table.array;
    const index = slot << 1;
    if (index >= table.length) return NOT_IN;
    const state = table[index] ?? 0;
    const base = table[index + 1] ?? 0;
    if ((state & ONE) !== 0) return base === set ? 0 : NOT_IN;
    const words = this.#regions.words;
    if ((state & TABLE) !== 0) {
      const at = probe(words, base + 1, words[base] ?? 0, set);
      return words[base + 1 + indexOf(at)] === set ? at : ~at;
    }
    const count = state >>> 2;
    for (let entry = 0, even = base + 1; entry < count; entry += 2, even += 3) {
      if (words[even] === set) return entry;
      // Behind the last entry of an odd list there is anything.
      if (words[even + 1] === set && entry + 1 < count) return entry + 1;
    }
    return NOT_IN;
  }

  /** Adds a set for which {@linkcode find} just gave `missing`, with the low bits of `position` as its hint. */
  add(slot: number, set: number, position: number, missing: number): void {
    const index = slot << 1;
    this.#table.reserve(index + 2);
    const table = this.#table.array;
    const state = table[index] ?? 0;
    if (state === 0) {
      table[index] = (position & HINT_MASK) << 2 | ONE;
      table[index + 1] = set;
    } else if ((state & TABLE) !== 0) {
      this.#addToTable(index, set, position, ~missing);
    } else if ((state & ONE) !== 0) {
      this.#startList(index, set, position);
    } else if (state >>> 2 === LIST_ENTRIES) {
      this.#rebuild(index, FIRST_ROOM);
      this.#addToTable(index, set, position, -1);
    } else {
      this.#addToList(index, set, position);
    }
  }

  /** Takes an entry out. */
  remove(slot: number, entry: number): void {
    const index = slot << 1;
    const table = this.#table.array;
    const state = table[index] ?? 0;
    if ((state & ONE) !== 0) table[index] = 0;
    else if ((state & TABLE) !== 0) this.#removeFromTable(index, entry);
    else this.#removeFromList(index, entry);
  }

  /** Takes all entries of `slot` out. */
  clear(slot: number): void {
    const state = this.#state(slot);
    if (state === 0) return;
    if ((state & ONE) === 0) this.#regions.free(this.#base(slot));
    this.#table.array[slot << 1] = 0;
  }

  #state(slot: number): number {
    const table = this.#table.array;
    const index = slot << 1;
    return index < table.length ? table[index] ?? 0 : 0;
  }

  #base(slot: number): number {
    return this.#table.array[(slot << 1) + 1] ?? 0;
  }

  /** Where the entries of a list or a table start. */
  #start(slot: number): number {
    return this.#base(slot) + ((this.#state(slot) & TABLE) >>> 1);
  }

  /** Makes a list of the only set of a member and another one. */
  #startList(index: number, set: number, position: number): void {
    const base = this.#regions.allocate(wordsFor(2));
    const table = this.#table.array;
    const words = this.#regions.words;
    words[base] = (table[index] ?? 0) >>> 2 | position << 16;
    words[base + 1] = table[index + 1] ?? 0;
    words[base + 2] = set;
    table[index] = 2 << 2;
    table[index + 1] = base;
  }

  #addToList(index: number, set: number, position: number): void {
    const table = this.#table.array;
    const count = (table[index] ?? 0) >>> 2;
    let base = table[index + 1] ?? 0;
    if (indexOf(count) >= this.#regions.capacity(base)) {
      const wanted = wordsFor(count + 1 + (count >>> 2));
      base = this.#regions.resize(base, wanted, wordsFor(count));
      table[index + 1] = base;
    }
    const words = this.#regions.words;
    words[base + indexOf(count)] = set;
    writeHint(words, base, count, position);
    table[index] = (count + 1) << 2;
  }

  /** Adds to the hole at `at`; a negative `at` means that it has to be searched. */
  #addToTable(index: number, set: number, position: number, at: number): void {
    const table = this.#table.array;
    const count = (table[index] ?? 0) >>> 2;
    let base = table[index + 1] ?? 0;
    let room = this.#regions.words[base] ?? 0;
    if ((count + 1) * 8 > room * 7) {
      base = this.#rebuild(index, room << 1);
      room = this.#regions.words[base] ?? 0;
      at = -1;
    }
    const words = this.#regions.words;
    if (at < 0) at = probe(words, base + 1, room, set);
    words[base + 1 + indexOf(at)] = set;
    writeHint(words, base + 1, at, position);
    table[index] = (count + 1) << 2 | TABLE;
  }

  #removeFromList(index: number, entry: number): void {
    const table = this.#table.array;
    const count = ((table[index] ?? 0) >>> 2) - 1;
    const base = table[index + 1] ?? 0;
    const words = this.#regions.words;
    if (entry !== count) {
      words[base + indexOf(entry)] = words[base + indexOf(count)] ?? NO_SET;
      writeHint(words, base, entry, readHint(words, base, count));
    }
    table[index] = count << 2;
    if (count === 1) {
      table[index] = readHint(words, base, 0) << 2 | ONE;
      table[index + 1] = words[base + 1] ?? NO_SET;
      this.#regions.free(base);
    } else if (wordsFor(count) * 3 < this.#regions.capacity(base)) {
      const wanted = wordsFor(count + 1);
      table[index + 1] = this.#regions.resize(base, wanted, wordsFor(count));
    }
  }

  #removeFromTable(index: number, entry: number): void {
    const table = this.#table.array;
    const count = ((table[index] ?? 0) >>> 2) - 1;
    const base = table[index + 1] ?? 0;
    const words = this.#regions.words;
    const room = words[base] ?? 0;
    closeGap(words, base + 1, room, entry);
    table[index] = count << 2 | TABLE;
    if (count < TABLE_ENTRIES) this.#toList(index);
    else if (count * 3 < room) this.#rebuild(index, room >>> 1);
  }

  /** Makes a table with `room` for entries of a list or a table; gives its base. */
  #rebuild(index: number, room: number): number {
    const table = this.#table.array;
    const state = table[index] ?? 0;
    const from = table[index + 1] ?? 0;
    const to = this.#regions.allocate(1 + wordsFor(room));
    const words = this.#regions.words;
    const isTable = (state & TABLE) !== 0;
    const start = isTable ? from + 1 : from;
    const span = isTable ? words[from] ?? 0 : state >>> 2;
    // The region may be a little larger than asked for.
    const toRoom = roomIn(this.#regions.capacity(to) - 1);
    words.fill(NO_SET, to + 1, to + 1 + wordsFor(toRoom));
    words[to] = toRoom;
    for (let entry = 0; entry < span; entry++) {
      const set = words[start + indexOf(entry)] ?? NO_SET;
      if (set === NO_SET) continue;
      const at = probe(words, to + 1, toRoom, set);
      words[to + 1 + indexOf(at)] = set;
      writeHint(words, to + 1, at, readHint(words, start, entry));
    }
    this.#regions.free(from);
    table[index] = (state >>> 2) << 2 | TABLE;
    table[index + 1] = to;
    return to;
  }

  /** Makes a list of a table. */
  #toList(index: number): void {
    const table = this.#table.array;
    const count = (table[index] ?? 0) >>> 2;
    const from = table[index + 1] ?? 0;
    const to = this.#regions.allocate(wordsFor(count + 1));
    const words = this.#regions.words;
    const room = words[from] ?? 0;
    let filled = 0;
    for (let entry = 0; entry < room; entry++) {
      const set = words[from + 1 + indexOf(entry)] ?? NO_SET;
      if (set === NO_SET) continue;
      words[to + indexOf(filled)] = set;
      writeHint(words, to, filled++, readHint(words, from + 1, entry));
    }
    this.#regions.free(from);
    table[index] = count << 2;
    table[index + 1] = to;
  }
}
