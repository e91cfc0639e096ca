/**
 * A process that may have only so many descriptors, for tests of those who count them.
 */
import { EventEmitter } from "node:events";
import type { Held } from "../../src/transport/descriptors.ts";

/** The account of such a process. */
export class FewDescriptors {
  limit: number;
  /** How many are in use. */
  inUse = 0;
  /** How many were ever taken. */
  taken = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** How many are left. */
  get free(): number {
    return this.limit - this.inUse;
  }

  /** Takes one; throws as the system does when there is none. */
  take(): Held {
    if (this.free <= 0) {
      throw Object.assign(new Error("Too many open files (os error 24)"), { code: "EMFILE" });
    }
    return this.#hold();
  }

  /** A socket that was just accepted. */
  socket(): FakeSocket {
    return new FakeSocket(this.#hold());
  }

  #hold(): Held {
    this.inUse++;
    this.taken++;
    let open = true;
    return {
      close: () => {
        if (open) this.inUse--;
        open = false;
      },
    };
  }
}

/** As much of a socket as an account of descriptors sees. */
export class FakeSocket {
  readonly #held: Held;
  readonly #events = new EventEmitter();

  constructor(held: Held) {
    this.#held = held;
  }

  on(event: string, listener: () => void): this {
    this.#events.on(event, listener);
    return this;
  }

  destroy(): this {
    this.#held.close();
    this.#events.emit("close");
    return this;
  }
}
