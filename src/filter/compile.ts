/**
 * Makes a program of a checked tree: finds what is equal, works out what is constant, and refuses what would cost too
 * much for each connection.
 */
import { isWide } from "./characters.ts";
import { FilterFault } from "./fault.ts";
import { functionName } from "./functions.ts";
import { isProperty, type OperationName, type Value } from "./operations.ts";
import { HASH_PRICE, ITEM_PRICE, priceOf } from "./prices.ts";
import { Cell, Program, run, Step } from "./program.ts";
import type { Filter, FilterSubject } from "./subject.ts";
import type { BinaryNode, IdentifierNode, InNode, Node, Scalar } from "./tree.ts";

/**
 * Most that a filter may cost for one connection by the price list of the operations, in nanoseconds (ours): 10,000
 * connections then take at most 50 ms.
 */
const MAX_FILTER_NANOSECONDS = 5000;

/** Length that a user id is taken to have, in UTF-16 units, when a filter's cost is judged. */
const USER_ID_LENGTH = 1024;

/** The same of what the server itself names: connections and subprotocols. */
const NAME_LENGTH = 64;

/** Constants are worked out without a connection; no operation on constants looks at it. */
const NOBODY: FilterSubject = {
  connectionId: "",
  userId: undefined,
  subprotocol: undefined,
  groupCount: 0,
  isInGroup: () => false,
};

/**
 * The program of `tree`, which has passed the check. Throws {@linkcode FilterFault} when it is too dear.
 *
 * ```ts
 * import { compile } from "./compile.ts";
 * import { parse } from "./parser.ts";
 * import assert from "node:assert/strict";
 * const filter = compile(parse("length(groups) ge 2"));
 * const kim = { connectionId: "c1", userId: "kim", subprotocol: undefined, groupCount: 3, isInGroup: () => true };
 * assert.equal(filter.matches(kim), true);
 * ```
 */
export function compile(tree: Node): Filter {
  return new Compiler().program(tree);
}

/** A subexpression and what is known of it beforehand. */
interface Part {
  readonly id: number;
  readonly cell: Cell;
  readonly constant: boolean;
  /** About how long the value is, in UTF-16 units; 0 unless it is a string. */
  readonly length: number;
  /** Whether the value contains constant characters other than ASCII. */
  readonly wide: boolean;
  /** Whether the value is a string that is made anew in each run. */
  readonly made: boolean;
}

class Compiler {
  readonly #steps: Step[] = [];
  readonly #constants = new Map<Scalar, Part>();
  readonly #operations = new Map<string, Part>();
  /** What each part denies that is a negation. */
  readonly #negated = new Map<Part, Part>();
  #parts = 0;
  #cost = 0;
  /** A constant part has the wrong type for its place: no connection can match. */
  #hopeless = false;
  readonly #null = this.#constant(null);

  program(tree: Node): Filter {
    const { cell } = this.#part(tree);
    if (this.#cost > MAX_FILTER_NANOSECONDS) {
      const cost = Math.ceil(this.#cost);
      throw new FilterFault(
        `The filter may take ${cost} ns for each connection, allowed are ${MAX_FILTER_NANOSECONDS} ns.`,
      );
    }
    return this.#hopeless ? new Program([], new Cell(false)) : new Program(this.#steps, cell);
  }

  #part(node: Node): Part {
    switch (node.kind) {
      case "literal":
        return this.#constant(node.value);
      case "identifier":
        return this.#property(node);
      case "not":
        return this.#negation(this.#part(node.operand));
      case "binary":
        return node.operator === "and" || node.operator === "or"
          ? this.#join(node.operator, chain(node).map((operand) => this.#part(operand)))
          : this.#operation(node.operator, this.#part(node.left), this.#part(node.right));
      case "in":
        return this.#membership(node);
      case "call": {
        const name = functionName(node.name, node.args.length);
        if (name === undefined) throw unchecked(node);
        return this.#operation(name, ...node.args.map((argument) => this.#part(argument)));
      }
      default:
        throw unchecked(node);
    }
  }

