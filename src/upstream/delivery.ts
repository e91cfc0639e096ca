/**
 * One event on its way to one handler: everything that is fixed at the moment at which it is raised.
 */
import { authorityFlaw } from "../events/webhook_origin.ts";
import type { EventSource } from "../hub/ports.ts";
import type { Platform } from "../platform.ts";
import type { Carrier, Carriers } from "./carrier.ts";
import { eventHeaders, type OutgoingEvent } from "./cloud_event.ts";
import type { CookieJars } from "./cookies.ts";
import { Deadlines } from "../deadlines.ts";
import { EgressGuard, type ResolveHost } from "./egress_guard.ts";
import { type Handler, HandlerTable } from "./handler_match.ts";
import { HttpCarrier } from "./http_carrier.ts";
import { webhookOrigin } from "./origin.ts";
import type { UpstreamSettings } from "./settings.ts";
import type { ValidationTarget } from "./permission.ts";

/** What one set of settings was made into. */
export interface Setup {
  readonly settings: UpstreamSettings;
  readonly table: HandlerTable;
  /** For all that is no event: token servers. */
  readonly http: Carrier;
  readonly carriers: Carriers;
  /** Limits of the calls. */
  readonly deadlines: Deadlines<AbortController>;
}

/** What a setup is made with, beside its settings. */
export interface SetupDeps {
  readonly platform: Platform;
  readonly resolveHost: ResolveHost;
  /** Beside HTTP, or in its place. */
  readonly carriers: Carriers;
}

/** Makes a setup. Throws an `Error` that names the setting when one is invalid. */
export function compileSetup(settings: UpstreamSettings, deps: SetupDeps): Setup {
  const { platform, resolveHost } = deps;
  const { webhookOrigin, publicHost } = settings;
  for (const [name, value] of Object.entries({ webhookOrigin, publicHost })) {
    const flaw = value === undefined ? undefined : authorityFlaw(value);
    if (flaw !== undefined) {
      throw new Error(`Cannot use the ${name} "${value}": it ${flaw.problem}; ${flaw.fix}`);
    }
  }
  const table = new HandlerTable(settings);
  const http = new HttpCarrier(platform, new EgressGuard(platform, resolveHost, settings.egress));
  const carriers = { http, https: http, ...deps.carriers };
  const deadlines = new Deadlines<AbortController>(platform, settings.callTimeoutMs);
  return { settings, table, http, carriers, deadlines };
}

/** A request, ready to be sent; later changes of the settings or the connection do not touch it. */
export interface Delivery {
  readonly setup: Setup;
  readonly handler: Handler;
  readonly carrier: Carrier;
  readonly source: EventSource;
  readonly event: OutgoingEvent;
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly signal: AbortSignal | undefined;
  readonly url: string;
  readonly validation: ValidationTarget;
  /** Without the handler's auth, which may have to be fetched. */
  readonly headers: Record<string, string>;
}

/** Why an event cannot be sent at all; for the log. */
export type Undeliverable = {
  readonly problem: string;
  readonly fix: string;
};

/** What goes into a delivery beside the event. */
export interface DeliveryContext {
  readonly setup: Setup;
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly signature: string;
  readonly requestId: string;
  readonly signal: AbortSignal | undefined;
  readonly cookies: CookieJars;
}

/** Makes the request of an event. */
export function prepareDelivery(
  handler: Handler,
  source: EventSource,
  event: OutgoingEvent,
  context: DeliveryContext,
): Delivery | Undeliverable {
  const { setup, id, time, signal } = context;
  const { template } = handler;
  const url = template.resolve(source.hub, event.name);
  const validationUrl = template.resolve(source.hub, "validate");
  if (url === undefined || validationUrl === undefined) {
    return {
      problem: "the name of the hub or of the event cannot be a part of a URL",
      fix: "use names that begin with a letter",
    };
  }
  const carrier = setup.carriers[template.scheme];
  if (carrier === undefined) {
    return {
      problem: `nothing carries events to "${template.scheme}" URLs`,
      fix: "give the http or https URL of the handler",
    };
  }
  const origin = webhookOrigin(setup.settings, source.requestHost);
  if (origin === undefined) {
    return {
      problem: "there is no webhook origin: the client's Host header is not a valid one",
      fix: "set publicEndpoint",
    };
  }
  const built = eventHeaders(source, event, { ...context, origin: origin.sent });
  if (!built.ok) {
    return {
      problem: `the header ${built.header} would hold characters that no header may hold`,
      fix: "use printable ASCII there, in user ids any text without control characters",
    };
  }
  const { headers } = built;
  const cookie = context.cookies.header(source, url);
  if (cookie !== undefined) headers["Cookie"] = cookie;
  const { text, hostname } = template;
  const validation = { url: validationUrl, hostname, template: text, origin, carrier };
  return {
    setup,
    handler,
    carrier,
    source,
    event,
    id,
    startedAt: time,
    signal,
    url,
    validation,
    headers,
  };
}
