/**
 * What the dispatcher is told: plain values, already read and checked by the configuration.
 */
import { HANDLER_CALL_MS } from "../limits.ts";

/** What is added to a handler's requests so that it knows the caller. */
export type HandlerAuth =
  | { readonly kind: "none" }
  /** A fixed header, such as an API key. */
  | { readonly kind: "header"; readonly name: string; readonly value: string }
  /** `Authorization: Bearer` with a token of the OAuth 2.0 client credentials grant (RFC 6749, 4.4). */
  | {
    readonly kind: "oauth2";
    readonly tokenUrl: string;
    readonly clientId: string;
    readonly clientSecret: string;
    /** Scopes separated by spaces; `undefined` leaves the choice to the token server. */
    readonly scope: string | undefined;
  };

/** One event handler of a hub. */
export interface HandlerSettings {
  /** Absolute URL with optional `{hub}` and `{event}` in path and query. */
  readonly urlTemplate: string;
  /** `*`, a name or a comma list of names; `undefined`: no user events. */
  readonly userEventPattern: string | undefined;
  /** Any of `connect`, `connected`, `disconnected`, in any case. */
  readonly systemEvents: readonly string[];
  readonly auth: HandlerAuth;
}

/** Which addresses handlers may have. */
export interface EgressSettings {
  /** Refuses loopback, private, unique-local, shared and multicast addresses too. */
  readonly denyPrivateAddresses: boolean;
  /** Host names and addresses that are allowed in any case, as they stand in the URL. */
  readonly allowedHosts: readonly string[];
}

/** What a dispatcher is made with; its `hubs` can change while the server runs. */
export interface UpstreamSettings {
  /** Lower-case hub name -> its handlers in order; `*` serves hubs without an entry of their own. */
  readonly hubs: ReadonlyMap<string, readonly HandlerSettings[]>;
  /** Is sent as the webhook origin in place of the bare host; a host or `host:port`. */
  readonly webhookOrigin: string | undefined;
  /** `host[:port]` of the configured public endpoint; `undefined`: the `Host` of the client's upgrade request. */
  readonly publicHost: string | undefined;
  /** Limit of one call with all its attempts and pauses, in milliseconds. */
  readonly callTimeoutMs: number;
  readonly egress: EgressSettings;
}

/** No handlers. */
export const NO_HANDLERS: UpstreamSettings = {
  hubs: new Map(),
  webhookOrigin: undefined,
  publicHost: undefined,
  callTimeoutMs: HANDLER_CALL_MS,
  egress: { denyPrivateAddresses: false, allowedHosts: [] },
};
