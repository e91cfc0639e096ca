/**
 * The edges of the machine that the product depends on: clock, timers, random ids, fetch. Everything that waits or
 * draws lots gets them handed in, so that tests run on a fake clock with known ids.
 */
import { setImmediate } from "node:timers";

/** Ends a timer; calling it again, or after the timer ran, does nothing. */
export type Cancel = () => void;

/** What the product needs from the machine. `tests/support` has a fake one. */
export interface Platform {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs `task` once after `ms` milliseconds. */
  after(ms: number, task: () => void): Cancel;
  /** Runs `task` soon, once what the machine has ready has been handed out: after the reads of this turn. */
  afterReads(task: () => void): void;
  /** `length` unguessable bytes. */
  randomBytes(length: number): Uint8Array;
  /** A fresh GUID. */
  randomUuid(): string;
  /** An HTTP call. */
  fetch(url: string, init: RequestInit): Promise<Response>;
}

/** The real machine. */
export const systemPlatform: Platform = {
  now: () => Date.now(),
  after(ms, task) {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
  // Not a timer: the runtime runs it in the same turn. Up to Deno 2.4 it was one, of about a millisecond.
  afterReads: (task) => void setImmediate(task),
  randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  randomUuid: () => crypto.randomUUID(),
  fetch: (url, init) => fetch(url, init),
};

/** An unguessable id of 128 bits as 32 hex digits: safe as a path segment and in a header. */
export function randomId(platform: Platform): string {
  let id = "";
  for (const byte of platform.randomBytes(16)) id += (byte < 16 ? "0" : "") + byte.toString(16);
  return id;
}
