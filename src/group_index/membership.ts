/**
 * Who is in what: both directions of a relation between members (slots) and sets (ids).
 *
 * Each set has the list of its members' slots (`member_lists.ts`), each member the list of its sets with a hint at its
 * position in each (`own_sets.ts`). So joining and leaving take constant time: the member's own list gives the position
 * in the set's list, the last of that list moves there, and its own list gets the new position. 12 to 16 bytes a
 * membership in all.
 */
import { MemberLists, NO_SLOT } from "./member_lists.ts";
import { hintOf, HOLE, setOf } from "./entries.ts";
import { OwnSets } from "./own_sets.ts";

/** Is told of every set that loses its last member. */
export interface EmptiedSets {
  release(set: number): void;
}

/** A relation between slots and set ids, both small integers. */
export class Membership {
  readonly #members = new MemberLists();
  readonly #own = new OwnSets();

  /** Bytes of all buffers. */
  get byteLength(): number {
    return this.#members.byteLength + this.#own.byteLength;
  }

  /** Adds a member; false when it was one already. */
  join(slot: number, set: number): boolean {
    const place = this.#own.find(slot, set);
    if (place >= 0) return false;
    this.#own.add(slot, set, this.#members.add(set, slot), place);
    return true;
  }

  /** Takes a member out; false when it was none. */
  leave(slot: number, set: number): boolean {
    const place = this.#own.find(slot, set);
    if (place < 0) return false;
    const entry = this.#own.entryAt(slot, place);
    this.#own.remove(slot, place);
    this.#takeOut(slot, set, hintOf(entry));
    return true;
  }

  /** Takes `slot` out of all sets and tells `emptied` of those that have no member left; gives their number. */
  removeMember(slot: number, emptied: EmptiedSets): number {
    const span = this.#own.span(slot);
    let left = 0;
    for (let place = 0; place < span; place++) {
      const entry = this.#own.entryAt(slot, place);
      if (entry === HOLE) continue;
      const set = setOf(entry);
      this.#takeOut(slot, set, hintOf(entry));
      if (this.#members.count(set) === 0) emptied.release(set);
      left++;
    }
    this.#own.clear(slot);
    return left;
  }

  /** Tells whether `slot` is a member of `set`. */
  has(slot: number, set: number): boolean {
    return this.#own.find(slot, set) >= 0;
  }

  /** How many members `set` has. */
  count(set: number): number {
    return this.#members.count(set);
  }

  /** The lists of members, for reading. */
  get members(): MemberLists {
    return this.#members;
  }

  /** How many sets `slot` is in. */
  setCountOf(slot: number): number {
    return this.#own.count(slot);
  }

  /** The sets that `slot` is in, in no order. */
  setsOf(slot: number): number[] {
    const sets: number[] = [];
    const span = this.#own.span(slot);
    for (let place = 0; place < span; place++) {
      const entry = this.#own.entryAt(slot, place);
      if (entry !== HOLE) sets.push(setOf(entry));
    }
    return sets;
  }

  /** Takes `slot` out of the set's list; whoever takes its place learns of it. */
  #takeOut(slot: number, set: number, hint: number): void {
    const position = this.#members.locate(set, slot, hint);
    const moved = this.#members.remove(set, position);
    if (moved !== NO_SLOT) this.#own.moved(moved, set, position);
  }
}
