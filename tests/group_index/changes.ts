/**
 * A script of changes that writer and reader of the stress test both know: from the sequence of a set, the reader can
 * tell what its members must have been.
 */

/** Sets that are changed in turn; they take over each other's regions all the time. */
export const SETS = 5;

const TOGGLES = 1500;
const SLOTS = 400;

/** Which slot each change of a set lets join or leave; after the last one the set is empty as before the first. */
export interface Script {
  readonly slots: Uint32Array;
  /** Number of members after each number of changes. */
  readonly counts: Uint32Array;
  /** Fingerprint of the members after each number of changes. */
  readonly fingerprints: Uint32Array;
}

/** What stands for a slot in a fingerprint, which is the exclusive or of all members'. */
export function mix(slot: number): number {
  let x = Math.imul(slot + 1, 0x9e3779b1);
  x ^= x >>> 15;
  x = Math.imul(x, 0x85ebca6b);
  return (x ^ x >>> 13) >>> 0;
}

/** The script of a set: random slots there, the same ones back. */
export function makeScript(set: number): Script {
  let state = set + 1;
  const slots = new Uint32Array(TOGGLES * 2);
  const counts = new Uint32Array(TOGGLES * 2);
  const fingerprints = new Uint32Array(TOGGLES * 2);
  const members = new Set<number>();
  let fingerprint = 0;
  for (let change = 0; change < TOGGLES * 2; change++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const slot = change < TOGGLES
      ? Math.floor(state / 0x100000000 * SLOTS)
      : slots[TOGGLES * 2 - 1 - change] ?? 0;
    slots[change] = slot;
    counts[change] = members.size;
    fingerprints[change] = fingerprint;
    if (!members.delete(slot)) members.add(slot);
    fingerprint = (fingerprint ^ mix(slot)) >>> 0;
  }
  return { slots, counts, fingerprints };
}

/** Words of the control array that both sides share: asks the reader to stop. */
export const STOP = 0;
/** Word of the control array in which the reader counts its snapshots. */
export const READS = 1;
