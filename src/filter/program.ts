/**
 * A filter made ready to run: steps in the order of their dependencies, each a plain operation on the results of earlier
 * ones. Equal subexpressions are one step, constants are worked out beforehand, and nothing is skipped: both sides of
 * `and` and `or` count, so the first value of a wrong type ends the run.
 */
import type { Filter, FilterSubject } from "./subject.ts";
import { apply, MISTYPED, type OperationName, type Value } from "./operations.ts";

/** A subexpression: its operation, the steps it builds on, and its value for the connection looked at last. */
export interface Step {
  readonly id: number;
  /** `undefined` on constants: their value holds for every connection. */
  readonly operation: OperationName | undefined;
  /** The operands; a constant, for want of any, points to itself. */
  a: Step;
  b: Step;
  c: Step;
  value: Value;
  /** About how long the value is, in UTF-16 units; 0 unless it is a string. */
  readonly length: number;
  /** Whether the value contains constant characters other than ASCII. */
  readonly wide: boolean;
}

/** A compiled filter. It keeps the values of its last run, so one run has to end before the next begins. */
export class Program implements Filter {
  readonly #steps: readonly Step[];
  readonly #result: Step;

  /** `steps` are those that depend on the connection, operands before the steps that use them. */
  constructor(steps: readonly Step[], result: Step) {
    this.#steps = steps;
    this.#result = result;
  }

  matches(subject: FilterSubject): boolean {
    for (const step of this.#steps) {
      const value = step.apply(subject, step.a.value, step.b.value, step.c.value);
      if (value === MISTYPED) return false;
      step.value = value;
    }
    return this.#result.value === true;
  }
}
