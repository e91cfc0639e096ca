/** Settings below `limits` that bound REST calls. */
import * as v from "valibot";
import {
  MAX_BODY_BYTES_IN_WORK,
  MAX_REST_BODY_BYTES,
  MAX_REST_CALLS,
  MAX_REST_CALLS_PER_SECOND,
} from "../limits.ts";
import { setting } from "./setting.ts";

const MOST_CALLS = 1_000_000;
const calls = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MOST_CALLS));
const MOST_BYTES = 1024 * MAX_REST_BODY_BYTES;
const bytes = v.pipe(
  v.number(),
  v.integer(),
  v.minValue(MAX_REST_BODY_BYTES),
  v.maxValue(MOST_BYTES),
);

/** Entries of the object `limits`. */
export const restLimits = {
  restCalls: v.optional(
    setting(calls, {
      doc: "REST calls in work at once, beyond which they get 429; 0 is no bound",
      wants: `an integer from 0 to ${MOST_CALLS}`,
      env: "HUBBUB_LIMITS_REST_CALLS",
    }),
    MAX_REST_CALLS,
  ),
  restCallsPerSecond: v.optional(
    setting(calls, {
      doc: "REST calls in a second, beyond which they get 429; 0 is no bound",
      wants: `an integer from 0 to ${MOST_CALLS}`,
      env: "HUBBUB_LIMITS_REST_CALLS_PER_SECOND",
    }),
    MAX_REST_CALLS_PER_SECOND,
  ),
  restBytesInWork: v.optional(
    setting(bytes, {
      doc: "Bytes of REST bodies that are held at once, beyond which calls get 503",
      wants: `an integer from ${MAX_REST_BODY_BYTES} to ${MOST_BYTES}`,
      env: "HUBBUB_LIMITS_REST_BYTES_IN_WORK",
    }),
    MAX_BODY_BYTES_IN_WORK,
  ),
};
