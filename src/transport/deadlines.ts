/**
 * Sockets of the runtime that something has to happen to in time. Of a client that leaves within its handshake, or that
 * never answers a close frame, the runtime reports nothing at all: without a limit it would be counted for ever.
 */
import { Deadlines } from "../deadlines.ts";
import { CLOSE_ANSWER_MS, HANDSHAKE_OPEN_MS, LAST_WAIT_MS } from "../limits.ts";
import type { Platform } from "../platform.ts";

/** A socket that something is awaited of. */
export interface Awaited {
  /** It did not happen in time. */
  abandon(): void;
}

/** Sockets that have the same time for something. Its last second begins only when the rest is found to be over. */
export class Awaiting {
  readonly #rest: Deadlines<Awaited>;
  readonly #lastSecond: Deadlines<Awaited>;

  /** `ms`: more than {@linkcode LAST_WAIT_MS}. */
  constructor(platform: Platform, ms: number) {
    this.#rest = new Deadlines(platform, ms - LAST_WAIT_MS);
    this.#lastSecond = new Deadlines(platform, LAST_WAIT_MS);
  }

  /** The time of `socket` begins. */
  add(socket: Awaited): void {
    this.#rest.start(socket, () => this.#lastSecond.start(socket, () => socket.abandon()));
  }

  /** It has happened, or can no more. */
  remove(socket: Awaited): void {
    this.#rest.end(socket);
    this.#lastSecond.end(socket);
  }
}

/** What is awaited of the sockets of one server. */
export class SocketDeadlines {
  /** Handshakes that are answered and not yet open. */
  readonly opening: Awaiting;
  /** Close frames that are sent and not yet answered. */
  readonly closing: Awaiting;

  constructor(platform: Platform) {
    this.opening = new Awaiting(platform, HANDSHAKE_OPEN_MS);
    this.closing = new Awaiting(platform, CLOSE_ANSWER_MS);
  }
}
