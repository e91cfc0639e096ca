/**
 * Connections without a socket and how long they may come back. The window is the same for all, so they expire in the
 * order they left: one queue and one timer serve any number of them.
 */
import type { Cancel, Platform } from "../platform.ts";
import type { Connection } from "../session/connection.ts";

interface Absence {
  readonly connection: Connection;
  readonly deadline: number;
  /** Ends the connection; called only if it is still this absence. Never throws. */
  readonly expire: () => void;
}

/** Expires absences after the recovery window. */
export class AwayQueue {
  readonly #platform: Platform;
  readonly #windowMs: number;
  /** By connection, in the order of departure: a map keeps it and forgets returned ones at once. */
  readonly #absences = new Map<Connection, Absence>();
  #cancel: Cancel | undefined = undefined;

  constructor(platform: Platform, windowMs: number) {
    this.#platform = platform;
    this.#windowMs = windowMs;
  }

  /** Connections that are away. */
  get size(): number {
    return this.#absences.size;
  }

  /** The socket of `connection` is gone; `expire` runs unless it comes back within the window. */
  leave(connection: Connection, expire: () => void): void {
    const deadline = this.#platform.now() + this.#windowMs;
    this.#absences.delete(connection);
    this.#absences.set(connection, { connection, deadline, expire });
    this.#cancel ??= this.#platform.after(this.#windowMs, () => this.#sweep());
  }

  /** `connection` is back, or over. */
  forget(connection: Connection): void {
    if (this.#absences.delete(connection) && this.#absences.size === 0) this.close();
  }

  /** Stops waiting. */
  close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #sweep(): void {
    this.#cancel = undefined;
    const now = this.#platform.now();
    for (const absence of this.#absences.values()) {
      if (absence.deadline > now) {
        this.#cancel = this.#platform.after(absence.deadline - now, () => this.#sweep());
        return;
      }
      this.#absences.delete(absence.connection);
      absence.expire();
    }
  }
}
