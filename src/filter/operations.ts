/**
 * What each operation of a filter does with values. A value of a wrong type gives {@linkcode MISTYPED}, never an
 * exception: the whole filter then does not match.
 */
import { lowerCased, trimmed, upperCased } from "./characters.ts";
import type { FunctionName } from "./functions.ts";
import type { FilterSubject } from "./subject.ts";
import type { BinaryOperator, Scalar } from "./tree.ts";

/** Stands for the groups of the connection at hand. */
export const GROUPS: unique symbol = Symbol("groups");

/** The answer of an operation that was given values of a wrong type. */
export const MISTYPED: unique symbol = Symbol("mistyped");

/** What an expression can be: a scalar, the connection's groups, or a list of constants. */
export type Value = Scalar | typeof GROUPS | ReadonlySet<Value>;

/** Properties of a connection, in lower case: they are written in any letter case. */
export type PropertyName = "connectionid" | "userid" | "protocol" | "groups";

/** Names of all operations: operators, functions and properties. */
export type OperationName = BinaryOperator | FunctionName | PropertyName | "not" | "in";

/** Tells whether a word in lower case names a property: an operation that looks at the connection itself. */
export function isProperty(name: string): name is PropertyName {
  return name === "connectionid" || name === "userid" || name === "protocol" || name === "groups";
}

/**
 * The result of `operation` on its operands, unused ones being null.
 *
 * One switch over names, the frequent ones first: a table of functions takes five times as long, because no call of it
 * can be predicted or inlined (bench/filter.ts).
 */
export function apply(
  operation: OperationName,
  subject: FilterSubject,
  a: Value,
  b: Value,
  c: Value,
): Value | typeof MISTYPED {
  switch (operation) {
    case "or":
      return typeof a === "boolean" && typeof b === "boolean" ? a || b : MISTYPED;
    case "and":
      return typeof a === "boolean" && typeof b === "boolean" ? a && b : MISTYPED;
    case "eq":
      return a === b;
    case "ne":
      return a !== b;
    case "in":
      if (b === GROUPS) return typeof a === "string" && subject.isInGroup(a);
      return b instanceof Set ? b.has(a) : MISTYPED;
    case "not":
      return typeof a === "boolean" ? !a : MISTYPED;
    case "userid":
      return subject.userId ?? null;
    case "connectionid":
      return subject.connectionId;
    case "protocol":
      return subject.subprotocol ?? null;
    case "groups":
      return GROUPS;
    case "gt":
      return typeof a === "number" && typeof b === "number" ? a > b : ifNull(a, b, false);
    case "ge":
      return typeof a === "number" && typeof b === "number" ? a >= b : ifNull(a, b, false);
    case "lt":
      return typeof a === "number" && typeof b === "number" ? a < b : ifNull(a, b, false);
    case "le":
      return typeof a === "number" && typeof b === "number" ? a <= b : ifNull(a, b, false);
    default:
      return call(operation, subject, a, b, c);
  }
}

function call(
  name: FunctionName,
  subject: FilterSubject,
  a: Value,
  b: Value,
  c: Value,
): Value | typeof MISTYPED {
  switch (name) {
    case "startswith/2":
      return typeof a === "string" && typeof b === "string"
        ? a.startsWith(b)
        : ifNull(a, b, false);
    case "endswith/2":
      return typeof a === "string" && typeof b === "string" ? a.endsWith(b) : ifNull(a, b, false);
    case "contains/2":
      return typeof a === "string" && typeof b === "string" ? a.includes(b) : ifNull(a, b, false);
    case "indexof/2":
      return typeof a === "string" && typeof b === "string" ? a.indexOf(b) : ifNull(a, b, -1);
    case "length/1":
      if (a === GROUPS) return subject.groupCount;
      return typeof a === "string" ? a.length : nullOnly(a);
    case "tolower/1":
      return typeof a === "string" ? lowerCased(a) : nullOnly(a);
    case "toupper/1":
      return typeof a === "string" ? upperCased(a) : nullOnly(a);
    case "trim/1":
      return typeof a === "string" ? trimmed(a) : nullOnly(a);
    case "concat/2":
      return concat(a, b);
    case "substring/2":
      return typeof b === "number" ? substring(a, b, undefined) : MISTYPED;
    case "substring/3":
      return typeof b === "number" && typeof c === "number" ? substring(a, b, c) : MISTYPED;
  }
}

/** A null side counts for nothing. */
function concat(a: Value, b: Value): Value | typeof MISTYPED {
  if (typeof a === "string") {
    if (typeof b === "string") return a + b;
    return b === null ? a : MISTYPED;
  }
  return a === null && (b === null || typeof b === "string") ? b : MISTYPED;
}

/** Out of range is null, neither an error nor a shorter string. */
function substring(a: Value, start: number, count: number | undefined): Value | typeof MISTYPED {
  if (typeof a !== "string") return nullOnly(a);
  if (start < 0 || start > a.length) return null;
  if (count === undefined) return a.slice(start);
  return count < 0 || count > a.length - start ? null : a.slice(start, start + count);
}

/** With a null among two operands, `answer`, whatever the other one is. */
function unless<T extends Value>(a: Value, b: Value, answer: T): T | typeof MISTYPED {
  return a === null || b === null ? answer : MISTYPED;
}

function nullOnly(a: Value): null | typeof MISTYPED {
  return a === null ? null : MISTYPED;
}
