/**
 * Where the members of a group lie: what a look at them costs is to say so, there is no copy and no view.
 */

const NO_WORDS = new Int32Array(0);

/**
 * The members' slots: `words[start]` up to, but not including, `words[end]`. To be read only, and only until the next
 * join, leave or look at members in the index, of whatever group: the words move, and the range is used again.
 */
export class MemberRange {
  words: Int32Array = NO_WORDS;
  start = 0;
  end = 0;

  /** How many members there are. */
  get length(): number {
    return this.end - this.start;
  }

  /** A view of the members' slots only, valid as long as the range. Made anew each time: not for hot paths. */
  get slots(): Int32Array {
    return this.words.subarray(this.start, this.end);
  }
}

/** The range of a group that does not exist. */
export const NO_MEMBERS = new MemberRange();
