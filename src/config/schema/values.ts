/** Kinds of values that settings of several areas have. */
import * as v from "valibot";
import { endpointDefect, normalEndpoint } from "../address.ts";
import { rule } from "../setting.ts";

/** An integer from `min` to `max`. */
export function integer(min: number, max: number) {
  return v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));
}

/** A text that says something. */
export const presentText = v.pipe(v.string(), rule(blankDefect));

/** An absolute http or https URL, in its normal form. */
export const endpoint = v.pipe(v.string(), rule(endpointDefect), v.transform(normalEndpoint));

function blankDefect(text: string): string | undefined {
  return text.trim() === "" ? "is empty; give a value or leave the key out" : undefined;
}
