/**
 * Who goes on with the requests that came behind others in one piece: a client that waits for no answer brings hundreds
 * in each read, and everybody else would wait until all are answered. So only some are answered at once, and the rest
 * when the connection's turn comes.
 */
import { CROWDED_TURN_REQUESTS, READ_TURN_MS, TURN_REQUESTS } from "../../limits.ts";
import type { Platform } from "../../platform.ts";

/** A connection with requests that wait. */
export interface RequestTaker {
  /** Its turn has come; gives how many requests it begins in it. */
  takeTurn(): number;
}

/** The turns of all connections of a listener. */
export class RequestTurns {
  readonly #platform: Pick<Platform, "after">;
  readonly #turn = () => this.#nextTurn();
  /** The one that has waited longest comes first. */
  readonly #waiting = new Set<RequestTaker>();
  #isDue = false;

  constructor(platform: Pick<Platform, "after">) {
    this.#platform = platform;
  }

  /** Requests that a connection may begin at once with what has just come: few while others wait for their turn. */
  get requestsAtOnce(): number {
    return this.#waiting.size > 0 ? CROWDED_TURN_REQUESTS : TURN_REQUESTS;
  }

  /** `taker` waits, behind all others. */
  wait(taker: RequestTaker): void {
    this.#waiting.add(taker);
    this.#schedule();
  }

  /** `taker` waits no more. */
  leave(taker: RequestTaker): void {
    this.#waiting.delete(taker);
  }

  #nextTurn(): void {
    this.#isDue = false;
    const waiting = [...this.#waiting];
    let left = TURN_REQUESTS;
    for (let i = 0; i < waiting.length && left > 0; i++) {
      const taker = waiting[i];
      // Whoever has left meanwhile has no turn.
      if (taker !== undefined && this.#waiting.delete(taker)) left -= Math.max(1, taker.takeTurn());
    }
    if (this.#waiting.size > 0) this.#schedule();
  }

  /** By a timer, see `read_queue.ts`. */
  #schedule(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    this.#platform.after(READ_TURN_MS, this.#turn);
  }
}
