/**
 * A second reading of the filter rules, to be compared with the product: it walks the tree for every connection, carries
 * types beside values, and throws at the first type error. Slow and plain.
 */
import type { ListNode, Node, Scalar } from "../../src/filter/tree.ts";
import type { Person } from "./people.ts";

/** A type error, or something that filters do not have. */
class Wrong extends Error {}

type Type = "null" | "bool" | "int" | "string" | "collection";

interface Typed {
  readonly type: Type;
  readonly value: Scalar | readonly string[];
}

interface World {
  readonly person: Person;
  /** The service validates on a stand-in on which `substring` is always `''`. */
  readonly judging: boolean;
}

/** The connection by which filters are judged: no user, but its user id is of type string. */
const STAND_IN: Person = { connectionId: "", userId: null, protocol: null, groups: [] };

/** Whether the service would accept `tree`. */
export function isValid(tree: Node): boolean {
  return wholeBool(tree, { person: STAND_IN, judging: true }) !== undefined;
}

/** Whether `tree`, a valid filter, lets `person` in. */
export function lets(tree: Node, person: Person): boolean {
  return wholeBool(tree, { person, judging: false }) ?? false;
}

function wholeBool(tree: Node, world: World): boolean | undefined {
  try {
    return bool(evaluate(tree, world));
  } catch (error) {
    if (error instanceof Wrong) return undefined;
    throw error;
  }
}

function evaluate(node: Node, world: World): Typed {
  if (node.kind === "literal") return typed(node.value);
  if (node.kind === "identifier") return property(node.name, world.person);
  if (node.kind === "not") return typed(!bool(evaluate(node.operand, world)));
  if (node.kind === "in") return typed(isAmong(evaluate(node.left, world), node.right, world));
  if (node.kind === "call") {
    return call(node.name, node.args.map((argument) => evaluate(argument, world)), world);
  }
  if (node.kind !== "binary") throw new Wrong(node.kind);
  const left = evaluate(node.left, world);
  const right = evaluate(node.right, world);
  if (node.operator === "and") return typed([bool(left), bool(right)].every(Boolean));
  if (node.operator === "or") return typed([bool(left), bool(right)].some(Boolean));
  if (node.operator === "eq") return typed(left.value === right.value);
  if (node.operator === "ne") return typed(left.value !== right.value);
  if (left.type === "null" || right.type === "null") return typed(false);
  const difference = Math.sign(int(left) - int(right));
  return typed({ lt: [-1], le: [-1, 0], gt: [1], ge: [0, 1] }[node.operator].includes(difference));
}

function property(name: string, person: Person): Typed {
  if (/^userid$/i.test(name)) return { type: "string", value: person.userId };
  if (/^protocol$/i.test(name)) return { type: "string", value: person.protocol };
  if (/^connectionid$/i.test(name)) return { type: "string", value: person.connectionId };
  if (/^groups$/i.test(name)) return { type: "collection", value: person.groups };
  throw new Wrong(name);
}

function isAmong(left: Typed, right: Node | ListNode, world: World): boolean {
  if (right.kind === "list") {
    const items = right.items.map((item) => evaluate(item, world));
    return items.findIndex((item) => item.value === left.value) >= 0;
  }
  const { value } = evaluate(right, world);
  if (!Array.isArray(value)) throw new Wrong("in");
  return value.indexOf(left.value) >= 0;
}

const ARGUMENTS: Readonly<Record<string, readonly number[]>> = {
  tolower: [1],
  toupper: [1],
  trim: [1],
  length: [1],
  concat: [2],
  startswith: [2],
  endswith: [2],
  contains: [2],
  indexof: [2],
  substring: [2, 3],
};

function call(name: string, args: readonly Typed[], world: World): Typed {
  if (!ARGUMENTS[name]?.includes(args.length)) throw new Wrong(name);
  const [first = typed(null), second = typed(null), third] = args;
  const given = args.map((argument) => argument.value);
  if (name === "substring") {
    const start = int(second);
    const count = third === undefined ? undefined : int(third);
    if (first.value === null) return typed(null);
    const text = string(first);
    if (world.judging) return typed("");
    const end = count === undefined ? text.length : start + count;
    return start >= 0 && start <= text.length && end >= start && end <= text.length
      ? typed([...Array(end - start).keys()].map((index) => text[start + index]).join(""))
      : typed(null);
  }
  if (name === "concat") {
    if (given.every((value) => value === null)) return typed(null);
    return typed(args.map((argument) => argument.value === null ? "" : string(argument)).join(""));
  }
  if (given.includes(null)) {
    return typed(name === "indexof" ? -1 : args.length === 2 ? false : null);
  }
  if (name === "length" && Array.isArray(first.value)) return typed(first.value.length);
  const text = string(first);
  if (name === "length") return typed(text.length);
  if (name === "tolower") return typed(recased(text, (character) => character.toLowerCase()));
  if (name === "toupper") return typed(recased(text, (character) => character.toUpperCase()));
  if (name === "trim") {
    return typed(text.replace(/^(?:[^\S\ufeff]|\u0085)+|(?:[^\S\ufeff]|\u0085)+$/g, ""));
  }
  const part = string(second);
  if (name === "indexof") return typed(found(text, part));
  if (name === "contains") return typed(found(text, part) >= 0);
  if (name === "startswith") return typed(text.slice(0, part.length) === part);
  return typed(text.length >= part.length && text.slice(text.length - part.length) === part);
}

/** Every position is tried. */
function found(text: string, part: string): number {
  for (let at = 0; at + part.length <= text.length; at++) {
    if (text.slice(at, at + part.length) === part) return at;
  }
  return -1;
}

/** Case of one character never depends on others and never makes several of it. */
function recased(text: string, recase: (character: string) => string): string {
  return Array.from(text, (character) => {
    const other = recase(character);
    return other.length === character.length && character !== "ı" ? other : character;
  }).join("");
}

function typed(value: Scalar): Typed {
  const types = { boolean: "bool", number: "int", string: "string", object: "null" } as const;
  return { type: types[typeof value as keyof typeof types], value };
}

function bool({ value }: Typed): boolean {
  if (typeof value !== "boolean") throw new Wrong("bool");
  return value;
}

function int({ value }: Typed): number {
  if (typeof value !== "number") throw new Wrong("int");
  return value;
}

function string({ value }: Typed): string {
  if (typeof value !== "string") throw new Wrong("string");
  return value;
}
