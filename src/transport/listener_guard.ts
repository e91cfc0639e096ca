/**
 * Shuts a listener when descriptors run short, and opens it again when there are enough. An open one would take the
 * last descriptors, and worse: a listener of the runtime that finds none left never accepts a connection again, and
 * does not say so.
 */
import { DESCRIPTOR_LOOK_MS, DESCRIPTOR_WATCH_MS } from "../limits.ts";
import type { Cancel, Platform } from "../platform.ts";
import type { Descriptors } from "./descriptors.ts";

/** What the guard needs from outside. */
export interface GuardContext {
  readonly platform: Platform;
  readonly descriptors: Descriptors;
}

/** A listener that can be shut and opened. */
export interface Guarded {
  /** New connections are refused from now on; those that are open stay. */
  shut(): void;
  /** Listens on the same port again; may throw or reject. */
  open(): void | Promise<void>;
}

/** The guard of one listener. */
export class ListenerGuard {
  readonly #context: GuardContext;
  readonly #listener: Guarded;
  #isShut = false;
  #cancel: Cancel | undefined;
  #stopped = false;

  constructor(context: GuardContext, listener: Guarded) {
    this.#context = context;
    this.#listener = listener;
  }

  /** Looks once a second whether the reserve is still there: handlers and files may have taken of it. */
  watch(): void {
    const { platform, descriptors } = this.#context;
    if (this.#stopped || descriptors.reserve === 0) return;
    this.#cancel = platform.after(DESCRIPTOR_WATCH_MS, () => {
      if (descriptors.free(descriptors.reserve) < descriptors.reserve) this.shut();
      else this.watch();
    });
  }

  /** Shuts the listener until there is room; `error`: it has given up by itself. */
  shut(error?: unknown): void {
    if (this.#isShut || this.#stopped) return;
    this.#isShut = true;
    this.#context.descriptors.report("Connections are refused until descriptors are free", error);
    this.#listener.shut();
    this.#later();
  }

  /** The listener is closed for good. */
  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  #later(): void {
    this.#cancel?.();
    if (this.#stopped) return;
    this.#cancel = this.#context.platform.after(DESCRIPTOR_LOOK_MS, () => void this.#tryAgain());
  }

  /** Waits for room beyond the reserve: else the next connections would shut the listener again at once. */
  async #tryAgain(): Promise<void> {
    const { descriptors } = this.#context;
    const wanted = 2 * descriptors.reserve;
    if (descriptors.free(wanted) < wanted) return this.#later();
    try {
      await this.#listener.open();
      this.#isShut = false;
    } catch (error) {
      descriptors.report("The listener cannot be opened again yet", error);
      this.#later();
    }
  }
}
