/**
 * A walk through the members of a group that stays right while others join and leave.
 */

/** What {@linkcode MemberWalk.next} answers at the end. */
export const END = -1;

/** Knows who is a member now. */
interface CurrentMembers {
  isMember(slot: number, name: string): boolean;
}

/**
 * The members that a group had when the walk began, without those who left before their turn.
 *
 * ```ts
 * import { GroupIndex } from "./group_index.ts";
 * import { END, type MemberWalk } from "./member_walk.ts";
 * import assert from "node:assert/strict";
 * const groups = new GroupIndex();
 * for (const slot of [1, 2, 3]) groups.join(slot, "sports");
 * const walk: MemberWalk = groups.walk("sports");
 * assert.equal(walk.next(), 1);
 * groups.leave(2, "sports");
 * groups.join(4, "sports");
 * assert.equal(walk.next(), 3);
 * assert.equal(walk.next(), END);
 * ```
 */
export class MemberWalk {
  readonly #members: CurrentMembers;
  readonly #name: string;
  readonly #slots: Int32Array;
  #at = 0;

  /** `slots` is the walk's own copy. */
  constructor(members: CurrentMembers, name: string, slots: Int32Array) {
    this.#members = members;
    this.#name = name;
    this.#slots = slots;
  }

  /** The next member's slot, or `END`. */
  next(): number {
    while (this.#at < this.#slots.length) {
      const slot = this.#slots[this.#at++] ?? END;
      if (this.#members.isMember(slot, this.#name)) return slot;
    }
    return END;
  }
}
