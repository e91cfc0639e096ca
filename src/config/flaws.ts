/** Flaws of handler settings in the words of the configuration: the value or its part, the flaw, the fix. */
import type { Flaw } from "../events/flaw.ts";
import { quoteValue } from "./problem.ts";
import { rule } from "./setting.ts";

/** A flaw of a value as the reason of a problem; `undefined` when there is none. */
export function flawText(value: string, flaw: Flaw | undefined): string | undefined {
  if (flaw === undefined) return undefined;
  return `${quoteValue(flaw.part ?? value)} ${flaw.problem}; ${flaw.fix}`;
}

/** The rule that a text must have no flaw. */
export function withoutFlaw(flawOf: (text: string) => Flaw | undefined) {
  return rule<string>((text) => flawText(text, flawOf(text)));
}
