/**
 * Where the HTTP of the native transport, the runtime's own, does not do what the table of cases asks for. What is not
 * listed here has to be right; what is listed has to be wrong in just this way.
 */
import type { HttpCase, HttpOutcome } from "./http_cases.ts";

/** One rule that the native transport does not keep. */
export interface HttpDifference {
  readonly rule: string;
  /** Why it is otherwise here. */
  readonly reason: string;
  /** What comes of the cases that show it, by name. */
  readonly cases: Readonly<Record<string, HttpOutcome>>;
}

/** The differences. */
export const HTTP_NATIVE_DIFFERENCES: readonly HttpDifference[] = [];

/** What comes of a case on the native transport, where that is not what the table says. */
export function nativeHttpOutcome({ name }: HttpCase): HttpOutcome | undefined {
  return HTTP_NATIVE_DIFFERENCES.find(({ cases }) => Object.hasOwn(cases, name))?.cases[name];
}
