/**
 * One call of a handler: its attempts and pauses under one time limit, whatever carries them.
 */
import type { Platform } from "../platform.ts";
import {
  type Carrier,
  type CarrierAnswer,
  type CarrierFailure,
  type CarrierRequest,
} from "./carrier.ts";
import type { Lane } from "./lanes.ts";
import type { Deadlines } from "../deadlines.ts";
import { isRetryableStatus, pause } from "./retry.ts";

/** How the call is made. */
export interface CallOptions {
  readonly platform: Platform;
  readonly carrier: Carrier;
  /** The limit for all attempts, pauses and waiting for turns together. */
  readonly deadlines: Deadlines<AbortController>;
  /** One more attempt than there are pauses, in milliseconds. */
  readonly pausesMs: readonly number[];
  /** Where the attempts take their turns; the caller has entered it. */
  readonly lane: Lane;
  /** Aborts the call. */
  readonly signal: AbortSignal | undefined;
}

/** The last attempt's answer. */
export interface CallAnswer extends CarrierAnswer {
  readonly attempts: number;
}

/** The last attempt's failure, or `timeout`: the limit was reached; `overloaded`: no turn. */
export interface CallFailure {
  readonly kind: CarrierFailure["kind"] | "timeout" | "overloaded";
  /** For logs: never holds the URL. */
  readonly detail: string;
  readonly attempts: number;
}

/** What came of a call. */
export type CallResult = CallAnswer | CallFailure;

/** Makes the call. Never rejects. */
export async function callHandler(
  request: CarrierRequest,
  options: CallOptions,
): Promise<CallResult> {
  const { platform, pausesMs, signal, deadlines } = options;
  const controller = new AbortController();
  let isLate = false;
  deadlines.start(controller, () => {
    isLate = true;
    controller.abort();
  });
  const abort = () => controller.abort();
  signal?.addEventListener("abort", abort, { once: true });
  if (signal?.aborted) abort();
  try {
    for (let attempts = 1;; attempts++) {
      const result = await attempt(request, options, controller.signal, attempts);
      const again = pausesMs[attempts - 1];
      // An answer that is final counts even when the limit was reached while it was read.
      if (result.kind === "answer" && !isRetryableStatus(result.status)) return result;
      if (!controller.signal.aborted) {
        if (again === undefined || !isWorthRetrying(result)) return result;
        if (await pause(platform, again, controller.signal)) continue;
      }
      return isLate
        ? { kind: "timeout", detail: `no answer within ${deadlines.ms} ms`, attempts }
        : { kind: "aborted", detail: "the caller gave up", attempts };
    }
  } finally {
    deadlines.end(controller);
    signal?.removeEventListener("abort", abort);
  }
}

function isWorthRetrying(result: CallResult): boolean {
  return result.kind === "answer" ? isRetryableStatus(result.status) : result.kind === "network";
}

async function attempt(
  request: CarrierRequest,
  { lane, carrier }: CallOptions,
  signal: AbortSignal,
  attempts: number,
): Promise<CallResult> {
  if (!lane.tryStart() && !await lane.turn(signal)) {
    return { kind: "aborted", detail: "the call was given up", attempts };
  }
  try {
    return { ...await carrier.send(request, signal), attempts };
  } finally {
    lane.finish();
  }
}
