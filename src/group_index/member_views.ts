/**
 * Views of the lists of members, made without allocating where it counts: the members of a small group are copied to a
 * scratch, of large groups the views made last are kept.
 */
import type { MemberLists } from "./member_lists.ts";

/** Members up to which a group is copied: that costs less than to make a view, or to find one. */
const COPIED_MEMBERS = 16;

/** Views of larger groups that are kept, a power of two. */
const KEPT_VIEWS = 16;

const NO_SLOTS = new Uint32Array(0);

/**
 * The members of a group: the first `length` of `slots`; what follows means nothing. To be read only, and only until the
 * next join, leave or look at members in the index, of whatever group.
 */
export interface MemberView {
  readonly slots: Uint32Array;
  readonly length: number;
}

/** The view of a group without members. */
export const NO_MEMBERS: MemberView = { slots: NO_SLOTS, length: 0 };

/** A view that is used again. */
class ReusedView implements MemberView {
  slots: Uint32Array = NO_SLOTS;
  length = 0;
  /** What `slots` was made of: it still fits if its set lies there. */
  words: Uint32Array = NO_SLOTS;
  set = -1;
  start = 0;
}

/** Gives views of sets. */
export class MemberViews {
  #small: ReusedView | undefined;
  #large: (ReusedView | undefined)[] | undefined;

  /** The view of a set. */
  of(lists: MemberLists, set: number): MemberView {
    const { table, words } = lists;
    const count = table[set << 1] ?? 0;
    const start = table[(set << 1) + 1] ?? 0;
    if (count > COPIED_MEMBERS) return this.#view(words, set, count, start, lists);
    const view = this.#small ??= newSmallView();
    const { slots } = view;
    view.length = count;
    if (count === 1) slots[0] = start;
    else for (let i = 0; i < count; i++) slots[i] = words[start + i] ?? 0;
    return view;
  }

  #view(
    words: Uint32Array,
    set: number,
    count: number,
    start: number,
    lists: MemberLists,
  ): MemberView {
    const large = this.#large ??= new Array<ReusedView | undefined>(KEPT_VIEWS).fill(undefined);
    const place = set & (KEPT_VIEWS - 1);
    const view = large[place] ??= new ReusedView();
    if (
      view.set !== set || view.start !== start || view.words !== words || view.slots.length < count
    ) {
      view.slots = new Uint32Array(words.buffer, start * 4, lists.room(set));
      view.words = words;
      view.start = start;
      view.set = set;
    }
    view.length = count;
    return view;
  }
}

function newSmallView(): ReusedView {
  const view = new ReusedView();
  view.slots = new Uint32Array(COPIED_MEMBERS);
  return view;
}
