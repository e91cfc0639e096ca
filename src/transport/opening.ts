/**
 * Handshakes that are answered and not yet open. Of a client that leaves in between the runtime reports nothing at all:
 * without a limit its connection would stay in the hub for ever.
 */
import { HANDSHAKE_OPEN_MS } from "../limits.ts";
import type { Cancel, Platform } from "../platform.ts";

const LOOK_MS = 1000;

/** A socket that the runtime has still to open. */
export interface Unopened {
  /** It did not open in time. */
  abandon(): void;
}

/** All such sockets of a server: one timer, and only while there are any. */
export class Opening {
  readonly #platform: Platform;
  /** Since when, in milliseconds since 1970; oldest first. */
  readonly #since = new Map<Unopened, number>();
  #cancel: Cancel | undefined = undefined;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** The answer of `socket` goes out. */
  add(socket: Unopened): void {
    this.#since.set(socket, this.#platform.now());
    this.#schedule();
  }

  /** It is open, or closed already. */
  remove(socket: Unopened): void {
    if (!this.#since.delete(socket) || this.#since.size > 0) return;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #schedule(): void {
    this.#cancel ??= this.#platform.after(LOOK_MS, () => this.#look());
  }

  #look(): void {
    this.#cancel = undefined;
    const now = this.#platform.now();
    for (const [socket, since] of this.#since) {
      if (now - since < HANDSHAKE_OPEN_MS) break;
      this.#since.delete(socket);
      socket.abandon();
    }
    if (this.#since.size > 0) this.#schedule();
  }
}
