/**
 * The configuration in the plain values that the parts of the server take.
 */
import { authorityOf, type Origins } from "../auth/audience.ts";
import type { Config, EventHandler, HubSettings } from "../config/schema.ts";
import { HANDLER_CALL_MS, KEEP_ALIVE_SECONDS } from "../limits.ts";
import type { HandlerAuth, HandlerSettings, UpstreamSettings } from "../upstream/settings.ts";

const UNNAMED_HUB: HubSettings = {
  anonymousConnectPolicy: "deny",
  webSocketKeepAliveIntervalInSeconds: KEEP_ALIVE_SECONDS.default,
  eventHandlers: [],
};

/** The settings of a hub: its own, else those of `*`, else the defaults. Nothing is merged. */
export function hubSettings(config: Config, hub: string): HubSettings {
  return config.hubs[hub] ?? config.hubs["*"] ?? UNNAMED_HUB;
}

/** What the dispatcher of events takes. */
export function upstreamSettings(config: Config): UpstreamSettings {
  const hubs = Object.entries(config.hubs).map(([hub, { eventHandlers }]) =>
    [hub, eventHandlers.map(handlerSettings)] as const
  );
  return {
    hubs: new Map(hubs),
    webhookOrigin: config.webhookOrigin,
    publicHost: config.publicEndpoint === undefined
      ? undefined
      : authorityOf(config.publicEndpoint),
    callTimeoutMs: HANDLER_CALL_MS,
    egress: config.egress,
  };
}

function handlerSettings(handler: EventHandler): HandlerSettings {
  const { urlTemplate, userEventPattern, systemEvents, auth } = handler;
  return { urlTemplate, userEventPattern, systemEvents, auth: handlerAuth(auth) };
}

function handlerAuth(auth: EventHandler["auth"]): HandlerAuth {
  switch (auth.type) {
    case "None":
      return { kind: "none" };
    case "Header":
      return { kind: "header", name: auth.name, value: auth.value };
    case "OAuth2ClientCredentials": {
      const { tokenUrl, clientId, clientSecret, scope } = auth;
      return { kind: "oauth2", tokenUrl, clientId, clientSecret, scope };
    }
  }
}

/**
 * Which hosts and path bases audiences may name. Hosts are not compared until a public endpoint is configured: SDKs
 * that go through a proxy sign another host than the one they call.
 */
export function audienceOrigins(config: Config, ownAuthorities: readonly string[]): Origins {
  const endpoints = [config.publicEndpoint, ...config.additionalEndpoints]
    .filter((endpoint) => endpoint !== undefined);
  if (endpoints.length === 0) return {};
  const named = endpoints.map(authorityOf).filter((authority) => authority !== undefined);
  const bases = endpoints.map((endpoint) => new URL(endpoint).pathname.replace(/\/$/, ""));
  return {
    allowedAuthorities: new Set([...named, ...ownAuthorities]),
    pathBases: bases.filter((base) => base !== "").map((base) => base.toLowerCase()),
  };
}

/** The authorities under which a listener on `host` can be called. */
export function listenerAuthorities(host: string, port: number): string[] {
  const names = host === "0.0.0.0" || host === "::" || host === "localhost" ||
      host.startsWith("127.") || host === "::1"
    ? ["localhost", "127.0.0.1", "[::1]"]
    : [host.includes(":") ? `[${host}]` : host.toLowerCase()];
  return names.map((name) => port === 80 ? name : `${name}:${port}`);
}

/** What to bind for a configured host: the same address family on every machine. */
export function listenHost(host: string): string {
  return host === "localhost" ? "127.0.0.1" : host;
}

/** The address of a listener for people and SDKs on this machine. */
export function listenerEndpoint(host: string, port: number): string {
  const name = host === "0.0.0.0" || host === "::" ? "localhost" : host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
}
