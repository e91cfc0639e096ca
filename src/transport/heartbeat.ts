/**
 * Pings to silent clients, and the end of those that stay silent: one timer for all sockets of a transport.
 */
import { BEATS_PER_SECOND } from "../limits.ts";
import type { Cancel, Platform } from "../platform.ts";

const BEAT_MS = 1000 / BEATS_PER_SECOND;

/** A socket that is looked after. */
export interface Beating {
  /** The beat at which bytes came last. */
  lastHeard: number;
  /** Beats of silence after which it is pinged; after twice as many it is given up. */
  readonly patience: number;
  /** Sends a ping. */
  ping(): void;
  /** The peer has been silent for too long. */
  giveUp(): void;
  /** One of these threw: the socket has to end. */
  fail(error: unknown): void;
}

/** All sockets of one transport. */
export class Heartbeat {
  readonly #platform: Platform;
  readonly #sockets = new Set<Beating>();
  #cancel: Cancel | undefined = undefined;
  /** Beats since the start. */
  now = 0;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** Looks after a socket from now on. */
  add(socket: Beating): void {
    this.#sockets.add(socket);
    this.#cancel ??= this.#platform.after(BEAT_MS, () => this.#beat());
  }

  /** The socket is closed. */
  remove(socket: Beating): void {
    this.#sockets.delete(socket);
    if (this.#sockets.size > 0) return;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #beat(): void {
    this.#cancel = undefined;
    this.now++;
    for (const socket of this.#sockets) {
      try {
        const silence = this.now - socket.lastHeard;
        if (silence >= 2 * socket.patience) socket.giveUp();
        else if (silence === socket.patience) socket.ping();
      } catch (error) {
        socket.fail(error);
      }
    }
    if (this.#sockets.size > 0) this.#cancel = this.#platform.after(BEAT_MS, () => this.#beat());
  }
}
