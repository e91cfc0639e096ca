/**
 * For whom a token was made: the rules that match the values of `aud` with a request.
 *
 * Rules: the service's client specification for clients; for REST what its SDKs sign (the whole request URL) and what
 * the official emulator accepts. Nothing here normalises a path: a URL parser would fold `..` and escapes, so that two
 * different resources could look alike.
 */

/** One value of `aud`, taken apart once per token. */
export interface Audience {
  /** Lower case, without the default port of its scheme. */
  readonly authority: string;
  /** ASCII lower case, still percent-encoded, without a trailing slash. */
  readonly path: string;
  /** `path` with each segment decoded once; `undefined` when that is impossible. See {@link canonicalPath}. */
  readonly canonical: string | undefined;
  /** The `hub` of the query, ASCII lower case. */
  readonly queryHub: string | undefined;
}

/** Which host names an audience may have and what stands before the server's own paths. */
export interface Origins {
  /**
   * Authorities (see {@link authorityOf}) that are good at any time: public endpoints, the listener's own addresses.
   * `undefined`: the authority is not compared, which is right until a public endpoint is configured.
   */
  readonly allowedAuthorities?: ReadonlySet<string> | undefined;
  /** What this request says of its own host: `Host`, and `X-Forwarded-Host` from a trusted proxy. Lower case. */
  readonly requestAuthorities?: readonly string[] | undefined;
  /** Paths that a proxy strips, as in the public endpoints: lower case, `/base` without trailing slash. */
  readonly pathBases?: readonly string[] | undefined;
}

/** The request that a REST token must be for. */
export interface RestTarget extends Origins {
  /** Raw path as sent, without the query. */
  readonly path: string;
}

/** Where the clients of each language find their hubs. */
const CLIENT_PREFIX = {
  default: "/client/hubs/",
  mqtt: "/clients/mqtt/hubs/",
  socketio: "/clients/socketio/hubs/",
} as const;

/** The endpoint families for clients. */
export type ClientEndpoint = keyof typeof CLIENT_PREFIX;

/** The handshake that a client token must be for. */
export interface ClientTarget extends Origins {
  readonly endpoint: ClientEndpoint;
  /** A valid hub name, in any letter case. */
  readonly hub: string;
}

// Without the flag `u`, `i` folds ASCII letters only: "wſs" is no "wss".
const SCHEME = /^(https?|wss?):\/\//i;
/** User info, white space, backslashes and control characters are where URL parsers disagree. */
const DOUBTFUL = /[@\\\s\p{Cc}]/u;

/**
 * The audience of a client token.
 *
 * ```ts
 * import { clientAudience } from "./audience.ts";
 * import assert from "node:assert/strict";
 * assert.equal(
 *   clientAudience("https://push.example.com", "default", "Chat"),
 *   "https://push.example.com/client/hubs/chat",
 * );
 * ```
 */
export function clientAudience(endpoint: string, family: ClientEndpoint, hub: string): string {
  return `${endpoint.replace(/\/$/, "")}${CLIENT_PREFIX[family]}${lowerAscii(hub)}`;
}

/** Takes the values of `aud` apart; those that are no URL of a known scheme are left out. Linear, never throws. */
export function parseAudiences(values: readonly string[]): readonly Audience[] {
  const audiences: Audience[] = [];
  for (const value of values) {
    const audience = parseAudience(value);
    if (audience !== undefined) audiences.push(audience);
  }
  return audiences;
}

function parseAudience(value: string): Audience | undefined {
  const url = split(value);
  if (url === undefined) return undefined;
  const path = trimSlash(lowerAscii(url.path));
  return {
    authority: url.authority,
    path,
    canonical: canonicalPath(path),
    queryHub: queryHub(url.query),
  };
}

/**
 * Host and port of a URL in the form that is compared; `undefined` when it is no URL of a known scheme.
 *
 * ```ts
 * import { authorityOf } from "./audience.ts";
 * import assert from "node:assert/strict";
 * assert.equal(authorityOf("HTTPS://Push.example.com:443/base"), "push.example.com");
 * assert.equal(authorityOf("ftp://push.example.com"), undefined);
 * ```
 */
export function authorityOf(url: string): string | undefined {
  return split(url)?.authority;
}

/** Tells whether one of the audiences is this REST request or continues its path behind a segment boundary. */
export function isForRest(audiences: readonly Audience[], target: RestTarget): boolean {
  const path = trimSlash(lowerAscii(target.path));
  if (!path.startsWith("/api/")) return false;
  const canonical = canonicalPath(path);
  for (const audience of audiences) {
    if (!hasAllowedAuthority(audience, target)) continue;
    if (restPathFits(audience.path, audience.canonical, path, canonical)) return true;
    for (const base of target.pathBases ?? []) {
      if (
        audience.path.startsWith(`${base}/`) &&
        restPathFits(
          audience.path.slice(base.length),
          audience.canonical?.startsWith(`${base}/`)
            ? audience.canonical.slice(base.length)
            : undefined,
          path,
          canonical,
        )
      ) return true;
    }
  }
  return false;
}