  #property(node: IdentifierNode): Part {
    const name = node.name.toLowerCase();
    if (!isProperty(name)) throw unchecked(node);
    return this.#operation(name);
  }

  /** Twice not is nothing: the first step stays, which sees to it that the operand is bool. */
  #negation(operand: Part): Part {
    const known = this.#negated.get(operand);
    if (known !== undefined) return known;
    const negation = this.#operation("not", operand);
    this.#negated.set(negation, operand);
    return negation;
  }

  /** Constants of a list become one set; what has to be worked out is compared one by one. */
  #membership(node: InNode): Part {
    const left = this.#part(node.left);
    if (node.right.kind !== "list") return this.#operation("in", left, this.#part(node.right));
    const items = node.right.items.map((item) => this.#part(item));
    const set: ReadonlySet<Value> = new Set(
      items.filter((item) => item.constant).map((item) => item.cell.value),
    );
    const found = this.#operation("in", left, this.#add(constant(set)));
    const others = items.filter((item) => !item.constant);
    if (others.length === 0) return found;
    return this.#join("or", [found, ...others.map((item) => this.#operation("eq", left, item))]);
  }

  #constant(value: Scalar): Part {
    let part = this.#constants.get(value);
    if (part === undefined) {
      const text = typeof value === "string" ? value : "";
      part = this.#add({ ...constant(value), length: text.length, wide: isWide(text) });
      this.#constants.set(value, part);
    }
    return part;
  }

  #operation(name: OperationName, a = this.#null, b = this.#null, c = this.#null): Part {
    return this.#once(name, [a, b, c], []);
  }

  #join(name: "and" | "or", items: readonly Part[]): Part {
    return this.#once(name, [this.#null, this.#null, this.#null], items);
  }

  /** Equal operations on equal parts are one part. */
  #once(name: OperationName, [a, b, c]: readonly [Part, Part, Part], items: readonly Part[]): Part {
    const parts = [a, b, c, ...items];
    const key = `${name} ${parts.map((part) => part.id).join(" ")}`;
    let part = this.#operations.get(key);
    if (part === undefined) {
      const cells = items.map((item) => item.cell);
      const step = new Step(name, a.cell, b.cell, c.cell, cells);
      const fixed = !isProperty(name) && parts.every((operand) => operand.constant);
      part = fixed ? this.#fold(step) : this.#keep(step, name, a, b);
      this.#operations.set(key, part);
    }
    return part;
  }

  #fold(step: Step): Part {
    if (!run([step], NOBODY)) this.#hopeless = true;
    const value = step.result.value;
    return this.#constant(typeof value === "object" || typeof value === "symbol" ? null : value);
  }

  #keep(step: Step, name: OperationName, a: Part, b: Part): Part {
    this.#steps.push(step);
    const price = priceOf(name);
    const length = a.length + b.length;
    const wide = a.wide || b.wide;
    this.#cost += price.run + (wide ? price.wideUnit : price.unit) * length;
    this.#cost += ITEM_PRICE * step.items.length;
    if (name === "in" && a.made) this.#cost += HASH_PRICE * a.length;
    const own = resultLength(name, length);
    const made = own > 0 && !isProperty(name);
    return this.#add({
      cell: step.result,
      constant: false,
      length: own,
      wide: own > 0 && wide,
      made,
    });
  }

  #add(part: Omit<Part, "id">): Part {
    return { id: this.#parts++, ...part };
  }
}

/** The operands of a chain of one operator, from left to right. */
function chain(node: BinaryNode): Node[] {
  const operands: Node[] = [];
  let left: Node = node;
  while (left.kind === "binary" && left.operator === node.operator) {
    operands.push(left.right);
    left = left.left;
  }
  return [left, ...operands.reverse()];
}

/** About how long the result of an operation is whose operands have `length` UTF-16 units; 0 unless it is a string. */
function resultLength(name: OperationName, length: number): number {
  switch (name) {
    case "userid":
      return USER_ID_LENGTH;
    case "connectionid":
    case "protocol":
      return NAME_LENGTH;
    case "tolower/1":
    case "toupper/1":
    case "trim/1":
    case "concat/2":
    case "substring/2":
    case "substring/3":
      return length;
    default:
      return 0;
  }
}

function constant(value: Value): Omit<Part, "id"> {
  return { cell: new Cell(value), constant: true, length: 0, wide: false, made: false };
}

function unchecked(node: Node): Error {
  return new Error(`Cannot compile a filter with a "${node.kind}" that the check has not passed`);
}
