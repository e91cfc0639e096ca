/**
 * The numbers of the dispatcher in one value, so that tests can run with shorter ones.
 */
import {
  HANDLER_RETRY_PAUSES_MS,
  MAX_CACHED_VALIDATION_LENGTH,
  MAX_CACHED_VALIDATIONS,
  MAX_HANDLER_CALLS,
  MAX_HANDLER_QUEUE,
  MAX_HANDLER_RESPONSE_BYTES,
  VALIDATION_BACKOFF_MS,
  VALIDATION_FRESH_MS,
  VALIDATION_MS,
} from "../limits.ts";
import type { LaneLimits } from "./lanes.ts";

/** Times in milliseconds; see `src/limits.ts` for the reasons. */
export interface UpstreamLimits {
  readonly retryPausesMs: readonly number[];
  readonly validationMs: number;
  readonly validationFreshMs: number;
  readonly validationBackoffMs: { readonly first: number; readonly max: number };
  readonly maxValidations: number;
  /** Characters of their URLs and origins. */
  readonly maxValidationLength: number;
  readonly maxAnswerBytes: number;
  /** Calls of one handler. */
  readonly lane: LaneLimits;
}

/** The limits of the product. */
export const UPSTREAM_LIMITS: UpstreamLimits = {
  retryPausesMs: HANDLER_RETRY_PAUSES_MS,
  validationMs: VALIDATION_MS,
  validationFreshMs: VALIDATION_FRESH_MS,
  validationBackoffMs: VALIDATION_BACKOFF_MS,
  maxValidations: MAX_CACHED_VALIDATIONS,
  maxValidationLength: MAX_CACHED_VALIDATION_LENGTH,
  maxAnswerBytes: MAX_HANDLER_RESPONSE_BYTES,
  lane: { running: MAX_HANDLER_CALLS, waiting: MAX_HANDLER_QUEUE },
};
