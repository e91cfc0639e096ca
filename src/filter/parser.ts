/**
 * Makes a tree of a filter, by recursive descent. Precedence, high to low: parentheses and calls; `not`; comparisons
 * and `in`, left to right; `and`; `or`.
 *
 * Nothing here grows without bound: the source is bounded before, every open parenthesis, call, list, `not` and minus
 * is a level, and the nodes are counted.
 */
import { MAX_FILTER_DEPTH, MAX_FILTER_NODES } from "../limits.ts";
import { FilterFault, syntaxFault } from "./fault.ts";
import { Lexer, type Token, type TokenKind } from "./lexer.ts";
import type { BinaryOperator, ListNode, Node } from "./tree.ts";

const COMPARISONS: ReadonlyMap<string, BinaryOperator> = new Map<string, BinaryOperator>(
  (["eq", "ne", "gt", "ge", "lt", "le"] as const).map((operator) => [operator, operator]),
);

/** Operators that OData has and filters do not. They are read so that the refusal can name them. */
const ALIEN: ReadonlySet<string> = new Set(["has", "add", "sub", "mul", "div", "divby", "mod"]);

/** The tree of `source`. Throws {@linkcode FilterFault}. */
export function parse(source: string): Node {
  return new Parser(source).filter();
}

class Parser {
  readonly #source: string;
  readonly #lexer: Lexer;
  #token: Token;
  #levels = 0;
  #nodes = 0;

  constructor(source: string) {
    this.#source = source;
    this.#lexer = new Lexer(source);
    this.#token = this.#lexer.next();
  }

  filter(): Node {
    const tree = this.#or();
    if (!this.#at("end")) {
      throw syntaxFault("Syntax error", this.#token.end, this.#source);
    }
    return tree;
  }

  #or(): Node {
    let left = this.#and();
    while (this.#takeWord("or")) {
      left = this.#whole({ kind: "binary", operator: "or", left, right: this.#and() });
    }
    return left;
  }

  #and(): Node {
    let left = this.#compare();
    while (this.#takeWord("and")) {
      left = this.#whole({ kind: "binary", operator: "and", left, right: this.#compare() });
    }
    return left;
  }

  #compare(): Node {
    let left = this.#alien();
    while (this.#at("word")) {
      if (this.#takeWord("in")) {
        const right = this.#at("open") ? this.#list() : this.#alien();
        left = this.#whole({ kind: "in", left, right });
        continue;
      }
      const operator = COMPARISONS.get(this.#token.text);
      if (operator === undefined) break;
      this.#take();
      left = this.#whole({ kind: "binary", operator, left, right: this.#alien() });
    }
    return left;
  }

  #alien(): Node {
    let left = this.#unary();
    while (this.#at("word") && ALIEN.has(this.#token.text)) {
      const operator = this.#take().text;
      left = this.#whole({ kind: "alien", operator, operands: [left, this.#unary()] });
    }
    return left;
  }

  #unary(): Node {
    const minus = this.#at("minus");
    if (!minus && !this.#atWord("not")) {
      return this.#primary();
    }
    this.#enter();
    const operator = this.#take().text;
    const operand = this.#unary();
    this.#leave();
    return this.#whole(
      minus ? { kind: "alien", operator, operands: [operand] } : { kind: "not", operand },
    );
  }

  #primary(): Node {
    const start = this.#token.start;
    const node = this.#start();
    if (this.#at("slash")) throw this.#path(start);
    return node;
  }

  #start(): Node {
    switch (this.#token.kind) {
      case "literal":
        return this.#part({ kind: "literal", value: this.#take().value });
      case "foreign":
        return this.#part({ kind: "foreign", text: this.#take().text });
      case "open":
        return this.#parentheses();
      case "word": {
        const name = this.#take().text;
        return this.#at("open") ? this.#call(name) : this.#part({ kind: "identifier", name });
      }
      default:
        // The library has looked at the next token by now: what cannot be read there is said first.
        this.#lexer.next();
        throw this.#expected("Expression");
    }
  }

  #parentheses(): Node {
    this.#enter();
    this.#take();
    const inner = this.#or();
    if (!this.#at("close")) throw this.#expected("')' or operator");
    this.#take();
    this.#leave();
    return inner;
  }

  #call(name: string): Node {
    const args: Node[] = [];
    this.#enter();
    this.#take();
    if (!this.#at("close")) {
      do args.push(this.#or()); while (this.#takeKind("comma"));
      if (!this.#at("close")) throw this.#expected("')' or ','");
    }
    this.#take();
    this.#leave();
    return this.#whole({ kind: "call", name, args });
  }

  /**
   * The list behind `in`. Empty items count for nothing; plain literals are data and no nodes, the length bounds them.
   */
  #list(): ListNode {
    const items: Node[] = [];
    this.#enter();
    const start = this.#take().start;
    while (!this.#at("close")) {
      if (this.#takeKind("comma")) continue;
      const item = this.#or();
      if (item.kind === "literal") this.#nodes--;
      items.push(item);
      if (!this.#at("comma") && !this.#at("close")) {
        throw this.#expected("')' or ','");
      }
    }
    const end = this.#take().end;
    this.#leave();
    return { kind: "list", items, text: this.#source.slice(start, end) };
  }

  /** Filters have no paths: the fault that names the one which starts at `start`. */
  #path(start: number): FilterFault {
    let end = this.#token.end;
    while (this.#takeKind("slash")) {
      if (!this.#at("word")) return this.#expected("Expression");
      end = this.#take().end;
    }
    const path = this.#source.slice(start, end);
    return new FilterFault(`Token '${path}' is not supported.`, undefined, end);
  }

  #at(kind: TokenKind): boolean {
    return this.#token.kind === kind;
  }

  #atWord(word: string): boolean {
    return this.#token.kind === "word" && this.#token.text === word;
  }

  #takeWord(word: string): boolean {
    if (!this.#atWord(word)) return false;
    this.#take();
    return true;
  }

  #takeKind(kind: TokenKind): boolean {
    if (!this.#at(kind)) return false;
    this.#take();
    return true;
  }

  #take(): Token {
    const token = this.#token;
    this.#token = this.#lexer.next();
    return token;
  }

  #expected(what: string): FilterFault {
    return syntaxFault(`${what} expected`, this.#token.start, this.#source);
  }

  #enter(): void {
    if (++this.#levels > MAX_FILTER_DEPTH) {
      throw new FilterFault("Recursion depth exceeded allowed limit.");
    }
  }

  #leave(): void {
    this.#levels--;
  }

  /** Counts a node without operands; one too many is let through, because it may be an item of a list. */
  #part(node: Node): Node {
    this.#count(MAX_FILTER_NODES + 1);
    return node;
  }

  /** Counts a node with operands. */
  #whole(node: Node): Node {
    this.#count(MAX_FILTER_NODES);
    return node;
  }

  #count(allowed: number): void {
    if (++this.#nodes <= allowed) return;
    throw new FilterFault(`The filter has more than ${MAX_FILTER_NODES} nodes.`);
  }
}
