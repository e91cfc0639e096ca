/**
 * What each operation of a filter does with values, and what it may cost. One null needs no second look; a value of a
 * wrong type gives {@linkcode MISTYPED}, never an exception: the whole filter then does not match.
 */
import type { FilterSubject } from "./subject.ts";
import { lowerCased, trimmed, upperCased } from "./characters.ts";
import type { FunctionName } from "./functions.ts";
import type { BinaryOperator, Scalar } from "./tree.ts";

/** Stands for the groups of the connection at hand. */
export const GROUPS: unique symbol = Symbol("groups");

/** The answer of an operation that was given values of a wrong type. */
export const MISTYPED: unique symbol = Symbol("mistyped");

/** What an expression can be: a scalar, the connection's groups, or a list of constants. */
export type Value = Scalar | typeof GROUPS | ReadonlySet<Value>;

/** Unused operands are null. */
export type Apply = (
  subject: FilterSubject,
  a: Value,
  b: Value,
  c: Value,
) => Value | typeof MISTYPED;

/** An operation and its price, in nanoseconds on a slow core: bounds for admission, rather too high than too low. */
export interface Operation {
  readonly apply: Apply;
  readonly price: Price;
}

/** What a run of an operation may cost. */
interface Price {
  /** Each run. */
  readonly run: number;
  /** Each UTF-16 unit of the first two operands, besides. */
  readonly unit: number;
  /** The same where a constant with other than ASCII characters is part of them. */
  readonly wideUnit: number;
}

/** Names of all operations: operators, functions and properties. */
export type OperationName =
  | BinaryOperator
  | FunctionName
  | PropertyName
  | "not"
  | "in";

/** Properties of a connection, in lower case: they are written in any letter case. */
export type PropertyName = "connectionid" | "userid" | "protocol" | "groups";

/** Tells whether a word in lower case names a property: the operation that looks at the connection itself. */
export function isProperty(name: string): name is PropertyName {
  return name === "connectionid" || name === "userid" || name === "protocol" || name === "groups";
}

const SIMPLE: Price = { run: 10, unit: 0, wideUnit: 0 };
const MEMBERSHIP: Price = { run: 40, unit: 0, wideUnit: 0 };
const ANCHORED: Price = { run: 30, unit: 0, wideUnit: 0 };
const SEARCH: Price = { run: 30, unit: 0.2, wideUnit: 0.4 };
const CASE: Price = { run: 60, unit: 1, wideUnit: 20 };

/** All operations. */
export const OPERATIONS: Readonly<Record<OperationName, Operation>> = {
  connectionid: { apply: (subject) => subject.connectionId, price: SIMPLE },
  userid: { apply: (subject) => subject.userId ?? null, price: SIMPLE },
  protocol: { apply: (subject) => subject.subprotocol ?? null, price: SIMPLE },
  groups: { apply: () => GROUPS, price: SIMPLE },
  or: {
    apply: (_, a, b) => typeof a === "boolean" && typeof b === "boolean" ? a || b : MISTYPED,
    price: SIMPLE,
  },
  and: {
    apply: (_, a, b) => typeof a === "boolean" && typeof b === "boolean" ? a && b : MISTYPED,
    price: SIMPLE,
  },
  not: { apply: (_, a) => typeof a === "boolean" ? !a : MISTYPED, price: SIMPLE },
  eq: { apply: (_, a, b) => a === b, price: SIMPLE },
  ne: { apply: (_, a, b) => a !== b, price: SIMPLE },
  gt: {
    apply: (_, a, b) => typeof a === "number" && typeof b === "number" ? a > b : unordered(a, b),
    price: SIMPLE,
  },
  ge: {
    apply: (_, a, b) => typeof a === "number" && typeof b === "number" ? a >= b : unordered(a, b),
    price: SIMPLE,
  },
  lt: {
    apply: (_, a, b) => typeof a === "number" && typeof b === "number" ? a < b : unordered(a, b),
    price: SIMPLE,
  },
  le: {
    apply: (_, a, b) => typeof a === "number" && typeof b === "number" ? a <= b : unordered(a, b),
    price: SIMPLE,
  },
  in: {
    apply: (subject, a, b) => {
      if (b === GROUPS) return typeof a === "string" && subject.isInGroup(a);
      return b instanceof Set ? b.has(a) : MISTYPED;
    },
    price: MEMBERSHIP,
  },
  "tolower/1": {
    apply: (_, a) => typeof a === "string" ? lowerCased(a) : nullOnly(a),
    price: CASE,
  },
  "toupper/1": {
    apply: (_, a) => typeof a === "string" ? upperCased(a) : nullOnly(a),
    price: CASE,
  },
  "trim/1": { apply: (_, a) => typeof a === "string" ? trimmed(a) : nullOnly(a), price: SEARCH },
  "length/1": {
    apply: (subject, a) => {
      if (typeof a === "string") return a.length;
      return a === GROUPS ? subject.groupCount : nullOnly(a);
    },
    price: MEMBERSHIP,
  },
  "concat/2": {
    apply: (_, a, b) => {
      if (typeof a === "string") {
        if (typeof b === "string") return a + b;
        return b === null ? a : MISTYPED;
      }
      return a === null && (b === null || typeof b === "string") ? b : MISTYPED;
    },
    price: SEARCH,
  },
  "substring/2": {
    apply: (_, a, b) => {
      if (typeof b !== "number") return MISTYPED;
      if (typeof a !== "string") return nullOnly(a);
      return b < 0 || b > a.length ? null : a.slice(b);
    },
    price: ANCHORED,
  },
  "substring/3": {
    apply: (_, a, b, c) => {
      if (typeof b !== "number" || typeof c !== "number") return MISTYPED;
      if (typeof a !== "string") return nullOnly(a);
      return b < 0 || b > a.length || c < 0 || c > a.length - b ? null : a.slice(b, b + c);
    },
    price: ANCHORED,
  },
  "startswith/2": {
    apply: (_, a, b) =>
      typeof a === "string" && typeof b === "string" ? a.startsWith(b) : oneNull(a, b, false),
    price: ANCHORED,
  },
  "endswith/2": {
    apply: (_, a, b) =>
      typeof a === "string" && typeof b === "string" ? a.endsWith(b) : oneNull(a, b, false),
    price: ANCHORED,
  },
  "contains/2": {
    apply: (_, a, b) =>
      typeof a === "string" && typeof b === "string" ? a.includes(b) : oneNull(a, b, false),
    price: SEARCH,
  },
  "indexof/2": {
    apply: (_, a, b) =>
      typeof a === "string" && typeof b === "string" ? a.indexOf(b) : oneNull(a, b, -1),
    price: SEARCH,
  },
};

function unordered(a: Value, b: Value): false | typeof MISTYPED {
  return a === null || b === null ? false : MISTYPED;
}

function nullOnly(a: Value): null | typeof MISTYPED {
  return a === null ? null : MISTYPED;
}

function oneNull<T extends Value>(a: Value, b: Value, answer: T): T | typeof MISTYPED {
  return a === null || b === null ? answer : MISTYPED;
}
