/**
 * A filter made ready to run: steps in the order of their dependencies, each an operation on the results of earlier
 * ones. Equal subexpressions are one step, constants are worked out beforehand, and nothing is skipped: both sides of
 * `and` and `or` count, so the first value of a wrong type ends the run.
 */
import { lowerCased, trimmed, upperCased } from "./characters.ts";
import {
  concat,
  GROUPS,
  ifNull,
  MISTYPED,
  nullOnly,
  type OperationName,
  substring,
  type Value,
} from "./operations.ts";
import type { Filter, FilterSubject } from "./subject.ts";

/** Holds the value of one subexpression: a constant, or what its step found for the connection looked at last. */
export class Cell {
  value: Value;

  constructor(value: Value) {
    this.value = value;
  }
}

/** The operations as numbers: a switch over numbers is a jump, one over names is a search. */
const enum Code {
  Or,
  And,
  Equal,
  Unequal,
  Greater,
  GreaterOrEqual,
  Less,
  LessOrEqual,
  In,
  Not,
  UserId,
  ConnectionId,
  Protocol,
  Groups,
  Length,
  StartsWith,
  EndsWith,
  Contains,
  IndexOf,
  ToLower,
  ToUpper,
  Trim,
  Concat,
  SubstringFrom,
  SubstringOf,
}

const CODES: Readonly<Record<OperationName, Code>> = {
  or: Code.Or,
  and: Code.And,
  eq: Code.Equal,
  ne: Code.Unequal,
  gt: Code.Greater,
  ge: Code.GreaterOrEqual,
  lt: Code.Less,
  le: Code.LessOrEqual,
  in: Code.In,
  not: Code.Not,
  userid: Code.UserId,
  connectionid: Code.ConnectionId,
  protocol: Code.Protocol,
  groups: Code.Groups,
  "length/1": Code.Length,
  "startswith/2": Code.StartsWith,
  "endswith/2": Code.EndsWith,
  "contains/2": Code.Contains,
  "indexof/2": Code.IndexOf,
  "tolower/1": Code.ToLower,
  "toupper/1": Code.ToUpper,
  "trim/1": Code.Trim,
  "concat/2": Code.Concat,
  "substring/2": Code.SubstringFrom,
  "substring/3": Code.SubstringOf,
};

/**
 * An operation, the cells it reads and the one it fills. `and` and `or` read any number of cells, all others up to
 * three.
 */
export class Step {
  readonly code: Code;
  readonly a: Cell;
  readonly b: Cell;
  readonly c: Cell;
  readonly items: readonly Cell[];
  readonly result = new Cell(null);

  constructor(operation: OperationName, a: Cell, b: Cell, c: Cell, items: readonly Cell[]) {
    this.code = CODES[operation];
    this.a = a;
    this.b = b;
    this.c = c;
    this.items = items;
  }
}

/**
 * Runs steps in order and fills their cells. False when a value has the wrong type for its place: the rest is not run.
 *
 * The operators stand in the loop, because a call for each of them takes as long as all the rest (bench/filter.ts).
 */
export function run(steps: readonly Step[], subject: FilterSubject): boolean {
  for (const step of steps) {
    const a = step.a.value;
    const b = step.b.value;
    let value: Value | typeof MISTYPED;
    switch (step.code) {
      case Code.Or:
        value = join(step.items, true);
        break;
      case Code.And:
        value = join(step.items, false);
        break;
      case Code.Equal:
        value = a === b;
        break;
      case Code.Unequal:
        value = a !== b;
        break;
      case Code.In:
        if (b === GROUPS) value = typeof a === "string" && subject.isInGroup(a);
        else value = b instanceof Set ? b.has(a) : MISTYPED;
        break;
      case Code.Not:
        value = typeof a === "boolean" ? !a : MISTYPED;
        break;
      case Code.Greater:
        value = typeof a === "number" && typeof b === "number" ? a > b : ifNull(a, b, false);
        break;
      case Code.GreaterOrEqual:
        value = typeof a === "number" && typeof b === "number" ? a >= b : ifNull(a, b, false);
        break;
      case Code.Less:
        value = typeof a === "number" && typeof b === "number" ? a < b : ifNull(a, b, false);
        break;
      case Code.LessOrEqual:
        value = typeof a === "number" && typeof b === "number" ? a <= b : ifNull(a, b, false);
        break;
      case Code.UserId:
        value = subject.userId ?? null;
        break;
      case Code.ConnectionId:
        value = subject.connectionId;
        break;
      case Code.Protocol:
        value = subject.subprotocol ?? null;
        break;
      case Code.Groups:
        value = GROUPS;
        break;
      case Code.Length:
        if (a === GROUPS) value = subject.groupCount;
        else value = typeof a === "string" ? a.length : nullOnly(a);
        break;
      case Code.StartsWith:
        value = typeof a === "string" && typeof b === "string"
          ? a.startsWith(b)
          : ifNull(a, b, false);
        break;
      case Code.EndsWith:
        value = typeof a === "string" && typeof b === "string"
          ? a.endsWith(b)
          : ifNull(a, b, false);
        break;
      case Code.Contains:
        value = typeof a === "string" && typeof b === "string"
          ? a.includes(b)
          : ifNull(a, b, false);
        break;
      case Code.IndexOf:
        value = typeof a === "string" && typeof b === "string" ? a.indexOf(b) : ifNull(a, b, -1);
        break;
      case Code.ToLower:
        value = typeof a === "string" ? lowerCased(a) : nullOnly(a);
        break;
      case Code.ToUpper:
        value = typeof a === "string" ? upperCased(a) : nullOnly(a);
        break;
      case Code.Trim:
        value = typeof a === "string" ? trimmed(a) : nullOnly(a);
        break;
      case Code.Concat:
        value = concat(a, b);
        break;
      case Code.SubstringFrom:
        value = typeof b === "number" ? substring(a, b, undefined) : MISTYPED;
        break;
      case Code.SubstringOf: {
        const c = step.c.value;
        value = typeof b === "number" && typeof c === "number" ? substring(a, b, c) : MISTYPED;
        break;
      }
    }
    if (value === MISTYPED) return false;
    step.result.value = value;
  }
  return true;
}

/** `decisive` if one of the values is it, else the opposite; all are looked at, because all have to be bool. */
function join(items: readonly Cell[], decisive: boolean): boolean | typeof MISTYPED {
  let result = !decisive;
  for (const { value } of items) {
    if (value === decisive) result = decisive;
    else if (typeof value !== "boolean") return MISTYPED;
  }
  return result;
}

/** A compiled filter. It keeps the values of its last run, so one run has to end before the next begins. */
export class Program implements Filter {
  readonly #steps: readonly Step[];
  readonly #result: Cell;

  /** `steps` in an order in which every cell is filled before it is read. */
  constructor(steps: readonly Step[], result: Cell) {
    this.#steps = steps;
    this.#result = result;
  }

  matches(subject: FilterSubject): boolean {
    return run(this.#steps, subject) && this.#result.value === true;
  }
}
