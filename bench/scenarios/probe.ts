/** Honest parties among the others: how long their calls take while something happens. */
import { BareClient } from "../load/client.ts";
import type { Target } from "./target.ts";

/** How long calls took, in milliseconds; unanswered ones count as the time until they were given up. */
export interface Latency {
  readonly calls: number;
  readonly p50: number;
  readonly p99: number;
  readonly unanswered: number;
}

/** No answer within this is none, in milliseconds. */
const GIVEN_UP_MS = 10_000;

/** Does `call` every `everyMs` milliseconds, not waiting for the one before, until `until` is done. */
export async function probe(
  call: () => Promise<unknown>,
  everyMs: number,
  until: Promise<unknown>,
): Promise<Latency> {
  const taken: number[] = [];
  let unanswered = 0;
  let over = false;
  void until.finally(() => over = true).catch(() => {});
  const pending: Promise<void>[] = [];
  while (!over) {
    const started = performance.now();
    pending.push(
      withDeadline(call()).then((answered) => {
        taken.push(performance.now() - started);
        if (!answered) unanswered++;
      }),
    );
    await pause(everyMs);
  }
  await Promise.all(pending);
  return { calls: taken.length, p50: quantile(taken, 0.5), p99: quantile(taken, 0.99), unanswered };
}

/** Waits. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits until `isSo`, at most `ms` milliseconds; tells whether it came true. */
export async function within(ms: number, isSo: () => boolean): Promise<boolean> {
  const end = performance.now() + ms;
  while (!isSo()) {
    if (performance.now() > end) return false;
    await pause(5);
  }
  return true;
}

/** Asks again and again until the answer is yes, for `ms` milliseconds; tells whether it was. */
export async function comesTrue(ms: number, ask: () => Promise<boolean>): Promise<boolean> {
  const end = performance.now() + ms;
  while (!(await ask())) {
    if (performance.now() > end) return false;
    await pause(50);
  }
  return true;
}

/** The value below which that part of the values lies. */
function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? NaN;
}

/** A client that pings; the promise is fulfilled by the pong. */
export async function pinger(target: Target): Promise<() => Promise<void>> {
  const waiting: (() => void)[] = [];
  const client = await BareClient.connect(target.door(), (count) => {
    for (let i = 0; i < count; i++) waiting.shift()?.();
  });
  return () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting.push(resolve);
    client.send('{"type":"ping"}');
    return promise;
  };
}

/** A health call. */
export async function health(target: Pick<Target, "endpoint">): Promise<boolean> {
  const response = await fetch(`${target.endpoint}/api/health`, {
    signal: AbortSignal.timeout(GIVEN_UP_MS),
  });
  await response.body?.cancel();
  return response.status === 200;
}

async function withDeadline(call: Promise<unknown>): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), GIVEN_UP_MS);
  });
  try {
    return await Promise.race([call.then(() => true, () => false), late]);
  } finally {
    clearTimeout(timer);
  }
}
