/**
 * What the operations of a filter may cost, so that a filter can be judged before it runs. Nanoseconds, rather too many
 * than too few; bench/filter.ts grows filters to the limit and tells what they really take.
 */
import type { OperationName } from "./operations.ts";

/** What a run of an operation may cost, in nanoseconds. */
export interface Price {
  /** Each run. */
  readonly run: number;
  /** Each UTF-16 unit of the first two operands, besides. */
  readonly unit: number;
  /** The same where a constant with other than ASCII characters is part of them. */
  readonly wideUnit: number;
}

const SIMPLE: Price = { run: 10, unit: 0, wideUnit: 0 };
const MEMBERSHIP: Price = { run: 35, unit: 0, wideUnit: 0 };
const ANCHORED: Price = { run: 25, unit: 0, wideUnit: 0 };
const SEARCH: Price = { run: 70, unit: 0.2, wideUnit: 0.4 };
/** The joined text is laid out when somebody looks at it. */
const JOIN: Price = { run: 60, unit: 0.7, wideUnit: 1 };
const CASE: Price = { run: 120, unit: 0.5, wideUnit: 3 };

const PRICES: { readonly [name in OperationName]?: Price } = {
  in: MEMBERSHIP,
  "length/1": ANCHORED,
  "startswith/2": ANCHORED,
  "endswith/2": ANCHORED,
  "contains/2": SEARCH,
  "indexof/2": SEARCH,
  "concat/2": JOIN,
  "substring/2": ANCHORED,
  "substring/3": ANCHORED,
  "trim/1": SEARCH,
  "tolower/1": CASE,
  "toupper/1": CASE,
};

/** Each operand of `and` and `or`. */
export const ITEM_PRICE = 3;

/** To look up a text that was just made, for each UTF-16 unit: its hash is not known yet. */
export const HASH_PRICE = 2;

/** The price of an operation. */
export function priceOf(operation: OperationName): Price {
  return PRICES[operation] ?? SIMPLE;
}
