/**
 * An HTTP server of the runtime that outlives its listener. The runtime gives up for good when one `accept` fails, be it
 * for want of descriptors or because a client left at the wrong moment, and an error that nobody takes ends the process.
 *
 * Nor can it be told to refuse a connection. So the reserve of descriptors is held, and given free when the rest is
 * used up: what is connected goes on, new connections are refused by the closed port until there is room again.
 */
import type { Held } from "./descriptors.ts";
import { type GuardContext, ListenerGuard } from "./listener_guard.ts";

/** A server of the runtime, as far as it is of interest here. */
export interface HttpListener {
  readonly port: number;
  /** Rejects when it gives up. */
  readonly finished: Promise<void>;
  shutdown(): Promise<void>;
}

/** Opens a listener on a port; 0 is any. */
export type Listen = (port: number) => HttpListener;

/** Listens until it is shut down. */
export class LastingHttp {
  readonly #context: GuardContext;
  readonly #listen: Listen;
  readonly #guard: ListenerGuard;
  #http: HttpListener;
  #reserve: Held;

  /** Throws what `listen` throws: a port in use, for instance. */
  constructor(context: GuardContext, listen: Listen, port: number) {
    this.#context = context;
    this.#listen = listen;
    this.#guard = new ListenerGuard(context, {
      shut: () => this.#reserve.close(),
      open: () => this.#open(),
    });
    this.#http = this.#begin(port);
    this.#reserve = context.descriptors.holdReserve();
  }

  /** The port, the same for ever. */
  get port(): number {
    return this.#http.port;
  }

  /** Accepts nothing more; resolves when what is under way is answered. */
  async shutdown(): Promise<void> {
    this.#guard.stop();
    this.#reserve.close();
    await this.#http.shutdown();
  }

  /** What an earlier listener accepted is served on, whatever becomes of that one. */
  #open(): void {
    this.#http = this.#begin(this.port);
    this.#reserve = this.#context.descriptors.holdReserve();
  }

  #begin(port: number): HttpListener {
    const http = this.#listen(port);
    http.finished.catch((error) => this.#guard.shut(error));
    return http;
  }
}
