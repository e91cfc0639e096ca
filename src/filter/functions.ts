/**
 * The functions of filters, by name and number of arguments.
 */

const FUNCTIONS = [
  "tolower/1",
  "toupper/1",
  "trim/1",
  "length/1",
  "concat/2",
  "substring/2",
  "substring/3",
  "startswith/2",
  "endswith/2",
  "contains/2",
  "indexof/2",
] as const;

/** A function with its number of arguments, such as `substring/3`. */
export type FunctionName = typeof FUNCTIONS[number];

const NAMES: ReadonlySet<string> = new Set(FUNCTIONS.map((name) => name.slice(0, -2)));

/** Tells whether a function of that name exists. Letter case matters. */
export function isFunctionName(name: string): boolean {
  return NAMES.has(name);
}

/** The function `name` that takes `count` arguments, if there is one. */
export function functionName(name: string, count: number): FunctionName | undefined {
  const wanted = `${name}/${count}`;
  return FUNCTIONS.find((known) => known === wanted);
}
