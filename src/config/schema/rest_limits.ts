/** Settings below `limits` that bound REST calls. */
import * as v from "valibot";
import {
  MAX_BODY_BYTES_IN_WORK,
  MAX_REST_BODY_BYTES,
  MAX_REST_CALLS,
  MAX_REST_CALLS_PER_SECOND,
  MAX_SETTABLE_BODY_BYTES,
  MAX_SETTABLE_REST_CALLS,
} from "../../limits.ts";
import { integer } from "./values.ts";

/** Entries of the object `limits`. */
export const restLimits = {
  restCalls: v.optional(
    integer(0, MAX_SETTABLE_REST_CALLS, {
      doc: "REST calls in work at once, beyond which they get 429; 0 is no bound",
      env: "HUBBUB_LIMITS_REST_CALLS",
    }),
    MAX_REST_CALLS,
  ),
  restCallsPerSecond: v.optional(
    integer(0, MAX_SETTABLE_REST_CALLS, {
      doc: "REST calls in a second, beyond which they get 429; 0 is no bound",
      env: "HUBBUB_LIMITS_REST_CALLS_PER_SECOND",
    }),
    MAX_REST_CALLS_PER_SECOND,
  ),
  restBytesInWork: v.optional(
    integer(MAX_REST_BODY_BYTES, MAX_SETTABLE_BODY_BYTES, {
      doc: "Bytes of REST bodies that are held at once; further ones wait, then get 503",
      env: "HUBBUB_LIMITS_REST_BYTES_IN_WORK",
    }),
    MAX_BODY_BYTES_IN_WORK,
  ),
};
