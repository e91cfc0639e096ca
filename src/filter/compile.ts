/**
 * Makes a program of a checked tree: finds what is equal, works out what is constant, and refuses what would cost too
 * much for each connection.
 */
import type { Filter, FilterSubject } from "./subject.ts";
import { isWide } from "./characters.ts";
import { FilterFault } from "./fault.ts";
import { functionName } from "./functions.ts";
import { isProperty, MISTYPED, type OperationName, OPERATIONS, type Value } from "./operations.ts";
import { Program, Step } from "./program.ts";
import type { IdentifierNode, InNode, Node, Scalar } from "./tree.ts";

/**
 * Most that a filter may cost for one connection by the price list of the operations, in nanoseconds (ours): 10,000
 * connections then take at most 50 ms.
 */
const MAX_FILTER_NANOSECONDS = 5000;

/** Length that a property is taken to have, in UTF-16 units, when a filter's cost is judged. */
const PROPERTY_LENGTH = 64;

/** Constants are worked out without a connection; no operation on constants looks at it. */
const NOBODY: FilterSubject = {
  connectionId: "",
  userId: undefined,
  subprotocol: undefined,
  groupCount: 0,
  isInGroup: () => false,
};

/** The program of `tree`, which {@linkcode check} has passed. Throws {@linkcode FilterFault} when it is too dear. */
export function compile(tree: Node): Filter {
  return new Compiler().program(tree);
}

class Compiler {
  readonly #steps: Step[] = [];
  readonly #constants = new Map<Scalar, Step>();
  readonly #operations = new Map<string, Step>();
  #ids = 0;
  #cost = 0;
  /** A constant part has the wrong type for its place: no connection can match. */
  #hopeless = false;
  readonly #null = this.#constant(null);

  program(tree: Node): Filter {
    const result = this.#step(tree);
    if (this.#cost > MAX_FILTER_NANOSECONDS) {
      const cost = Math.ceil(this.#cost);
      throw new FilterFault(
        `The filter may take ${cost} ns for a connection, allowed are ${MAX_FILTER_NANOSECONDS} ns.`,
      );
    }
    return this.#hopeless
      ? new Program([], this.#constant(false))
      : new Program(this.#steps, result);
  }

  #step(node: Node): Step {
    switch (node.kind) {
      case "literal":
        return this.#constant(node.value);
      case "identifier":
        return this.#property(node);
      case "not":
        return this.#operation("not", this.#step(node.operand));
      case "binary":
        return this.#operation(node.operator, this.#step(node.left), this.#step(node.right));
      case "in":
        return this.#membership(node);
      case "call": {
        const name = functionName(node.name, node.args.length);
        if (name === undefined) throw unchecked(node);
        return this.#operation(name, ...node.args.map((argument) => this.#step(argument)));
      }
      default:
        throw unchecked(node);
    }
  }

  #property(node: IdentifierNode): Step {
    const name = node.name.toLowerCase();
    if (!isProperty(name)) throw unchecked(node);
    return this.#operation(name);
  }

  /** Constants of a list become one set; what has to be worked out is compared one by one. */
  #membership(node: InNode): Step {
    const left = this.#step(node.left);
    if (node.right.kind !== "list") return this.#operation("in", left, this.#step(node.right));
    const items = node.right.items.map((item) => this.#step(item));
    const constants = items.filter((item) => item.constant).map((item) => item.value);
    const set = this.#leaf(new Set(constants), 0, false);
    let result = this.#operation("in", left, set);
    for (const item of items) {
      if (item.constant) continue;
      result = this.#operation("or", result, this.#operation("eq", left, item));
    }
    return result;
  }

  #constant(value: Scalar): Step {
    let step = this.#constants.get(value);
    if (step === undefined) {
      const text = typeof value === "string" ? value : "";
      step = this.#leaf(value, text.length, isWide(text));
      this.#constants.set(value, step);
    }
    return step;
  }

  #leaf(value: Value, length: number, wide: boolean): Step {
    return new Step(this.#ids++, () => value, undefined, true, value, length, wide);
  }

  #operation(name: OperationName, a = this.#null, b = this.#null, c = this.#null): Step {
    const key = `${name} ${a.id} ${b.id} ${c.id}`;
    let step = this.#operations.get(key);
    if (step === undefined) {
      step = isProperty(name) || !(a.constant && b.constant && c.constant)
        ? this.#run(name, a, b, c)
        : this.#fold(name, a, b, c);
      this.#operations.set(key, step);
    }
    return step;
  }

  #run(name: OperationName, a: Step, b: Step, c: Step): Step {
    const { apply, price } = OPERATIONS[name];
    const wide = a.wide || b.wide;
    const length = a.length + b.length;
    this.#cost += price.run + (wide ? price.wideUnit : price.unit) * length;
    const own = stringLength(name, length);
    const step = new Step(this.#ids++, apply, [a, b, c], false, null, own, own > 0 && wide);
    this.#steps.push(step);
    return step;
  }

  #fold(name: OperationName, a: Step, b: Step, c: Step): Step {
    const value = OPERATIONS[name].apply(NOBODY, a.value, b.value, c.value);
    if (value === MISTYPED) this.#hopeless = true;
    return this.#constant(typeof value === "object" || typeof value === "symbol" ? null : value);
  }
}

/** About how long the result of an operation is whose operands have `length` UTF-16 units. */
function stringLength(name: OperationName, length: number): number {
  switch (name) {
    case "connectionid":
    case "userid":
    case "protocol":
      return PROPERTY_LENGTH;
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

function unchecked(node: Node): Error {
  return new Error(`Cannot compile a filter with a "${node.kind}" that the check has not passed`);
}
