/** How a command ends, and how it says what was wrong with its input. */
import { describeProblem } from "../config/problem.ts";
import type { ConfigProblem } from "../config/problem.ts";

/** Exit codes: clean end, failure, bad usage or configuration. */
export const EXIT = { ok: 0, failure: 1, usage: 2 } as const;

/**
 * Problems as text for stderr: one line each.
 *
 * ```ts
 * import { problemText } from "./exit.ts";
 * import assert from "node:assert/strict";
 * assert.equal(
 *   problemText([{ key: "port", source: "--port", reason: '"x" is not a number; give an integer' }]),
 *   'hubbub: port (from --port): "x" is not a number; give an integer\n',
 * );
 * ```
 */
export function problemText(problems: readonly ConfigProblem[]): string {
  return problems.map((problem) => `hubbub: ${describeProblem(problem)}\n`).join("");
}
