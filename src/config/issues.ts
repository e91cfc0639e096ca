/** Turns what the schema finds into problems: which key, what is wrong with the value, what to write instead. */
import type * as v from "valibot";
import { nearest } from "./nearest.ts";
import { kindOf, quoteValue } from "./problem.ts";
import type { PathKey } from "./problem.ts";
import { aboutAt } from "./setting.ts";
import type { About, UnknownKey } from "./setting.ts";

/** A problem before its place in the whole tree is known. */
export interface Finding {
  readonly path: readonly PathKey[];
  readonly reason: string;
}

/** What an issue of `schema` about `root` means. */
export function findingOf(
  schema: v.GenericSchema,
  root: unknown,
  issue: v.BaseIssue<unknown>,
): Finding {
  const path = (issue.path ?? []).map((item) => item.key as PathKey);
  const about = aboutAt(schema, root, path);
  if (issue.type === "raw_check") return { path, reason: issue.message };
  return { path, reason: `${defectOf(issue, about)}; give ${wantsOf(issue, about)}` };
}

/** What an unknown key means, with the name that was probably meant. */
export function findingOfUnknown({ path, name, known }: UnknownKey): Finding {
  const meant = nearest(name, known);
  return {
    path,
    reason: meant === undefined
      ? `is unknown; known here are ${known.map((one) => JSON.stringify(one)).join(", ")}`
      : `is unknown; did you mean ${JSON.stringify(meant)}?`,
  };
}

function defectOf(issue: v.BaseIssue<unknown>, about: Partial<About>): string {
  const input = issue.input;
  if (input === undefined) return "is missing";
  // Objects and lists are named only by their kind; a secret is not shown at all.
  const shown = about.secret === true || typeof input === "object" ? "" : `${quoteValue(input)} `;
  switch (issue.type) {
    case "integer":
      return `${shown}is not an integer`;
    case "min_value":
    case "max_value":
      return `${shown}is out of range`;
    case "min_length":
      return "is empty";
    case "picklist":
    case "variant": {
      // A variant that is no object at all has no choices yet.
      if (choicesOf(issue).length === 0 || typeof input !== "string") {
        return `${shown}is ${kindOf(input)}, not ${typeOf(issue)}`;
      }
      const meant = nearest(input, choicesOf(issue));
      return `${shown}is unknown${meant === undefined ? "" : `, ${JSON.stringify(meant)} is near`}`;
    }
    case "number":
      if (typeof input === "string" && (input.trim() === "" || Number.isNaN(Number(input)))) {
        return `${shown}is not a number`;
      }
      return `${shown}is ${kindOf(input)}, not a number`;
    case "boolean":
      return typeof input === "string"
        ? `${shown}is neither true nor false`
        : `${shown}is not a boolean`;
    default:
      return `${shown}is ${kindOf(input)}, not ${typeOf(issue)}`;
  }
}

/** The fix: as declared, else by type. */
function wantsOf(issue: v.BaseIssue<unknown>, about: Partial<About>): string {
  if (issue.type === "variant" || issue.type === "picklist") {
    const choices = choicesOf(issue).filter((choice) => choice !== "ManagedIdentity");
    if (choices.length > 0) return choices.map((choice) => JSON.stringify(choice)).join(", ");
  }
  // A wrong item of a list: the list's own words come next.
  return about.wants ?? typeOf(issue);
}

function choicesOf(issue: v.BaseIssue<unknown>): string[] {
  return [...(issue.expected ?? "").matchAll(/"([^"]+)"/g)].flatMap((match) => match[1] ?? []);
}

function typeOf(issue: v.BaseIssue<unknown>): string {
  switch (issue.type) {
    case "array":
      return "a list";
    case "string":
    case "picklist":
      return "a string";
    case "number":
    case "boolean":
      return `a ${issue.type}`;
    default:
      return "an object";
  }
}
