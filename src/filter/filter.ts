/**
 * OData filters: which connections a REST call concerns. The door of this folder.
 *
 * Source: the service's reference of the OData filter syntax, and the official emulator, whose messages these are.
 */
import { MAX_FILTER_LENGTH } from "../limits.ts";
import { check } from "./check.ts";
import { compile } from "./compile.ts";
import { faultMessage, FilterFault } from "./fault.ts";
import { parse } from "./parser.ts";
import type { Filter } from "./subject.ts";

export type { Filter, FilterSubject } from "./subject.ts";

/** A filter, or why there is none. */
export type FilterResult =
  | { readonly ok: true; readonly filter: Filter }
  | {
    readonly ok: false;
    /** The whole text of the service: "Invalid syntax for ...". */
    readonly message: string;
    /** Index into the filter in UTF-16 units, where the failure has one. */
    readonly position: number | undefined;
  };

/** How much of a filter beyond all bounds is given back in its message, in UTF-16 units. */
const EXCERPT_LENGTH = 100;

/**
 * Reads, judges and compiles a filter. It does not depend on any connection, never throws, and takes well under a
 * millisecond whatever the source. An empty or blank source is a failure: what it means is the caller's to say.
 *
 * ```ts
 * import { parseFilter } from "./filter.ts";
 * import assert from "node:assert/strict";
 * const result = parseFilter("'ops' in groups and not startswith(userId, 'bot-')");
 * assert.ok(result.ok);
 * const kim = { connectionId: "c1", userId: "kim", subprotocol: undefined, groupCount: 1, isInGroup: (group: string) => group === "ops" };
 * assert.equal(result.filter.matches(kim), true);
 * ```
 */
export function parseFilter(source: string): FilterResult {
  try {
    if (source.length > MAX_FILTER_LENGTH) throw tooLong(source);
    const tree = parse(source);
    check(tree);
    return { ok: true, filter: compile(tree) };
  } catch (error) {
    if (!(error instanceof FilterFault)) throw error;
    const message = faultMessage(error.expression ?? source, error.message);
    return { ok: false, message, position: error.position };
  }
}

function tooLong(source: string): FilterFault {
  const detail = `The filter has ${source.length} characters, allowed are ${MAX_FILTER_LENGTH}.`;
  return new FilterFault(detail, `${source.slice(0, EXCERPT_LENGTH)}...`, MAX_FILTER_LENGTH);
}