function restPathFits(
  given: string,
  givenCanonical: string | undefined,
  wanted: string,
  wantedCanonical: string | undefined,
): boolean {
  if (isOrContinues(given, wanted)) return true;
  return givenCanonical !== undefined && wantedCanonical !== undefined &&
    isOrContinues(givenCanonical, wantedCanonical);
}

function isOrContinues(given: string, wanted: string): boolean {
  return given.startsWith(wanted) &&
    (given.length === wanted.length || given.charCodeAt(wanted.length) === SLASH);
}

/** Tells whether one of the audiences is the client endpoint of this hub, in the newer or the older form. */
export function isForClient(audiences: readonly Audience[], target: ClientTarget): boolean {
  const hub = lowerAscii(target.hub);
  const prefix = CLIENT_PREFIX[target.endpoint];
  const olderForm = target.endpoint === "default";
  for (const audience of audiences) {
    if (!hasAllowedAuthority(audience, target)) continue;
    if (clientPathFits(audience, audience.path, prefix, hub, olderForm)) return true;
    for (const base of target.pathBases ?? []) {
      if (
        audience.path.startsWith(`${base}/`) &&
        clientPathFits(audience, audience.path.slice(base.length), prefix, hub, olderForm)
      ) return true;
    }
  }
  return false;
}

function clientPathFits(
  audience: Audience,
  path: string,
  prefix: string,
  hub: string,
  olderForm: boolean,
): boolean {
  if (olderForm && path === "/client") return audience.queryHub === hub;
  if (!path.startsWith(prefix)) return false;
  const segment = path.slice(prefix.length);
  return !segment.includes("/") && lowerDecoded(segment) === hub;
}

function hasAllowedAuthority({ authority }: Audience, origins: Origins): boolean {
  return origins.allowedAuthorities === undefined || origins.allowedAuthorities.has(authority) ||
    (origins.requestAuthorities?.includes(authority) ?? false);
}

const SLASH = 0x2f;

/** Scheme, authority, path, query; the fragment is dropped. */
function split(
  url: string,
): { readonly authority: string; readonly path: string; readonly query: string } | undefined {
  const scheme = SCHEME.exec(url);
  if (scheme === null) return undefined;
  const hash = url.indexOf("#");
  const text = url.slice(scheme[0].length, hash < 0 ? undefined : hash);
  const mark = text.indexOf("?");
  const front = mark < 0 ? text : text.slice(0, mark);
  const slash = front.indexOf("/");
  const host = lowerAscii(slash < 0 ? front : front.slice(0, slash));
  if (host === "" || DOUBTFUL.test(host)) return undefined;
  const defaultPort = /s:/i.test(scheme[0]) ? ":443" : ":80";
  const authority = host.endsWith(defaultPort) ? host.slice(0, -defaultPort.length) : host;
  if (authority === "") return undefined;
  return {
    authority,
    path: slash < 0 ? "" : front.slice(slash),
    query: mark < 0 ? "" : text.slice(mark + 1),
  };
}

/** The first `hub` parameter, as the handshake reads it. */
function queryHub(query: string): string | undefined {
  if (query === "") return undefined;
  for (const pair of query.split("&")) {
    const equals = pair.indexOf("=");
    if (equals < 0 || lowerDecoded(pair.slice(0, equals)) !== "hub") continue;
    return lowerDecoded(pair.slice(equals + 1));
  }
  return undefined;
}

/**
 * A path with every segment percent-decoded once, and then `%` and `/` inside a segment escaped again: equal results
 * mean equal segments, and an encoded slash never becomes a boundary. `undefined` when it cannot be decoded.
 */
function canonicalPath(path: string): string | undefined {
  if (!path.includes("%")) return path;
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    const decoded = lowerDecoded(segment);
    if (decoded === undefined) return undefined;
    segments.push(decoded.replaceAll("%", "%25").replaceAll("/", "%2f"));
  }
  return segments.join("/");
}

function lowerDecoded(text: string): string | undefined {
  if (!text.includes("%")) return lowerAscii(text);
  try {
    return lowerAscii(decodeURIComponent(text));
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

function trimSlash(path: string): string {
  return path.endsWith("/") ? path.slice(0, -1) : path;
}

/**
 * Lower case for A-Z only. `toLowerCase` would also fold the Kelvin sign to "k", so that a name outside ASCII could
 * pass for a hub.
 */
function lowerAscii(text: string): string {
  return /[A-Z]/.test(text) ? text.replace(/[A-Z]+/g, (run) => run.toLowerCase()) : text;
}
