/**
 * Event handlers behind the hub's port: matches an event to its handler, makes its request, and lets it be sent.
 * Nothing waits for notifications; the handshake waits for the answer to `connect`, the client for that to a user event.
 */
import type {
  Answered,
  AnswerFlaw,
  EventSource,
  HandlerAnswer,
  HandlerRequest,
  Upstream,
} from "../hub/ports.ts";
import type { Log } from "../ports.ts";
import type { Platform } from "../platform.ts";
import { CallLog } from "./call_log.ts";
import type { Carriers } from "./carrier.ts";
import {
  connectedEvent,
  connectEvent,
  disconnectedEvent,
  type OutgoingEvent,
  userEvent,
} from "./cloud_event.ts";
import { CookieJars } from "./cookies.ts";
import {
  compileSetup,
  type Delivery,
  prepareDelivery,
  type Setup,
  type SetupDeps,
} from "./delivery.ts";
import { type ResolveHost, systemResolveHost } from "./egress_guard.ts";
import { EventCalls } from "./event_calls.ts";
import type { Handler } from "./handler_match.ts";
import { UPSTREAM_LIMITS, type UpstreamLimits } from "./limits.ts";
import { OAuthTokens } from "./oauth.ts";
import { untilAborted } from "./retry.ts";
import { Running } from "./running.ts";
import type { UpstreamSettings } from "./settings.ts";
import { Validator } from "./validation.ts";

/** What the dispatcher is made of, beside its settings. */
export interface DispatcherDeps {
  readonly platform: Platform;
  readonly log: Log;
  /** `ce-signature` for a connection, by the current access keys. */
  signature(connectionId: string): string;
  /** Default: the machine's resolver. */
  readonly resolveHost?: ResolveHost;
  /** Ways to handlers beside HTTP, or in its place; default: none. */
  readonly carriers?: Carriers;
  /** Default: the product's limits. */
  readonly limits?: Partial<UpstreamLimits>;
}

/** The event handlers of all hubs. */
export class Dispatcher implements Upstream {
  readonly #platform: Platform;
  readonly #log: Log;
  readonly #signature: (connectionId: string) => string;
  readonly #setupDeps: SetupDeps;
  readonly #callLog: CallLog;
  readonly #validator: Validator;
  readonly #tokens: OAuthTokens;
  readonly #cookies: CookieJars;
  readonly #calls: EventCalls;
  readonly #connects = new Running();
  readonly #notifications = new Running();
  #stopNotifications = new AbortController();
  #setup: Setup;

