/**
 * Random filters: trees that are mostly, but not always, of the right types, and how they may be written.
 */
import fc from "fast-check";
import type { BinaryOperator, ListNode, Node, Scalar } from "../../src/filter/tree.ts";
import type { Person } from "./people.ts";

/** Few strings, so that connections and literals often agree; all of them trip up something. */
const TEXTS = [
  "",
  "a",
  "ab",
  "AB",
  " ab\u0085",
  "O'Brien",
  "''",
  "(",
  ",",
  "Ä",
  "ß",
  "Σς",
  "İı",
  "😀a",
];

const literal = (value: Scalar): Node => ({ kind: "literal", value });
const call = (name: string, ...args: Node[]): Node => ({ kind: "call", name, args });
const binary = (operator: BinaryOperator, left: Node, right: Node): Node => ({
  kind: "binary",
  operator,
  left,
  right,
});

/** A connection. */
export const person: fc.Arbitrary<Person> = fc.record({
  connectionId: fc.constantFrom("c", ...TEXTS.slice(1)),
  userId: fc.option(fc.constantFrom(...TEXTS.slice(1)), { freq: 3 }),
  protocol: fc.option(fc.constantFrom("ab", "json.webpubsub.azure.v1")),
  groups: fc.uniqueArray(fc.constantFrom(...TEXTS.slice(1)), { maxLength: 4 }),
});

/** An expression that is meant to be a filter. */
export const filterTree: fc.Arbitrary<Node> =
  fc.letrec<Record<"bool" | "int" | "text" | "any", Node>>((tie) => {
    const sloppy = (name: "bool" | "int" | "text"): fc.Arbitrary<Node> =>
      fc.oneof({ weight: 15, arbitrary: tie(name) }, { weight: 1, arbitrary: tie("any") });
    const bool = sloppy("bool");
    const int = sloppy("int");
    const text = sloppy("text");
    const any = tie("any");
    const name = (...names: string[]): fc.Arbitrary<Node> =>
      fc.constantFrom(...names).map((word): Node => ({ kind: "identifier", name: word }));
    const operator = (...operators: BinaryOperator[]): fc.Arbitrary<BinaryOperator> =>
      fc.constantFrom(...operators);
    const list = fc.array(any, { maxLength: 4 }).map((items): ListNode => ({
      kind: "list",
      items,
      text: "",
    }));
    const limits = { maxDepth: 5, withCrossShrink: true };
    return {
      bool: fc.oneof(
        limits,
        fc.boolean().map(literal),
        fc.tuple(operator("and", "or"), bool, bool).map(([op, a, b]) => binary(op, a, b)),
        fc.tuple(operator("eq", "ne"), any, any).map(([op, a, b]) => binary(op, a, b)),
        fc.tuple(operator("eq", "ne"), text, text).map(([op, a, b]) => binary(op, a, b)),
        fc.tuple(operator("lt", "le", "gt", "ge"), int, int).map(([op, a, b]) => binary(op, a, b)),
        bool.map((operand): Node => ({ kind: "not", operand })),
        fc.tuple(any, list).map(([left, right]): Node => ({ kind: "in", left, right })),
        fc.tuple(text, name("groups")).map(([left, right]): Node => ({ kind: "in", left, right })),
        fc.tuple(fc.constantFrom("startswith", "endswith", "contains"), text, text)
          .map(([word, a, b]) => call(word, a, b)),
      ),
      int: fc.oneof(
        limits,
        fc.constantFrom(-2147483648, -1, 0, 1, 2, 2147483647).map(literal),
        text.map((a) => call("length", a)),
        name("groups").map((a) => call("length", a)),
        fc.tuple(text, text).map(([a, b]) => call("indexof", a, b)),
      ),
      text: fc.oneof(
        limits,
        fc.constantFrom(...TEXTS).map(literal),
        name("userId", "USERID", "connectionId", "protocol"),
        fc.tuple(fc.constantFrom("tolower", "toupper", "trim"), text).map(([word, a]) =>
          call(word, a)
        ),
        fc.tuple(text, text).map(([a, b]) => call("concat", a, b)),
        fc.tuple(text, int).map(([a, b]) => call("substring", a, b)),
        fc.tuple(text, int, int).map(([a, b, c]) => call("substring", a, b, c)),
      ),
      any: fc.oneof(
        limits,
        fc.constant(literal(null)),
        tie("text"),
        tie("int"),
        tie("bool"),
        name("groups", "Groups", "ab"),
        fc.tuple(fc.constantFrom("trim", "length", "nothing"), fc.array(any, { maxLength: 3 }))
          .map(([word, args]) => call(word, ...args)),
      ),
    };
  }).bool;

/** Writes `tree` as a filter. `choose` tells which of some ways to write a part is taken. */
export function write(tree: Node | ListNode, choose: (ways: readonly string[]) => string): string {
  const gap = (): string => choose(["", "", " ", "\t", "\r\n "]);
  const space = (): string => choose([" ", " ", "  ", "\n"]);
  const operand = (node: Node): string => `(${gap()}${write(node, choose)}${gap()})`;
  switch (tree.kind) {
    case "literal":
      if (typeof tree.value === "string") return `'${tree.value.replaceAll("'", "''")}'`;
      if (typeof tree.value === "number" && tree.value >= 0) return choose(["", "+"]) + tree.value;
      return String(tree.value);
    case "identifier":
      return tree.name;
    case "not":
      return `not${choose(["", " "])}${operand(tree.operand)}`;
    case "binary":
      return `${operand(tree.left)}${gap()}${tree.operator}${space()}${operand(tree.right)}`;
    case "in": {
      const left = `${operand(tree.left)}${gap()}in${space()}`;
      return left + write(tree.right, choose);
    }
    case "list":
      return `(${
        tree.items.map((item) => gap() + write(item, choose)).join(choose([",", ",,", " ,"]))
      })`;
    case "call":
      return `${tree.name}${gap()}(${
        tree.args.map((item) => write(item, choose) + gap()).join(",")
      })`;
    default:
      throw new Error(`Cannot write a "${tree.kind}"`);
  }
}
