/**
 * All hubs of this server. Hubs need no configuration: one exists while it has a connection.
 */
import { hubKey } from "../names.ts";
import { Hub, type HubContext } from "./hub.ts";

/** Finds hubs by name, without regard to case. */
export class Hubs {
  readonly context: HubContext;
  readonly #hubs = new Map<string, Hub>();

  constructor(context: HubContext) {
    this.context = context;
  }

  /** The hub, if anybody is connected to it: for lookups and sends, which must not leave empty hubs behind. */
  find(name: string): Hub | undefined {
    return this.#hubs.get(hubKey(name));
  }

  /** The hub, made if need be: for a new connection. */
  open(name: string): Hub {
    const key = hubKey(name);
    let hub = this.#hubs.get(key);
    if (hub === undefined) {
      hub = new Hub(key, this.context, (empty) => this.#hubs.delete(empty.name));
      this.#hubs.set(key, hub);
    }
    return hub;
  }

  /** The hubs with connections. */
  all(): IterableIterator<Hub> {
    return this.#hubs.values();
  }
}
