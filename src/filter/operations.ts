/**
 * The values and operations of filters. A value of a wrong type gives
 * {@linkcode MISTYPED}, never an exception: the whole filter then does not match.
 */
import type { FunctionName } from "./functions.ts";
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

/** `concat`: a null side counts for nothing. */
export function concat(a: Value, b: Value): Value | typeof MISTYPED {
  if (typeof a === "string") {
    if (typeof b === "string") return a + b;
    return b === null ? a : MISTYPED;
  }
  return a === null && (b === null || typeof b === "string") ? b : MISTYPED;
}

/** `substring`: out of range is null, neither an error nor a shorter string. */
export function substring(
  a: Value,
  start: number,
  count: number | undefined,
): Value | typeof MISTYPED {
  if (typeof a !== "string") return nullOnly(a);
  if (start < 0 || start > a.length) return null;
  if (count === undefined) return a.slice(start);
  return count < 0 || count > a.length - start ? null : a.slice(start, start + count);
}

/** With a null among two operands, `answer`, whatever the other one is. */
export function ifNull<T extends Value>(a: Value, b: Value, answer: T): T | typeof MISTYPED {
  return a === null || b === null ? answer : MISTYPED;
}

/** Null, where nothing else can be done. */
export function nullOnly(a: Value): null | typeof MISTYPED {
  return a === null ? null : MISTYPED;
}
