/** The groups of a hub, or its users: who is in which, by name. Private to its worker. */
import { Interner, NO_ID } from "./interner.ts";
import { MAX_SETS } from "./entries.ts";
import { MemberRange, NO_MEMBERS } from "./member_range.ts";
import { Membership } from "./membership.ts";

export type { MemberRange } from "./member_range.ts";

/** An index as everybody but its owner sees it: whoever changes memberships comes through the owner. */
export type GroupIndexView = Omit<GroupIndex, "join" | "leave" | "leaveAll">;

const NO_NAMES = new Interner();
const NO_MEMBERSHIP = new Membership();

/**
 * Members (slots, see `slots.ts`) of named groups. A group exists while it has a member. Names are any strings; what a
 * valid name is, others know.
 *
 * ```ts
 * import { GroupIndex, type MemberRange } from "./group_index.ts";
 * import assert from "node:assert/strict";
 * const groups = new GroupIndex();
 * assert.equal(groups.join(7, "sports"), true);
 * assert.equal(groups.join(7, "sports"), false);
 * const { words, start, end }: MemberRange = groups.membersOf("sports");
 * for (let i = start; i < end; i++) assert.equal(words[i], 7);
 * assert.equal(groups.leaveAll(7), 1);
 * assert.deepEqual([...groups.groupNames()], []);
 * ```
 */
export class GroupIndex {
  // All of these are shared by empty indexes and replaced at the first join: a hub costs little before it has groups.
  #names = NO_NAMES;
  #membership = NO_MEMBERSHIP;
  #range = NO_MEMBERS;
  readonly #most: number;

  /** `most`: how many groups may exist at once. */
  constructor(most: number = MAX_SETS) {
    this.#most = most;
  }

  /** How many groups exist. */
  get size(): number {
    return this.#names.size;
  }

  /** Bytes of all buffers; the names are not in them. */
  get byteLength(): number {
    return this.#membership.byteLength;
  }

  /**
   * Makes `slot` a member; false when it was one already. Throws a `RangeError` when a group more would be one too many
   * (there may be four million unless the owner wants fewer).
   */
  join(slot: number, name: string): boolean {
    const known = this.#names.find(name);
    if (known !== NO_ID) return this.#membership.join(slot, known);
    if (this.#names.size >= this.#most) {
      throw new RangeError(
        `Cannot make slot ${slot} a member of "${name}": there are ${this.#names.size} groups, ` +
          `no more than ${this.#most} may exist`,
      );
    }
    if (this.#names === NO_NAMES) this.#begin();
    return this.#membership.join(slot, this.#names.acquire(name));
  }

  /** Whether `join` can work for this group: it exists, or there is room for one more. */
  hasRoomFor(name: string): boolean {
    return this.#names.size < this.#most || this.#names.find(name) !== NO_ID;
  }

  /** Whether all of these groups, different ones, can exist at once. */
  hasRoomForAll(names: readonly string[]): boolean {
    let left = this.#most - this.#names.size;
    if (names.length <= left) return true;
    for (const name of names) {
      if (this.#names.find(name) === NO_ID && --left < 0) return false;
    }
    return true;
  }

  /** Ends a membership; false when there was none. */
  leave(slot: number, name: string): boolean {
    const id = this.#names.find(name);
    if (id === NO_ID || !this.#membership.leave(slot, id)) return false;
    if (this.#membership.count(id) === 0) this.#names.release(id);
    return true;
  }

  /** Ends all memberships of `slot`; gives their number. */
  leaveAll(slot: number): number {
    return this.#membership.removeMember(slot, this.#names);
  }

  /** Tells whether `slot` is a member. */
  isMember(slot: number, name: string): boolean {
    const id = this.#names.find(name);
    return id !== NO_ID && this.#membership.has(slot, id);
  }

  /** How many members a group has; 0 when it does not exist. */
  memberCount(name: string): number {
    const id = this.#names.find(name);
    return id === NO_ID ? 0 : this.#membership.count(id);
  }

  /** How many groups `slot` is in. */
  groupCountOf(slot: number): number {
    return this.#membership.setCountOf(slot);
  }

  /** The groups that `slot` is in, in no order. */
  groupsOf(slot: number): string[] {
    const groups: string[] = [];
    for (const id of this.#membership.setsOf(slot)) {
      const name = this.#names.nameOf(id);
      if (name !== undefined) groups.push(name);
    }
    return groups;
  }

  /**
   * All groups, in the order in which they came to be. One that comes or goes during the iteration may be in it or not,
   * and twice if it does both; the others are, once.
   */
  groupNames(): IterableIterator<string> {
    return this.#names.names();
  }

  /**
   * The members of a group, each once, without allocating or copying. Valid until the next join, leave or other look at
   * members in this index, of whatever group.
   */
  membersOf(name: string): MemberRange {
    const id = this.#names.find(name);
    if (id === NO_ID) return NO_MEMBERS;
    this.#membership.members.findRange(id, this.#range);
    return this.#range;
  }

  #begin(): void {
    this.#names = new Interner();
    this.#membership = new Membership();
    this.#range = new MemberRange();
  }
}
