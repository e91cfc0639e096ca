/**
 * Judges a filter once, before any connection is looked at, by the kinds that its expressions have on a stand-in: a
 * connection without user, subprotocol and groups. What holds for it need not hold for others (`length` of a user id is
 * null here, a number there): such an error shows later and makes that one connection not match.
 */
import { FilterFault } from "./fault.ts";
import { type FunctionName, functionName, isFunctionName } from "./functions.ts";
import { print } from "./print.ts";
import type { BinaryNode, CallNode, InNode, Node } from "./tree.ts";

/** What an expression is on the stand-in. `absent` is a string property without a value: null, but of type string. */
type Kind = "null" | "absent" | "bool" | "int" | "string" | "collection";

const PROPERTY_KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ["connectionid", "string"],
  ["userid", "absent"],
  ["protocol", "absent"],
  ["groups", "collection"],
]);

/** Throws {@linkcode FilterFault} when `tree` is no filter: a part has the wrong type, or the whole is not bool. */
export function check(tree: Node): void {
  need(kindOf(tree, tree), "bool", tree);
}

/** `within` is the innermost operation or call around `node`: the one that a message shows. */
function kindOf(node: Node, within: Node): Kind {
  switch (node.kind) {
    case "literal":
      return literalKind(node.value);
    case "foreign":
      throw unsupported(node.text, within);
    case "identifier": {
      const kind = PROPERTY_KINDS.get(node.name.toLowerCase());
      if (kind === undefined) throw unsupported(node.name, within);
      return kind;
    }
    case "not":
      need(kindOf(node.operand, node), "bool", node);
      return "bool";
    case "binary":
      checkBinary(node);
      return "bool";
    case "in":
      checkIn(node);
      return "bool";
    case "call":
      return callKind(node);
    case "alien":
      for (const operand of node.operands) kindOf(operand, node);
      throw unsupported(node.operator, node);
  }
}

function literalKind(value: null | boolean | number | string): Kind {
  switch (typeof value) {
    case "boolean":
      return "bool";
    case "number":
      return "int";
    case "string":
      return "string";
    default:
      return "null";
  }
}

function checkBinary(node: BinaryNode): void {
  const left = kindOf(node.left, node);
  const right = kindOf(node.right, node);
  switch (node.operator) {
    case "eq":
    case "ne":
      return;
    case "and":
    case "or":
      need(left, "bool", node);
      need(right, "bool", node);
      return;
    default:
      if (left === "null" || right === "null") return;
      need(left, "int", node);
      need(right, "int", node);
  }
}

function checkIn(node: InNode): void {
  kindOf(node.left, node);
  if (node.right.kind === "list") {
    for (const item of node.right.items) kindOf(item, node);
  } else {
    need(kindOf(node.right, node), "collection", node);
  }
}

function callKind(node: CallNode): Kind {
  if (!isFunctionName(node.name)) throw unsupported(print(node), node);
  const name = functionName(node.name, node.args.length);
  if (name === undefined) throw invalid(node);
  const kinds = node.args.map((argument) => kindOf(argument, node));
  const [first = "null", second = "null", third = "int"] = kinds;
  return resultKind(node, name, first, second, third);
}

/** Null arguments decide before the types of the others are looked at, as in the service. */
function resultKind(
  node: CallNode,
  name: FunctionName,
  first: Kind,
  second: Kind,
  third: Kind,
): Kind {
  switch (name) {
    case "length/1":
      if (isNull(first)) return "null";
      if (first !== "string" && first !== "collection") throw invalid(node);
      return "int";
    case "tolower/1":
    case "toupper/1":
    case "trim/1":
      if (isNull(first)) return "null";
      need(first, "string", node);
      return "string";
    case "contains/2":
    case "startswith/2":
    case "endswith/2":
    case "indexof/2":
      if (!isNull(first) && !isNull(second)) {
        need(first, "string", node);
        need(second, "string", node);
      }
      return name === "indexof/2" ? "int" : "bool";
    case "concat/2":
      if (isNull(first) && isNull(second)) return "null";
      if (isNull(first) && second === "string") return "string";
      if (isNull(second) && first === "string") return "string";
      need(first, "string", node);
      need(second, "string", node);
      return "string";
    case "substring/2":
    case "substring/3":
      need(second, "int", node);
      need(third, "int", node);
      if (isNull(first)) return "null";
      need(first, "string", node);
      return "string";
  }
}

function isNull(kind: Kind): boolean {
  return kind === "null" || kind === "absent";
}

function need(actual: Kind, wanted: "bool" | "int" | "string" | "collection", node: Node): void {
  const type = actual === "absent" ? "string" : actual;
  if (type === wanted) return;
  throw new FilterFault(`Type '${type}', expect '${wanted}'.`, print(node));
}

function unsupported(token: string, within: Node): FilterFault {
  return new FilterFault(`Token '${token}' is not supported.`, print(within));
}

function invalid(call: CallNode): FilterFault {
  const text = print(call);
  return new FilterFault(`Invalid token '${text}'.`, text);
}
