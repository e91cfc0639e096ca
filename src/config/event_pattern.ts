/** What is wrong with a `userEventPattern`: `*`, or literal names between commas. */
import { isEventName } from "../names.ts";
import { quoteValue } from "./problem.ts";

/**
 * The names of a pattern, trimmed; empty entries are left out. `*` stands for every name.
 *
 * ```ts
 * import { patternEntries } from "./event_pattern.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(patternEntries("a, B"), ["a", "B"]);
 * ```
 */
export function patternEntries(pattern: string): string[] {
  return pattern.split(",").map((entry) => entry.trim()).filter((entry) => entry !== "");
}

/** The defect of a pattern with its fix, or `undefined`: a wildcard inside a name is portable nowhere. */
export function userEventPatternDefect(pattern: string): string | undefined {
  for (const entry of patternEntries(pattern)) {
    if (entry !== "*" && /[*?\\]/.test(entry)) {
      return `${
        quoteValue(entry)
      } has a wildcard inside a name; give "*" for every event, or whole names between commas`;
    }
  }
  return undefined;
}

/** Entries that no event can ever be called. */
export function impossibleEvents(pattern: string): string[] {
  return patternEntries(pattern).filter((entry) => entry !== "*" && !isEventName(entry));
}
