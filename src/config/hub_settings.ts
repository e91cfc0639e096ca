/**
 * The settings of one hub, in the shape of Azure's resource model, so that the properties of a hub paste in from Bicep
 * or from `az webpubsub hub show`. What Azure knows and Hubbub does not (yet) is refused with what to use instead.
 */
import * as v from "valibot";
import { eventPatternFlaw } from "../events/event_pattern.ts";
import { authHeaderFlaw } from "../events/header_rules.ts";
import { httpUrlFlaw } from "../events/http_url.ts";
import { SYSTEM_EVENTS, type SystemEvent } from "../events/system_events.ts";
import { urlTemplateFlaw } from "../events/url_template.ts";
import { KEEP_ALIVE_SECONDS } from "../limits.ts";
import { withoutFlaw } from "./flaws.ts";
import { rule, setting } from "./setting.ts";

/** How a handler can be authenticated to; `ManagedIdentity` exists on Azure only. */
export const AUTH_TYPES = ["None", "Header", "OAuth2ClientCredentials"] as const;

/** How requests to a handler prove who sends them. Secrets are resolved: nothing has to be looked up later. */
export type HandlerAuth =
  | { readonly type: "None" }
  | {
    readonly type: "Header";
    readonly name: string;
    /** The resolved value: a secret. */
    readonly value: string;
    readonly valueFromEnvironment?: string | undefined;
    readonly valueFromFile?: string | undefined;
  }
  | {
    readonly type: "OAuth2ClientCredentials";
    readonly tokenUrl: string;
    readonly clientId: string;
    /** The resolved secret. */
    readonly clientSecret: string;
    readonly clientSecretFromEnvironment?: string | undefined;
    readonly clientSecretFromFile?: string | undefined;
    readonly scope?: string | undefined;
  };

/** One event handler. Handlers are tried in order for each event; the first that matches gets it. */
export interface EventHandler {
  /** Absolute http(s) URL; `{hub}` and `{event}` in path and query only. */
  readonly urlTemplate: string;
  /** `*`, or literal names between commas; `undefined`: no user event. */
  readonly userEventPattern: string | undefined;
  readonly systemEvents: readonly SystemEvent[];
  readonly auth: HandlerAuth;
}

/** The settings of one hub. */
export interface HubSettings {
  /** Whether clients without a token may connect. */
  readonly anonymousConnectPolicy: "allow" | "deny";
  readonly webSocketKeepAliveIntervalInSeconds: number;
  readonly eventHandlers: readonly EventHandler[];
}

function blankDefect(text: string): string | undefined {
  return text.trim() === "" ? "is empty; give a value or leave the key out" : undefined;
}

const reference = v.optional(v.pipe(v.string(), rule(blankDefect)));

const headerAuth = v.object({
  type: v.literal("Header"),
  name: setting(v.pipe(v.string(), withoutFlaw(authHeaderFlaw)), {
    doc: "Header that carries the value",
    wants: "the name of a header",
  }),
  value: v.optional(v.string()),
  valueFromEnvironment: reference,
  valueFromFile: reference,
});

const oauthAuth = v.object({
  type: v.literal("OAuth2ClientCredentials"),
  tokenUrl: setting(v.pipe(v.string(), withoutFlaw(httpUrlFlaw)), {
    doc: "Token endpoint of the identity provider",
    wants: "the URL of the token endpoint",
  }),
  clientId: setting(v.pipe(v.string(), rule(blankDefect)), {
    doc: "Client id at the identity provider",
    wants: "the client id",
  }),
  clientSecret: v.optional(v.string()),
  clientSecretFromEnvironment: reference,
  clientSecretFromFile: reference,
  scope: v.optional(v.pipe(v.string(), rule(blankDefect))),
});

const managedIdentityAuth = v.pipe(
  v.object({ type: v.literal("ManagedIdentity"), managedIdentity: v.optional(v.unknown()) }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    addIssue({
      message:
        '"ManagedIdentity" exists on Azure only; use "OAuth2ClientCredentials" with tokenUrl, ' +
        "clientId and clientSecretFromEnvironment or clientSecretFromFile",
    });
  }),
);

function listenersDefect(listeners: unknown[]): string | undefined {
  if (listeners.length === 0) return undefined;
  return "event listeners are not supported yet; leave the key out, or take the events with an event handler";
}

function groupPresenceDefect(presence: { eventNames?: string[] | undefined }): string | undefined {
  if ((presence.eventNames?.length ?? 0) === 0) return undefined;
  return "group presence events are not supported yet; leave the key out";
}

const eventHandler = v.object({
  urlTemplate: setting(v.pipe(v.string(), withoutFlaw(urlTemplateFlaw)), {
    doc: "Where events go; {hub} and {event} are replaced in path and query",
    wants: "an absolute http or https URL",
  }),
  userEventPattern: v.optional(setting(v.pipe(v.string(), withoutFlaw(eventPatternFlaw)), {
    doc: 'User events that the handler takes: "*", or names between commas; none when left out',
    wants: '"*" or event names between commas',
  })),
  systemEvents: v.optional(
    setting(v.array(v.pipe(v.string(), v.toLowerCase(), v.picklist(SYSTEM_EVENTS))), {
      doc: "System events that the handler takes",
      wants: 'a list of "connect", "connected", "disconnected"',
    }),
    [],
  ),
  groupPresenceEvents: v.optional(
    v.pipe(
      v.object({
        eventNames: v.optional(v.array(v.string())),
        groupFilters: v.optional(v.array(v.string())),
      }),
      rule(groupPresenceDefect),
    ),
  ),
  auth: v.optional(setting(
    v.variant("type", [
      v.object({ type: v.literal("None") }),
      headerAuth,
      oauthAuth,
      managedIdentityAuth,
    ]),
    {
      doc: "How requests to the handler prove who sends them",
      wants: 'an object such as {"type": "None"}',
    },
  )),
});

/** Declaration of one hub's settings, secrets still as references. */
export const hubSettingsSchema = v.object({
  anonymousConnectPolicy: v.optional(
    setting(v.pipe(v.string(), v.toLowerCase(), v.picklist(["allow", "deny"])), {
      doc: "Whether clients without a token may connect",
      wants: '"allow" or "deny"',
    }),
    "deny",
  ),
  webSocketKeepAliveIntervalInSeconds: v.optional(
    setting(
      v.pipe(
        v.number(),
        v.integer(),
        v.minValue(KEEP_ALIVE_SECONDS.min),
        v.maxValue(KEEP_ALIVE_SECONDS.max),
      ),
      {
        doc: "Interval of the server's pings, in seconds",
        wants: `an integer from ${KEEP_ALIVE_SECONDS.min} to ${KEEP_ALIVE_SECONDS.max}`,
      },
    ),
    KEEP_ALIVE_SECONDS.default,
  ),
  eventHandlers: v.optional(
    setting(v.array(eventHandler), {
      doc: "Event handlers, tried in order; the first that matches an event gets it",
      wants: "a list of event handlers",
    }),
    [],
  ),
  eventListeners: v.optional(
    setting(v.pipe(v.array(v.unknown()), rule(listenersDefect)), {
      doc: "Not supported yet",
      wants: "an empty list",
    }),
  ),
});

/** A hub's settings after validation, before its secrets are resolved. */
export type ParsedHub = v.InferOutput<typeof hubSettingsSchema>;

/** What may be given for a hub. */
export type HubInput = v.InferInput<typeof hubSettingsSchema>;
