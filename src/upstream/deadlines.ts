/**
 * Time limits of many calls on one timer. A runtime timer for each call costs a tenth of the whole call, and nearly
 * all of them are cancelled.
 */
import type { Cancel, Platform } from "../platform.ts";

/** The limit of one call. */
export interface Deadline {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Aborted when the time has come. */
  readonly controller: AbortController;
  /** Whether that has happened. */
  expired: boolean;
}

/** Limits of one and the same length; so the oldest is always the next to expire. */
export class Deadlines {
  readonly #platform: Platform;
  readonly #running = new Set<Deadline>();
  #cancel: Cancel | undefined;
  /** Length of the limits, in milliseconds. */
  readonly ms: number;

  constructor(platform: Platform, ms: number) {
    this.#platform = platform;
    this.ms = ms;
  }

  /** Starts a limit. Every one that is started has to be ended. */
  start(controller: AbortController): Deadline {
    const deadline = { at: this.#platform.now() + this.ms, controller, expired: false };
    this.#running.add(deadline);
    this.#cancel ??= this.#platform.after(this.ms, this.#expire);
    return deadline;
  }

  /** Ends a limit, in time or not. */
  end(deadline: Deadline): void {
    this.#running.delete(deadline);
    if (this.#running.size > 0) return;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  readonly #expire = (): void => {
    this.#cancel = undefined;
    const now = this.#platform.now();
    for (const deadline of this.#running) {
      if (deadline.at > now) {
        this.#cancel = this.#platform.after(deadline.at - now, this.#expire);
        return;
      }
      this.#running.delete(deadline);
      deadline.expired = true;
      deadline.controller.abort();
    }
  };
}