  /** Throws an `Error` that names the setting when one is invalid. */
  constructor(settings: UpstreamSettings, deps: DispatcherDeps) {
    const { platform, log, resolveHost = systemResolveHost, carriers = {} } = deps;
    this.#platform = platform;
    this.#log = log;
    this.#signature = (connectionId) => deps.signature(connectionId);
    this.#setupDeps = { platform, resolveHost, carriers };
    this.#setup = compileSetup(settings, this.#setupDeps);
    const limits = { ...UPSTREAM_LIMITS, ...deps.limits };
    this.#callLog = new CallLog(log, platform);
    this.#validator = new Validator({ platform, log, limits });
    const http = () => this.#setup.http;
    this.#tokens = new OAuthTokens({ platform, log, retryPausesMs: limits.retryPausesMs, http });
    this.#cookies = new CookieJars(platform, log);
    this.#calls = new EventCalls({
      platform,
      log: this.#callLog,
      limits,
      validator: this.#validator,
      tokens: this.#tokens,
      cookies: this.#cookies,
    });
  }

  /**
   * Uses other handlers from the next event on; calls under way keep the URL they started with. Everything else waits
   * for a restart: a connection keeps its webhook origin for life. Throws an `Error` that names the setting when one is
   * invalid: the old ones then stay, all of them.
   */
  replace({ hubs }: Pick<UpstreamSettings, "hubs">): void {
    const setup = compileSetup({ ...this.#setup.settings, hubs }, this.#setupDeps);
    this.#setup = setup;
    this.#validator.retain((template) => setup.table.usesTemplate(template));
    this.#tokens.retain([...hubs.values()].flatMap((list) => list.map((h) => h.auth)));
  }

  asksAbout(hub: string): boolean {
    return this.#setup.table.forSystem(hub, "connect") !== undefined;
  }

  connect(
    source: EventSource,
    request: HandlerRequest,
    signal: AbortSignal,
  ): Promise<HandlerAnswer> | undefined {
    const handler = this.#setup.table.forSystem(source.hub, "connect");
    if (handler === undefined) return undefined;
    const answer = this.#ask(handler, source, connectEvent(request), 0, signal);
    this.#connects.add(answer);
    return answer;
  }

  connected(source: EventSource, id: number): void {
    const handler = this.#setup.table.forSystem(source.hub, "connected");
    if (handler !== undefined) this.#notify(handler, source, connectedEvent(), id);
  }

  userEvent(
    source: EventSource,
    id: number,
    name: string,
    request: HandlerRequest,
    signal: AbortSignal,
  ): Promise<HandlerAnswer> | HandlerAnswer {
    const handler = this.#setup.table.forUser(source.hub, name);
    if (handler === undefined) return { kind: "failed", why: "noHandler" };
    return this.#ask(handler, source, userEvent(name, request), id, signal);
  }

  disconnected(source: EventSource, id: number, reason: string): void {
    const handler = this.#setup.table.forSystem(source.hub, "disconnected");
    if (handler !== undefined) this.#notify(handler, source, disconnectedEvent(reason), id);
  }

  reportUnusable(answer: Answered, flaw: AnswerFlaw): void {
    this.#callLog.unusable(answer, flaw);
  }

  /**
   * Waits for running notifications, at most `ms` milliseconds; then it gives up what still runs in the background.
   * Waits for `connect` calls too: a client that is let in while we stop is a client that has left again.
   */
  async drain(ms: number): Promise<void> {
    const limit = new AbortController();
    const cancel = this.#platform.after(ms, () => limit.abort());
    // In a loop: connections that end meanwhile add theirs.
    while (!limit.signal.aborted && (this.#connects.size > 0 || this.#notifications.size > 0)) {
      const ended = Promise.all([this.#connects.ended(), this.#notifications.ended()]);
      await untilAborted(ended, limit.signal);
      // Whoever waited for a connect raises in this turn what follows from it.
      await new Promise<void>((resolve) => this.#platform.afterReads(resolve));
    }
    cancel();
    const left = this.#notifications.size;
    if (left > 0) this.#log.warn("Gave up notifications of event handlers", { count: left });
    this.#stopNotifications.abort();
    this.#stopNotifications = new AbortController();
    this.#validator.abort();
    this.#tokens.abort();
  }

  #ask(
    handler: Handler,
    source: EventSource,
    event: OutgoingEvent,
    id: number,
    signal: AbortSignal,
  ): Promise<HandlerAnswer> {
    const delivery = this.#prepare(handler, source, event, id, signal);
    if (delivery !== undefined) return this.#calls.send(delivery);
    return Promise.resolve({ kind: "failed", why: "unsendable" });
  }

  #notify(handler: Handler, source: EventSource, event: OutgoingEvent, id: number): void {
    const delivery = this.#prepare(handler, source, event, id, this.#stopNotifications.signal);
    if (delivery !== undefined) this.#notifications.add(this.#calls.send(delivery));
  }

  /** `undefined`, and logged, if the event cannot be sent at all. */
  #prepare(
    handler: Handler,
    source: EventSource,
    event: OutgoingEvent,
    id: number,
    signal: AbortSignal,
  ): Delivery | undefined {
    const prepared = prepareDelivery(handler, source, event, {
      setup: this.#setup,
      id,
      time: this.#platform.now(),
      signature: this.#signature(source.connectionId),
      requestId: this.#platform.randomUuid(),
      signal,
      cookies: this.#cookies,
    });
    if (!("problem" in prepared)) return prepared;
    this.#callLog.unsendable(source, event.name, id, prepared);
    return undefined;
  }
}
