/**
 * When a new connection is read for the first time. Of a thousand that come at once each brings its first bytes, and
 * while there is always one more socket to be read the runtime accepts nobody else: it looks for what is new only every
 * 61st time (tokio's `event_interval`). So only some are begun in a millisecond, the rest waits unread.
 */
import { ARRIVALS_A_TURN, READ_TURN_MS } from "../limits.ts";
import type { Platform } from "../platform.ts";

/** A connection that nobody reads yet. */
export interface Newcomer {
  resume(): unknown;
}

/** The new connections of one listener. */
export class Arrivals {
  readonly #platform: Pick<Platform, "after">;
  readonly #turn = () => this.#nextTurn();
  /** The one that has waited longest comes first. */
  #waiting: Newcomer[] = [];
  /** Those that were begun in this turn. */
  #begun = 0;

  constructor(platform: Pick<Platform, "after">) {
    this.#platform = platform;
  }

  /** Has a connection read, at once or in a later turn. */
  take(arrival: Newcomer): void {
    if (this.#begun === 0) this.#schedule();
    if (this.#begun < ARRIVALS_A_TURN) this.#begin(arrival);
    else this.#waiting.push(arrival);
  }

  #begin(arrival: Newcomer): void {
    this.#begun++;
    arrival.resume();
  }

  #nextTurn(): void {
    this.#begun = 0;
    for (const arrival of this.#waiting.splice(0, ARRIVALS_A_TURN)) this.#begin(arrival);
    if (this.#begun > 0) this.#schedule();
  }

  /** By a timer: only when there is nothing to do at once does the runtime look for what is new. */
  #schedule(): void {
    this.#platform.after(READ_TURN_MS, this.#turn);
  }
}
