/**
 * Moves the frames of slow sockets on. The runtime tells nobody when a socket has drained, so one timer looks after
 * all that have a queue; while every client keeps up there is no timer at all.
 */
import { OUTBOUND_STALL_MS } from "../limits.ts";
import type { Cancel, Platform } from "../platform.ts";

/** Time between two looks at the slow sockets, in milliseconds. */
const PUMP_MS = 20;

/** A socket with a queue. */
export interface Pumped {
  /** Sends what the runtime takes; tells whether frames still wait. */
  pump(): boolean;
  /** Bytes that wait here and in the runtime. */
  readonly bufferedBytes: number;
  /** No progress for too long. */
  stall(): void;
}

interface Watch {
  lowest: number;
  since: number;
}

/** The slow sockets of one transport. */
export class Pump {
  readonly #platform: Platform;
  readonly #watched = new Map<Pumped, Watch>();
  #cancel: Cancel | undefined = undefined;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** Looks after `socket` until its queue is empty. */
  watch(socket: Pumped): void {
    if (this.#watched.has(socket)) return;
    this.#watched.set(socket, { lowest: Infinity, since: this.#platform.now() });
    this.#cancel ??= this.#platform.after(PUMP_MS, () => this.#round());
  }

  /** The socket is gone. */
  forget(socket: Pumped): void {
    if (!this.#watched.delete(socket) || this.#watched.size > 0) return;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #round(): void {
    this.#cancel = undefined;
    const now = this.#platform.now();
    for (const [socket, watch] of this.#watched) {
      const waits = socket.pump();
      const buffered = socket.bufferedBytes;
      if (!waits && buffered === 0) {
        this.#watched.delete(socket);
      } else if (buffered < watch.lowest) {
        watch.lowest = buffered;
        watch.since = now;
      } else if (now - watch.since >= OUTBOUND_STALL_MS) {
        this.#watched.delete(socket);
        socket.stall();
      }
    }
    if (this.#watched.size > 0) this.#cancel = this.#platform.after(PUMP_MS, () => this.#round());
  }
}
