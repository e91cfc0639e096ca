/**
 * Event handlers behind the hub's port: matches an event, builds its request, asks for permission, makes the call,
 * reads the answer. Every failure becomes an outcome and one log line.
 */
import type {
  ConnectOutcome,
  ConnectRequest,
  EventSource,
  Log,
  LogFields,
  Upstream,
  UserEvent,
  UserEventOutcome,
} from "../hub/ports.ts";
import type { Platform } from "../platform.ts";
import { type Advice, adviceFor } from "./advice.ts";
import {
  type CallAnswer,
  callHandler,
  type CallRequest,
  type CallResult,
  isSuccess,
} from "./call.ts";
import {
  connectedEvent,
  connectEvent,
  disconnectedEvent,
  type OutgoingEvent,
  userEvent,
} from "./cloud_event.ts";
import { Lanes } from "./concurrency.ts";
import { CookieJars } from "./cookies.ts";
import { compileSetup, type Delivery, prepareDelivery, type Setup } from "./delivery.ts";
import { type ResolveHost, systemResolveHost } from "./egress_guard.ts";
import type { Handler } from "./handler_match.ts";
import { UPSTREAM_LIMITS, type UpstreamLimits } from "./limits.ts";
import { OAuthTokens } from "./oauth.ts";
import { isUnusable, readConnectAnswer, readUserAnswer } from "./response.ts";
import { untilAborted } from "./retry.ts";
import type { UpstreamSettings } from "./settings.ts";
import { printableUrl } from "../events/url_template.ts";
import { Validator } from "./validation.ts";

/** What the dispatcher is made of, beside its settings. */
export interface DispatcherDeps {
  readonly platform: Platform;
  readonly log: Log;
  /** `ce-signature` for a connection, by the current access keys. */
  signature(connectionId: string): string;
  /** Default: the machine's resolver. */
  readonly resolveHost?: ResolveHost;
  /** Default: the product's limits. */
  readonly limits?: Partial<UpstreamLimits>;
}

const INTERNAL_ERROR = 500;
const FAILED: UserEventOutcome = { ok: false };

/** The event handlers of all hubs. */
export class Dispatcher implements Upstream {
  readonly #platform: Platform;
  readonly #log: Log;
  readonly #signature: (connectionId: string) => string;
  readonly #resolveHost: ResolveHost;
  readonly #limits: UpstreamLimits;
  readonly #validator: Validator;
  readonly #tokens: OAuthTokens;
  readonly #cookies: CookieJars;
  readonly #lanes: Lanes;
  readonly #notifications = new Set<Promise<void>>();
  #stopNotifications = new AbortController();
  #setup: Setup;

  /** Throws an `Error` that names the setting when one is invalid. */
  constructor(settings: UpstreamSettings, deps: DispatcherDeps) {
    const { platform, log } = deps;
    this.#platform = platform;
    this.#log = log;
    this.#signature = (connectionId) => deps.signature(connectionId);
    this.#resolveHost = deps.resolveHost ?? systemResolveHost;
    this.#limits = { ...UPSTREAM_LIMITS, ...deps.limits };
    const limits = this.#limits;
    const guard = () => this.#setup.guard;
    this.#validator = new Validator({ platform, log, limits, guard });
    this.#tokens = new OAuthTokens({ platform, log, retryPausesMs: limits.retryPausesMs, guard });
    this.#cookies = new CookieJars(platform, log);
    this.#lanes = new Lanes(limits.lane);
    this.#setup = compileSetup(settings, platform, this.#resolveHost);
  }

