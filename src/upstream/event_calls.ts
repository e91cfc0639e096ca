/**
 * An event's whole way to its handler and back: permission, credentials, a place among the handler's calls, the call,
 * cookies. Every failure becomes an answer and one log line.
 */
import type { HandlerAnswer, HandlerFailure } from "../hub/ports.ts";
import type { Platform } from "../platform.ts";
import { type CallFailure, callHandler, type CallResult } from "./call.ts";
import type { CallLog } from "./call_log.ts";
import { type CarrierRequest, isSuccess } from "./carrier.ts";
import { Lanes } from "./lanes.ts";
import type { CookieJars } from "./cookies.ts";
import type { Delivery } from "./delivery.ts";
import type { UpstreamLimits } from "./limits.ts";
import type { OAuthTokens } from "./oauth.ts";
import type { HandlerAuth } from "./settings.ts";
import type { Validator } from "./validation.ts";

/** What the calls are made with. */
export interface EventCallDeps {
  readonly platform: Platform;
  readonly log: CallLog;
  readonly limits: UpstreamLimits;
  readonly validator: Validator;
  readonly tokens: OAuthTokens;
  readonly cookies: CookieJars;
}

const FAILURES: Readonly<Record<CallFailure["kind"], HandlerFailure>> = {
  network: "unreachable",
  denied: "unreachable",
  timeout: "timedOut",
  aborted: "abandoned",
  overloaded: "overloaded",
  tooLarge: "unusable",
  cutOff: "unusable",
  undecodable: "unusable",
};

/** Makes the calls of all events. */
export class EventCalls {
  readonly #deps: EventCallDeps;
  readonly #lanes: Lanes;

  constructor(deps: EventCallDeps) {
    this.#deps = deps;
    this.#lanes = new Lanes(deps.limits.lane);
  }

  /** Sends one event. Never rejects. */
  async send(delivery: Delivery): Promise<HandlerAnswer> {
    const { log, validator } = this.#deps;
    const { carrier, signal } = delivery;
    if (carrier.asksPermission) {
      const permitted = validator.check(delivery.validation, signal);
      // No await where none is needed: a request should be on its way before the client's next frame is read.
      if (permitted !== true && !await permitted) {
        log.notPermitted(delivery);
        return failed(signal?.aborted ? "abandoned" : "notPermitted");
      }
    }
    const { auth } = delivery.handler;
    if (auth.kind !== "none") {
      const added = this.#addCredentials(delivery, auth);
      if (added !== true && !await added) {
        return failed(signal?.aborted ? "abandoned" : "noCredentials");
      }
    }
    return await this.#answer(delivery, await this.#call(delivery));
  }

  /** `false`, and logged, when there is no token to be had. */
  #addCredentials(
    { headers, signal }: Delivery,
    auth: Exclude<HandlerAuth, { kind: "none" }>,
  ): true | Promise<boolean> {
    if (auth.kind === "oauth2") return this.#addToken(headers, auth, signal);
    headers[auth.name] = auth.value;
    return true;
  }

  async #addToken(
    headers: Delivery["headers"],
    auth: Extract<HandlerAuth, { kind: "oauth2" }>,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    const token = await this.#deps.tokens.token(auth, signal);
    if (token === undefined) return false;
    headers["Authorization"] = `Bearer ${token}`;
    return true;
  }

  /** Keeps to the bounds of the handler's lane. */
  async #call(delivery: Delivery): Promise<CallResult> {
    const { handler, source, setup, carrier, signal } = delivery;
    const { platform, limits, log } = this.#deps;
    const lane = this.#lanes.get(`${source.hub} ${handler.template.text}`);
    if (!lane.enter()) {
      const isFirst = !lane.overflowReported;
      lane.overflowReported = true;
      if (isFirst) log.overloaded(delivery, lane.size);
      return { kind: "overloaded", detail: "too many calls of this handler wait", attempts: 0 };
    }
    try {
      const { deadlines } = setup;
      const pausesMs = limits.retryPausesMs;
      const request = this.#requestOf(delivery);
      return await callHandler(request, { platform, carrier, deadlines, pausesMs, lane, signal });
    } finally {
      lane.leave();
    }
  }

  #requestOf({ handler, url, headers, event }: Delivery): CarrierRequest {
    const { body, readsRefusals } = event.request;
    return {
      method: "POST",
      url,
      hostname: handler.template.hostname,
      headers,
      body,
      maxBodyBytes: this.#deps.limits.maxAnswerBytes,
      readsRefusals,
    };
  }

  async #answer(delivery: Delivery, result: CallResult): Promise<HandlerAnswer> {
    const { log, cookies, tokens } = this.#deps;
    const { source, url, handler: { auth } } = delivery;
    if (result.kind !== "answer") {
      log.failed(delivery, result);
      return failed(FAILURES[result.kind]);
    }
    const { status, headers, body } = result;
    const contentType = headers.get("content-type") ?? undefined;
    if (!isSuccess(status)) {
      if (status === 401 && auth.kind === "oauth2") tokens.refused(auth);
      const call = log.failed(delivery, result);
      return { kind: "answered", status, headers, contentType, body, call };
    }
    const stored = cookies.store(source, url, headers);
    if (stored !== undefined) await stored;
    const call = log.succeeded(delivery, result);
    return { kind: "answered", status, headers, contentType, body, call };
  }
}

function failed(why: HandlerFailure): HandlerAnswer {
  return { kind: "failed", why };
}
