/**
 * How many sockets are open, and a word when the last one is closed: a stop waits for it.
 */
export class OpenSockets {
  #count = 0;
  #onNone: (() => void) | undefined = undefined;

  /** Sockets that are open or closing. */
  get count(): number {
    return this.#count;
  }

  /** A socket was made. */
  add(): void {
    this.#count++;
  }

  /** A socket is closed on both sides. */
  remove(): void {
    this.#count--;
    if (this.#count === 0) this.#onNone?.();
  }

  /** Resolves when no socket is open. */
  whenNone(): Promise<void> {
    if (this.#count === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onNone = resolve);
  }
}
