/**
 * Where the outgoing queue of a socket stands: high from the upper mark on, until it falls to the lower one. While it is
 * high and moves, those who send to the client wait; a queue that stands still holds up nobody.
 */
import { HIGH_WATER_BYTES, LOW_WATER_BYTES } from "../limits.ts";
import type { SocketEvents } from "../hub/client_socket.ts";

/** The mark of one socket; made when its queue is first long. */
export class WaterMark {
  #isHigh = false;
  #moves = true;
  #holds = false;

  /** Whether the queue is high, moving or not. */
  get isHigh(): boolean {
    return this.#isHigh;
  }

  /** The queue holds `bytes` now. */
  level(bytes: number, events: SocketEvents | undefined): void {
    const isHigh = bytes > (this.#isHigh ? LOW_WATER_BYTES : HIGH_WATER_BYTES);
    if (isHigh === this.#isHigh) return;
    this.#isHigh = isHigh;
    this.#report(events);
  }

  /** The queue moves again, or stands still. */
  moves(moves: boolean, events: SocketEvents | undefined): void {
    this.#moves = moves;
    this.#report(events);
  }

  #report(events: SocketEvents | undefined): void {
    const holds = this.#isHigh && this.#moves;
    if (holds === this.#holds) return;
    this.#holds = holds;
    if (holds) events?.behind();
    else events?.caughtUp();
  }
}
