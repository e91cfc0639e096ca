/**
 * File descriptors: every connection takes one, and so do files, calls of handlers and the listener itself. Who opens
 * connections must not take the last ones.
 *
 * The runtime lets no program read its own limit without all permissions. So what is free is tried: files are opened
 * until there are enough of them, and closed again. That is done only where more connections are open than ever before.
 */
import { errorFields } from "../errors.ts";
import type { Log, LogFields } from "../ports.ts";
import {
  DESCRIPTOR_LOG_MS,
  DESCRIPTOR_LOOK_MS,
  DESCRIPTORS_PER_LOOK,
  RESERVED_DESCRIPTORS,
} from "../limits.ts";
import type { Platform } from "../platform.ts";
import { Seldom } from "../seldom.ts";

/** Something that takes a descriptor. */
export interface Held {
  close(): void;
}

/** As much of a socket as is needed to count it. */
export interface Countable {
  on(event: "close", listener: () => void): unknown;
  destroy(): unknown;
}

/** What the account needs from outside. */
export interface DescriptorContext {
  readonly platform: Platform;
  readonly log: Log;
  /** Takes one descriptor; throws when there is none. */
  take?(): Held;
}

/** The descriptors of a process, and how many of them connections may take. */
export class Descriptors {
  /** How many are kept for everything but connections; 0 switches the account off. */
  readonly reserve: number;
  readonly #platform: Platform;
  readonly #log: Log;
  readonly #take: () => Held;
  readonly #seldom: Seldom;
  readonly #released = () => void this.#open--;
  #open = 0;
  /** So many connections fit, as far as is known. */
  #fitting = 0;
  /** When free descriptors may be counted next, in milliseconds since 1970: counting costs more than a refusal. */
  #nextLook = -Infinity;

  constructor(context: DescriptorContext, reserve: number = RESERVED_DESCRIPTORS) {
    this.reserve = reserve;
    this.#platform = context.platform;
    this.#log = context.log;
    this.#take = context.take ?? takeFile;
    this.#seldom = new Seldom(context.platform, DESCRIPTOR_LOG_MS);
  }

  /** Counts a connection until it is closed; false, and it is cut, when it would take of the reserve. */
  admit(socket: Countable): boolean {
    this.#open++;
    socket.on("close", this.#released);
    if (this.#open <= this.#fitting || this.#hasRoom()) return true;
    socket.destroy();
    return false;
  }

  /** How many are free; counts no further than `most`. */
  free(most: number): number {
    const held: Held[] = [];
    try {
      while (held.length < most) held.push(this.#take());
    } catch (error) {
      // An error of another kind says nothing of descriptors: no connection is refused for it.
      if (!isUsedUp(error)) return most;
    } finally {
      for (const one of held) one.close();
    }
    return held.length;
  }

  /** Opens files for the reserve, so that connections run out of descriptors while these can still be given back. */
  holdReserve(): Held {
    const held: Held[] = [];
    try {
      while (held.length < this.reserve) held.push(this.#take());
    } catch {
      // As many as there are.
    }
    return { close: () => held.splice(0).forEach((one) => one.close()) };
  }

  /** A line of log, at most one a second. */
  report(message: string, error?: unknown): void {
    const count = this.#seldom.count();
    if (count === 0) return;
    const fields: LogFields = { connections: this.#open, reserve: this.reserve, count };
    this.#log.warn(message, error === undefined ? fields : { ...fields, ...errorFields(error) });
  }

  #hasRoom(): boolean {
    if (this.reserve === 0) return true;
    const now = this.#platform.now();
    if (now < this.#nextLook) return false;
    const room = this.free(this.reserve + DESCRIPTORS_PER_LOOK) - this.reserve;
    if (room < 0) {
      this.#nextLook = now + DESCRIPTOR_LOOK_MS;
      return false;
    }
    // The connection that asks has its own already.
    this.#fitting = this.#open + room;
    return true;
  }
}

/** Whether an error says that the process, or the machine, has no descriptors left. */
export function isUsedUp(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === "EMFILE" || code === "ENFILE" || /too many open files/i.test(String(error));
}

function takeFile(): Held {
  return Deno.openSync("/dev/null");
}
