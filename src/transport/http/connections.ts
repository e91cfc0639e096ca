/**
 * All connections of a listener that speak HTTP: their deadlines, and a word when the last one is gone. One timer for
 * all, because a timer for each would be set anew with every request.
 */
import { HTTP_LOOK_MS } from "../../limits.ts";
import type { Cancel, Platform } from "../../platform.ts";

/** A connection that may take too long. */
export interface Timed {
  /** When its time is over, in milliseconds since 1970; `Infinity` while nobody waits for the client. */
  readonly dueAt: number;
  /** Its time is over. */
  expire(): void;
  /** The server stops: ends once the request in work, if any, is answered. */
  stop(): void;
}

/** The connections of one listener. */
export class Connections {
  readonly #platform: Platform;
  readonly #all = new Set<Timed>();
  readonly #look = () => this.#lookAtAll();
  #cancel: Cancel | undefined = undefined;
  #onNone: (() => void) | undefined = undefined;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** Looks after a connection from now on. */
  add(connection: Timed): void {
    this.#all.add(connection);
    this.#cancel ??= this.#platform.after(HTTP_LOOK_MS, this.#look);
  }

  /** The connection is closed, or speaks HTTP no more. */
  remove(connection: Timed): void {
    if (!this.#all.delete(connection) || this.#all.size > 0) return;
    this.#cancel?.();
    this.#cancel = undefined;
    this.#onNone?.();
  }

  /** Ends all of them; resolves when none is left. */
  stop(): Promise<void> {
    for (const connection of [...this.#all]) connection.stop();
    if (this.#all.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onNone = resolve);
  }

  #lookAtAll(): void {
    this.#cancel = undefined;
    const now = this.#platform.now();
    for (const connection of this.#all) if (connection.dueAt <= now) connection.expire();
    if (this.#all.size > 0) this.#cancel = this.#platform.after(HTTP_LOOK_MS, this.#look);
  }
}
