/**
 * What the target of a handshake (path and query, as sent) says: readers that the endpoints of all client languages
 * share.
 */

/** Query parameters in order of appearance, decoded, names as written. */
export type Parameters = readonly (readonly [name: string, value: string])[];

/** Which hub a client wants, and with what. */
export interface ClientTarget {
  /** As written, not yet validated; `undefined` when there is none. */
  readonly hub: string | undefined;
  readonly parameters: Parameters;
}

/**
 * Takes a raw target apart.
 *
 * ```ts
 * import { splitTarget } from "./client_target.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(splitTarget("/a?x=%20"), { path: "/a", parameters: [["x", " "]] });
 * ```
 */
export function splitTarget(target: string): { path: string; parameters: Parameters } {
  const mark = target.indexOf("?");
  if (mark < 0) return { path: target, parameters: [] };
  return {
    path: target.slice(0, mark),
    parameters: [...new URLSearchParams(target.slice(mark + 1))],
  };
}

/** The first value of a parameter, whatever the case of its name. */
export function first(parameters: Parameters, name: string): string | undefined {
  return all(parameters, name)[0];
}

/** The last value of a parameter, whatever the case of its name. */
export function last(parameters: Parameters, name: string): string | undefined {
  return all(parameters, name).at(-1);
}

/** All values of a parameter, whatever the case of its name. */
export function all(parameters: Parameters, name: string): string[] {
  const wanted = name.toLowerCase();
  return parameters.filter(([key]) => key.toLowerCase() === wanted).map(([, value]) => value);
}

/** A segment of a path, decoded; `undefined` for what is no percent-encoded UTF-8. */
export function decodeSegment(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
