/** Kinds of values that settings of several areas have. */
import * as v from "valibot";
import { endpointDefect, normalEndpoint } from "../address.ts";
import { type About, rule, setting } from "../setting.ts";

/** A setting that is an integer from `min` to `max`. */
export function integer(min: number, max: number, about: Omit<About, "wants">) {
  const schema = v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));
  return setting(schema, { ...about, wants: `an integer from ${min} to ${max}` });
}

/** A text that says something. */
export const presentText = v.pipe(v.string(), rule(blankDefect));

/** An absolute http or https URL, in its normal form. */
export const endpoint = v.pipe(v.string(), rule(endpointDefect), v.transform(normalEndpoint));

function blankDefect(text: string): string | undefined {
  return text.trim() === "" ? "is empty; give a value or leave the key out" : undefined;
}
