/**
 * When a call of a handler is made again, and waiting that can be cut short.
 *
 * Rules: the official emulator, whose tests name them the policy of the runtime.
 */
import type { Platform } from "../platform.ts";

/** Whether an answer with that status is worth another attempt: 408 and all of 5xx; `Retry-After` is not read. */
export function isRetryableStatus(status: number): boolean {
  return status === 408 || (status >= 500 && status <= 599);
}

/** The pause after so many earlier failures in a row, in milliseconds: it doubles up to its limit. */
export function backoffMs(
  bounds: { readonly first: number; readonly max: number },
  failures: number,
): number {
  return Math.min(bounds.max, bounds.first * 2 ** failures);
}

/** Waits `ms` milliseconds; `false` when `signal` aborted before. */
export function pause(platform: Platform, ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const abort = () => {
      cancel();
      resolve(false);
    };
    const cancel = platform.after(ms, () => {
      signal.removeEventListener("abort", abort);
      resolve(true);
    });
    signal.addEventListener("abort", abort, { once: true });
  });
}

/**
 * The result of work that others share and that goes on without us; `undefined` as soon as `signal` aborts. Rejects
 * as `work` does.
 */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  if (signal.aborted) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    const abort = () => resolve(undefined);
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
