/**
 * Work that a stop waits for.
 */

/** Promises under way. */
export class Running {
  readonly #work = new Set<Promise<unknown>>();

  /** How many there are. */
  get size(): number {
    return this.#work.size;
  }

  /** Counts `work` until it has ended; it must not reject. */
  add(work: Promise<unknown>): void {
    const counted: Promise<void> = work.then(() => void this.#work.delete(counted));
    this.#work.add(counted);
  }

  /** Resolves when all that is under way now has ended. */
  async ended(): Promise<void> {
    await Promise.all(this.#work);
  }
}
