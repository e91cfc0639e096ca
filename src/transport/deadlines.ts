/**
 * Sockets of the runtime that something has to happen to in time. Of a client that leaves within its handshake, or that
 * never answers a close frame, the runtime reports nothing at all: without a limit it would be counted for ever.
 */
import { CLOSE_ANSWER_MS, HANDSHAKE_OPEN_MS } from "../limits.ts";
import type { Cancel, Platform } from "../platform.ts";

const LOOK_MS = 1000;
/**
 * Looks that a socket has to outlast, whatever the clock says: after a turn of the loop that took seconds, what happened
 * meanwhile is reported between the first look and the second.
 */
const LOOKS = 2;

/** A socket that something is awaited of. */
export interface Awaited {
  /** It did not happen in time. */
  abandon(): void;
}

/** When something began to be awaited: in milliseconds since 1970, and after how many looks. */
interface Moment {
  readonly at: number;
  readonly look: number;
}

/** Sockets with the same limit: one timer, and only while there are any. */
export class Deadlines {
  readonly #platform: Platform;
  readonly #limitMs: number;
  /** Oldest first. */
  readonly #since = new Map<Awaited, Moment>();
  #looks = 0;
  #cancel: Cancel | undefined = undefined;

  constructor(platform: Platform, limitMs: number) {
    this.#platform = platform;
    this.#limitMs = limitMs;
  }

  /** The time of `socket` begins. */
  add(socket: Awaited): void {
    this.#since.set(socket, { at: this.#platform.now(), look: this.#looks });
    this.#schedule();
  }

  /** It has happened, or can no more. */
  remove(socket: Awaited): void {
    if (!this.#since.delete(socket) || this.#since.size > 0) return;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #schedule(): void {
    this.#cancel ??= this.#platform.after(LOOK_MS, () => this.#look());
  }

  #look(): void {
    this.#cancel = undefined;
    this.#looks++;
    const now = this.#platform.now();
    for (const [socket, { at, look }] of this.#since) {
      if (now - at < this.#limitMs || this.#looks - look < LOOKS) break;
      this.#since.delete(socket);
      socket.abandon();
    }
    if (this.#since.size > 0) this.#schedule();
  }
}

/** What is awaited of the sockets of one server. */
export class SocketDeadlines {
  /** Handshakes that are answered and not yet open. */
  readonly opening: Deadlines;
  /** Close frames that are sent and not yet answered. */
  readonly closing: Deadlines;

  constructor(platform: Platform) {
    this.opening = new Deadlines(platform, HANDSHAKE_OPEN_MS);
    this.closing = new Deadlines(platform, CLOSE_ANSWER_MS);
  }
}
