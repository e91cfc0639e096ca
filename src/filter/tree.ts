/**
 * The syntax tree of a filter: what the parser makes, the checker judges and the compiler turns into steps.
 */

/** A value that can be written in a filter: integers have 32 bits with sign. */
export type Scalar = null | boolean | number | string;

/** Operators between two operands that filters have. */
export type BinaryOperator = "or" | "and" | "eq" | "ne" | "gt" | "ge" | "lt" | "le";

/** One expression and what it is made of. */
export type Node =
  | LiteralNode
  /** A literal of a type that filters do not have (long, decimal, date, guid, ...), as written. */
  | { readonly kind: "foreign"; readonly text: string }
  | IdentifierNode
  | { readonly kind: "not"; readonly operand: Node }
  | BinaryNode
  | InNode
  | CallNode
  /** An operator of OData that filters do not have, with one operand (`-`) or two (`add`, `has`, ...). */
  | { readonly kind: "alien"; readonly operator: string; readonly operands: readonly Node[] };

/** A literal of one of the types that filters have. */
export interface LiteralNode {
  readonly kind: "literal";
  readonly value: Scalar;
}

/** A word that stands for a value, as written: a property, or nothing that is known. */
export interface IdentifierNode {
  readonly kind: "identifier";
  readonly name: string;
}

/** Two operands with an operator between. */
export interface BinaryNode {
  readonly kind: "binary";
  readonly operator: BinaryOperator;
  readonly left: Node;
  readonly right: Node;
}

/** `left in right`. */
export interface InNode {
  readonly kind: "in";
  readonly left: Node;
  /** An expression that has to be a collection, or a list in parentheses. */
  readonly right: Node | ListNode;
}

/** The right side of `in` where it is written out. */
export interface ListNode {
  readonly kind: "list";
  readonly items: readonly Node[];
  /** As written, parentheses included. */
  readonly text: string;
}

/** A call of a function, known or not. */
export interface CallNode {
  readonly kind: "call";
  readonly name: string;
  readonly args: readonly Node[];
}