  /**
   * Uses other handlers from the next event on; calls under way keep the URL they started with. Everything else waits
   * for a restart: a connection keeps its webhook origin for life. Throws an `Error` that names the setting when one is
   * invalid: the old ones then stay, all of them.
   */
  replace({ hubs }: Pick<UpstreamSettings, "hubs">): void {
    const settings = { ...this.#setup.settings, hubs };
    const setup = compileSetup(settings, this.#platform, this.#resolveHost);
    this.#setup = setup;
    this.#validator.retain((template) => setup.table.usesTemplate(template));
    this.#tokens.retain([...hubs.values()].flatMap((list) => list.map((h) => h.auth)));
  }

  asksAbout(hub: string): boolean {
    return this.#setup.table.forSystem(hub, "connect") !== undefined;
  }

  connect(
    source: EventSource,
    request: ConnectRequest,
    signal: AbortSignal,
  ): Promise<ConnectOutcome> | undefined {
    const handler = this.#setup.table.forSystem(source.hub, "connect");
    if (handler === undefined) return undefined;
    return this.#connect(handler, source, request, signal);
  }

  connected(source: EventSource, id: number): void {
    const handler = this.#setup.table.forSystem(source.hub, "connected");
    if (handler !== undefined) this.#notify(handler, source, connectedEvent(), id);
  }

  userEvent(
    source: EventSource,
    id: number,
    event: UserEvent,
    signal: AbortSignal,
  ): Promise<UserEventOutcome> | UserEventOutcome {
    const handler = this.#setup.table.forUser(source.hub, event.name);
    if (handler === undefined) return FAILED;
    return this.#userEvent(handler, source, id, event, signal);
  }

  disconnected(source: EventSource, id: number, reason: string): void {
    const handler = this.#setup.table.forSystem(source.hub, "disconnected");
    if (handler !== undefined) this.#notify(handler, source, disconnectedEvent(reason), id);
  }

  /** Waits for running notifications, at most `ms` milliseconds; then it gives up what still runs in the background. */
  async drain(ms: number): Promise<void> {
    const limit = new AbortController();
    const cancel = this.#platform.after(ms, () => limit.abort());
    // In a loop: connections that end meanwhile add theirs.
    while (this.#notifications.size > 0 && !limit.signal.aborted) {
      await untilAborted(Promise.all(this.#notifications), limit.signal);
    }
    cancel();
    const left = this.#notifications.size;
    if (left > 0) this.#log.warn("Gave up notifications of event handlers", { count: left });
    this.#stopNotifications.abort();
    this.#stopNotifications = new AbortController();
    this.#validator.abort();
    this.#tokens.abort();
  }

  async #connect(
    handler: Handler,
    source: EventSource,
    request: ConnectRequest,
    signal: AbortSignal,
  ): Promise<ConnectOutcome> {
    const delivery = this.#prepare(handler, source, connectEvent(request), 0, signal);
    if (delivery === undefined) return { accepted: false, status: INTERNAL_ERROR };
    const result = await this.#deliver(delivery);
    if (result?.kind !== "answer") return { accepted: false, status: INTERNAL_ERROR };
    if (!isSuccess(result.status)) {
      const passedOn = result.status >= 400 && result.status <= 599;
      return { accepted: false, status: passedOn ? result.status : INTERNAL_ERROR };
    }
    const answer = readConnectAnswer(result.headers, result.body, request.subprotocols);
    if (!isUnusable(answer)) return answer;
    this.#reportFailure(delivery, result, answer);
    return { accepted: false, status: INTERNAL_ERROR };
  }

  async #userEvent(
    handler: Handler,
    source: EventSource,
    id: number,
    event: UserEvent,
    signal: AbortSignal,
  ): Promise<UserEventOutcome> {
    const delivery = this.#prepare(handler, source, userEvent(event), id, signal);
    if (delivery === undefined) return FAILED;
    const result = await this.#deliver(delivery);
    if (result?.kind !== "answer" || !isSuccess(result.status)) return FAILED;
    const answer = readUserAnswer(source, result.headers, result.body);
    if (!isUnusable(answer)) return answer;
    this.#reportFailure(delivery, result, answer);
    return FAILED;
  }

  #notify(handler: Handler, source: EventSource, event: OutgoingEvent, id: number): void {
    const delivery = this.#prepare(handler, source, event, id, this.#stopNotifications.signal);
    if (delivery === undefined) return;
    const running: Promise<void> = this.#deliver(delivery).then(() => {
      this.#notifications.delete(running);
    });
    this.#notifications.add(running);
  }

  /** `undefined`, and logged, if the event cannot be sent at all. */
  #prepare(
    handler: Handler,
    source: EventSource,
    event: OutgoingEvent,
    id: number,
    signal: AbortSignal | undefined,
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
    const { hub, connectionId } = source;
    this.#log.warn("Event cannot be sent", {
      hub,
      event: event.name,
      connectionId,
      id,
      ...prepared,
    });
    return undefined;
  }

  /** Makes the call. Logs what is not a success; `undefined` when nothing was sent. Never rejects. */
  async #deliver(delivery: Delivery): Promise<CallResult | undefined> {
    const { handler, source, signal, url } = delivery;
    const permitted = this.#validator.check(delivery.validation, signal);
    // No await where none is needed: a request should be on its way before the client's next frame is read.
    if (permitted !== true && !await permitted) {
      // The validation itself was logged; one more line for each event would drown it.
      this.#log.debug("Event not sent: its handler is not validated", this.#fields(delivery));
      return undefined;
    }
    const { auth } = handler;
    if (auth.kind === "header") delivery.headers[auth.name] = auth.value;
    else if (auth.kind === "oauth2") {
      const token = await this.#tokens.token(auth, signal);
      if (token === undefined) return undefined;
      delivery.headers["Authorization"] = `Bearer ${token}`;
    }
    const result = await this.#call(delivery);
    if (result.kind === "answer" && isSuccess(result.status)) {
      const stored = this.#cookies.store(source, url, result.headers);
      if (stored !== undefined) await stored;
      this.#reportSuccess(delivery, result);
    } else {
      if (result.kind === "answer" && result.status === 401 && auth.kind === "oauth2") {
        this.#tokens.refused(auth);
      }
      this.#reportFailure(delivery, result, adviceFor(result));
    }
    return result;
  }

  async #call(delivery: Delivery): Promise<CallResult> {
    const { handler, source, event, setup, headers, url, signal } = delivery;
    const lane = this.#lanes.get(`${source.hub} ${handler.template.text}`);
    if (!lane.enter()) {
      const isFirst = !lane.overflowReported;
      lane.overflowReported = true;
      if (isFirst) {
        this.#log.warn("Event handler has too many calls: further events fail", {
          hub: source.hub,
          url: printableUrl(url),
          waiting: lane.size,
          fix: "let the handler answer sooner, or run more of it",
        });
      }
      return { kind: "overloaded", detail: "too many calls of this handler wait", attempts: 0 };
    }
    try {
      const request: CallRequest = {
        method: "POST",
        url,
        hostname: handler.template.hostname,
        headers,
        body: event.body,
      };
      return await callHandler(request, {
        platform: this.#platform,
        guard: setup.guard,
        deadlines: setup.deadlines,
        pausesMs: this.#limits.retryPausesMs,
        maxBodyBytes: this.#limits.maxAnswerBytes,
        lane,
        signal,
      });
    } finally {
      lane.leave();
    }
  }

  #reportSuccess(delivery: Delivery, answer: CallAnswer): void {
    const { status, attempts } = answer;
    this.#log.debug("Event sent", { ...this.#fields(delivery), status, attempts });
  }

  #reportFailure(delivery: Delivery, result: CallResult, advice: Advice): void {
    const isAnswer = result.kind === "answer";
    const status = isAnswer ? result.status : undefined;
    const fields = {
      ...this.#fields(delivery),
      status,
      attempts: result.attempts,
      problem: advice.problem,
      fix: advice.fix,
    };
    // A handler that refuses a client does its duty.
    const isRefusal = delivery.event.type === "azure.webpubsub.sys.connect" &&
      (status === 401 || status === 403);
    if (result.kind === "aborted" || result.kind === "overloaded" || isRefusal) {
      this.#log.debug("Event handler did not accept an event", fields);
    } else this.#log.warn("Event handler failed", fields);
  }

  #fields(delivery: Delivery): LogFields {
    const { source, event, id, url, startedAt } = delivery;
    return {
      hub: source.hub,
      event: event.name,
      connectionId: source.connectionId,
      id,
      url: printableUrl(url),
      durationMs: this.#platform.now() - startedAt,
    };
  }
}
