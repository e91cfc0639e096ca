/**
 * What can be wrong with a configuration, and how it is said: the key, where its value came from, the value's defect
 * and the fix, in one line.
 */
import { MAX_QUOTED_VALUE_LENGTH } from "../limits.ts";

/** One thing that is wrong with the configuration. */
export interface ConfigProblem {
  /** Path of the setting as its author wrote it, such as `hubs.chat.eventHandlers[0].urlTemplate`. */
  readonly key: string;
  /** Where the value came from: a flag, an environment variable or a file; `undefined` for options given in code. */
  readonly source: string | undefined;
  /** The value's defect, then the fix. Holds no secret. */
  readonly reason: string;
}

/** One key of a path: the name of a member or the index of an item. */
export type PathKey = string | number;

/** Thrown where a configuration is given in code. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map(describeProblem).join("\n"));
    this.problems = problems;
  }
}

/**
 * A problem as one line.
 *
 * ```ts
 * import { describeProblem } from "./problem.ts";
 * import assert from "node:assert/strict";
 * assert.equal(
 *   describeProblem({ key: "port", source: "HUBBUB_PORT", reason: '"abc" is not a number; give an integer' }),
 *   'port (from HUBBUB_PORT): "abc" is not a number; give an integer',
 * );
 * ```
 */
export function describeProblem(problem: ConfigProblem): string {
  const from = problem.source === undefined ? "" : ` (from ${problem.source})`;
  return `${problem.key}${from}: ${problem.reason}`;
}

/** A path in the usual notation: `hubs.chat.eventHandlers[0]`, `hubs["*"]`. */
export function pathText(path: readonly PathKey[]): string {
  let text = "";
  for (const key of path) {
    if (typeof key === "number") text += `[${key}]`;
    else if (!/^[A-Za-z_$][\w$]*$/.test(key)) text += `[${JSON.stringify(key)}]`;
    else text += text === "" ? key : `.${key}`;
  }
  return text;
}

/** A value in a message: quoted, shortened, an object only by its kind, a URL without user info and query. */
export function quoteValue(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  if (typeof value !== "string") return String(value);
  const open = value.includes("://")
    ? value.replace(/(:\/\/)[^/?#]*@/, "$1***@").replace(/\?.*$/s, "?***")
    : value;
  const short = open.length > MAX_QUOTED_VALUE_LENGTH
    ? `${open.slice(0, MAX_QUOTED_VALUE_LENGTH)}...`
    : open;
  return JSON.stringify(short);
}

/** What a value is, for "wrong type" messages. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  if (typeof value === "string") return "a string";
  if (typeof value === "boolean") return "a boolean";
  return `a ${typeof value}`;
}
