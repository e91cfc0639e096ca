/**
 * Moves the frames of slow sockets on. The runtime tells nobody when a socket has drained, so one timer looks after
 * all that have a queue; while every client keeps up there is no timer at all.
 */
import { OUTBOUND_STALL_MS, PUMP_MS, STALLED_HOLD_MS } from "../limits.ts";
import type { Cancel, Platform } from "../platform.ts";

/** A socket with a queue. */
export interface Pumped {
  /** Sends what the runtime takes; tells whether frames still wait. */
  pump(): boolean;
  /** Bytes that wait here and in the runtime. */
  readonly bufferedBytes: number;
  /** Bytes that the client's side has taken over so far; never falls. */
  readonly takenBytes: number;
  /** The queue stands still, or moves again. */
  moves(moves: boolean): void;
  /** No progress for too long. */
  stall(): void;
  /** Looking after it threw: it has to end. */
  fail(error: unknown): void;
}

interface Watch {
  taken: number;
  since: number;
  moves: boolean;
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
    const { takenBytes } = socket;
    this.#watched.set(socket, { taken: takenBytes, since: this.#platform.now(), moves: true });
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
      try {
        this.#look(socket, watch, now);
      } catch (error) {
        this.#watched.delete(socket);
        socket.fail(error);
      }
    }
    if (this.#watched.size > 0) this.#cancel = this.#platform.after(PUMP_MS, () => this.#round());
  }

  #look(socket: Pumped, watch: Watch, now: number): void {
    const waits = socket.pump();
    const { takenBytes } = socket;
    if (!waits && socket.bufferedBytes === 0) {
      this.#watched.delete(socket);
      socket.moves(true);
    } else if (takenBytes > watch.taken) {
      // Any byte is progress: a client that keeps up with a steady stream may never empty its queue.
      watch.taken = takenBytes;
      watch.since = now;
      if (!watch.moves) socket.moves(true);
      watch.moves = true;
    } else if (now - watch.since >= OUTBOUND_STALL_MS) {
      this.#watched.delete(socket);
      socket.stall();
    } else if (watch.moves && now - watch.since >= STALLED_HOLD_MS) {
      watch.moves = false;
      socket.moves(false);
    }
  }
}
