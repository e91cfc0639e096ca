/**
 * Why a filter is refused. Thrown while a filter is read, caught at the door of this folder, nowhere else.
 */

/** A refusal in the words of the service. Its `message` is the detail, without the frame around it. */
export class FilterFault extends Error {
  override readonly name = "FilterFault";
  /** The failing expression printed anew; `undefined` stands for the filter as given. */
  readonly expression: string | undefined;
  /** Index into the filter in UTF-16 units, where the fault has one. */
  readonly position: number | undefined;

  constructor(detail: string, expression?: string, position?: number) {
    super(detail);
    this.expression = expression;
    this.position = position;
  }
}

/**
 * Frames a detail as the service does.
 *
 * ```ts
 * import { faultMessage } from "./fault.ts";
 * import assert from "node:assert/strict";
 * assert.equal(
 *   faultMessage("ab eq 1", "Token 'ab' is not supported."),
 *   "Invalid syntax for 'ab eq 1': Token 'ab' is not supported. (Parameter 'filter')",
 * );
 * ```
 */
export function faultMessage(expression: string, detail: string): string {
  return `Invalid syntax for '${expression}': ${detail} (Parameter 'filter')`;
}

/** A fault of grammar: `what` at `position`, in the words of Microsoft's OData library. */
export function syntaxFault(what: string, position: number, source: string): FilterFault {
  return new FilterFault(`${what} at position ${position} in '${source}'.`, undefined, position);
}
