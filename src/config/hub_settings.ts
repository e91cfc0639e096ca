/** The settings of one hub, as the rest of the server takes them: judged, completed, secrets resolved. */
import type { SystemEvent } from "../events/system_events.ts";

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
