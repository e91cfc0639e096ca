/** Finds what the author of a misspelt name probably meant. */
import { MAX_COMPARED_LENGTH } from "../limits.ts";

/**
 * The candidate that is nearest to `name` by edit distance without regard to case, or `undefined` when none is near:
 * more than a third of the longer name would have to change.
 *
 * ```ts
 * import { nearest } from "./nearest.ts";
 * import assert from "node:assert/strict";
 * assert.equal(nearest("evnetHandlers", ["eventHandlers", "eventListeners"]), "eventHandlers");
 * assert.equal(nearest("colour", ["port", "host"]), undefined);
 * ```
 */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase().slice(0, MAX_COMPARED_LENGTH);
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const candidate of candidates) {
    const near = candidate.toLowerCase();
    const distance = editDistance(wanted, near);
    const limit = Math.max(1, Math.floor(Math.max(wanted.length, near.length) / 3));
    if (distance <= limit && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1);
      }
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? 0;
}
