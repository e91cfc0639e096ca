/**
 * A machine without real time: a clock that stands until it is advanced, known random values, and a fetch that the
 * test answers.
 */
import type { Cancel, Platform } from "../../src/platform.ts";

/** Answers an HTTP call of the code under test. `init.signal` is honoured by the fake platform itself. */
export type FetchAnswer = (url: string, init: RequestInit) => Response | Promise<Response>;

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly task: () => void;
}

/** 2026-11-24T09:30:00Z. */
export const FAKE_START = Date.UTC(2026, 10, 24, 9, 30);

/**
 * ```ts
 * import { FakePlatform } from "./fake_platform.ts";
 * import assert from "node:assert/strict";
 * const platform = new FakePlatform();
 * let rang = false;
 * platform.after(60_000, () => rang = true);
 * await platform.advance(60_000);
 * assert.equal(rang, true);
 * ```
 */
export class FakePlatform implements Platform {
  #now: number;
  #order = 0;
  #draws = 0;
  readonly #timers = new Set<Timer>();
  /** Every call of `fetch`, in order. */
  readonly fetched: { readonly url: string; readonly init: RequestInit }[] = [];
  /** Set by the test; without it every fetch fails as a refused connection does. */
  onFetch: FetchAnswer = (url) => {
    throw new TypeError(`error sending request for url (${url}): Connection refused`);
  };

  constructor(now: number = FAKE_START) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, task: () => void): Cancel {
    const timer: Timer = { at: this.#now + Math.max(0, ms), order: this.#order++, task };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  afterReads(task: () => void): void {
    queueMicrotask(task);
  }

  /** Not random at all: 1, 2, 3 ... as big-endian numbers, so that each draw differs. */
  randomBytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    let rest = ++this.#draws;
    for (let i = length - 1; i >= 0 && rest > 0; i--) {
      bytes[i] = rest & 0xff;
      rest = Math.floor(rest / 256);
    }
    return bytes;
  }

  randomUuid(): string {
    return `00000000-0000-4000-8000-${(++this.#draws).toString(16).padStart(12, "0")}`;
  }

  fetch(url: string, init: RequestInit): Promise<Response> {
    this.fetched.push({ url, init });
    const signal = init.signal ?? undefined;
    return new Promise((resolve, reject) => {
      const abort = () => reject(signal?.reason);
      if (signal?.aborted) return abort();
      signal?.addEventListener("abort", abort, { once: true });
      // In a promise's chain, so that an answer that throws is a rejection.
      Promise.resolve().then(() => this.onFetch(url, init)).then(resolve, reject);
    });
  }

  /** How many timers wait: a test's proof that nothing was left behind. */
  get waitingTimers(): number {
    return this.#timers.size;
  }

  /** Lets everything run that can run without time passing. */
  async settle(): Promise<void> {
    // Macrotasks of the runtime: each lets all chained promises run out, and streams need a few of them.
    for (let i = 0; i < 3; i++) await new Promise<void>((resolve) => setTimeout(resolve, 0));
  }

  /** Moves the clock on by `ms`, running the timers that fall due, in order, each at its own time. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await this.settle();
    for (let timer = this.#next(end); timer !== undefined; timer = this.#next(end)) {
      this.#timers.delete(timer);
      this.#now = Math.max(this.#now, timer.at);
      timer.task();
      await this.settle();
    }
    this.#now = end;
  }

  #next(end: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.at > end) continue;
      if (
        first === undefined || timer.at < first.at ||
        (timer.at === first.at && timer.order < first.order)
      ) first = timer;
    }
    return first;
  }
}
