/**
 * What the log says of events and their calls. Lines hold no query of a URL, no payload and no text of the handler.
 */
import { printableUrl } from "../events/url_template.ts";
import type { Answered, AnswerFlaw, EventSource } from "../hub/ports.ts";
import type { Log, LogFields } from "../ports.ts";
import type { Platform } from "../platform.ts";
import { adviceFor } from "./advice.ts";
import type { CallAnswer, CallResult } from "./call.ts";
import { CONNECT_TYPE } from "./cloud_event.ts";
import type { Delivery, Undeliverable } from "./delivery.ts";

/** Writes the lines of all event handlers. */
export class CallLog {
  readonly #log: Log;
  readonly #platform: Platform;

  constructor(log: Log, platform: Platform) {
    this.#log = log;
    this.#platform = platform;
  }

  /** An event could not even be made into a request. */
  unsendable(source: EventSource, event: string, id: number, why: Undeliverable): void {
    const { hub, connectionId: connection } = source;
    this.#log.warn("Event cannot be sent", { hub, event, connection, id, ...why });
  }

  /** The validation itself was logged: one warning more for each event would drown it. */
  notPermitted(delivery: Delivery): void {
    this.#log.debug("Event not sent: its handler is not validated", this.#fields(delivery));
  }

  /** The first of many events that a busy handler has no room for. */
  overloaded({ source, url }: Delivery, waiting: number): void {
    this.#log.warn("Event handler has too many calls: further events fail", {
      hub: source.hub,
      url: printableUrl(url),
      waiting,
      fix: "let the handler answer sooner, or run more of it",
    });
  }

  /** A 2xx; gives what later lines about this answer begin with. */
  succeeded(delivery: Delivery, { status, attempts }: CallAnswer): LogFields {
    const fields = { ...this.#fields(delivery), status, attempts };
    this.#log.debug("Event sent", fields);
    return fields;
  }

  /** No answer, or one that is no 2xx; gives what later lines about this answer begin with. */
  failed(delivery: Delivery, result: CallResult): LogFields {
    const status = result.kind === "answer" ? result.status : undefined;
    const call = { ...this.#fields(delivery), status, attempts: result.attempts };
    const fields = { ...call, ...adviceFor(result) };
    // A handler that refuses a client does its duty.
    const isRefusal = delivery.event.type === CONNECT_TYPE && (status === 401 || status === 403);
    if (result.kind === "aborted" || result.kind === "overloaded" || isRefusal) {
      this.#log.debug("Event handler did not accept an event", fields);
    } else this.#log.warn("Event handler failed", fields);
    return call;
  }

  /** A 2xx that the client's language cannot read. */
  unusable({ call }: Answered, { problem, fix }: AnswerFlaw): void {
    this.#log.warn("Event handler failed", { ...call, problem, fix });
  }

  #fields(delivery: Delivery): LogFields {
    const { source, event, id, url, startedAt } = delivery;
    return {
      hub: source.hub,
      event: event.name,
      connection: source.connectionId,
      id,
      url: printableUrl(url),
      durationMs: this.#platform.now() - startedAt,
    };
  }
}
