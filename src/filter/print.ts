/**
 * Prints an expression anew, as the service does in its messages. The text is for people: it is not always a filter.
 */
import type { ListNode, Node, Scalar } from "./tree.ts";

/**
 * `node` as the service prints it: operands that are operations in parentheses, arguments joined by a bare comma, strings
 * without doubled quotes, `True` and `False`.
 *
 * ```ts
 * import { print } from "./print.ts";
 * import { parse } from "./parser.ts";
 * import assert from "node:assert/strict";
 * assert.equal(print(parse("not ( true or  trim( 'O''Brien' ) eq null)")), "not (True or (trim('O'Brien') eq null))");
 * ```
 */
export function print(node: Node | ListNode): string {
  switch (node.kind) {
    case "literal":
      return printScalar(node.value);
    case "foreign":
    case "list":
      return node.text;
    case "identifier":
      return node.name;
    case "not":
      return `not ${operand(node.operand)}`;
    case "binary":
      return `${operand(node.left)} ${node.operator} ${operand(node.right)}`;
    case "in":
      return `${operand(node.left)} in ${operand(node.right)}`;
    case "call":
      return `${node.name}(${node.args.map(print).join(",")})`;
    case "alien":
      return node.operands.length === 1
        ? node.operator + node.operands.map(operand).join("")
        : node.operands.map(operand).join(` ${node.operator} `);
  }
}

function printScalar(value: Scalar): string {
  switch (typeof value) {
    case "string":
      return `'${value}'`;
    case "boolean":
      return value ? "True" : "False";
    default:
      return String(value);
  }
}

function operand(node: Node | ListNode): string {
  switch (node.kind) {
    case "binary":
    case "not":
    case "in":
    case "alien":
      return `(${print(node)})`;
    default:
      return print(node);
  }
}
