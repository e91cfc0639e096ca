/**
 * Hosts, endpoints and origins as they may stand in the configuration: what is wrong with one, and its normal form.
 * A `...Defect` function answers `undefined` when nothing is wrong, else the defect and the fix.
 */
import { httpUrlFlaw } from "../events/http_url.ts";
import { authorityFlaw } from "../events/webhook_origin.ts";
import { flawText } from "./flaws.ts";
import { quoteValue } from "./problem.ts";

/** Sent in JSON, headers and URLs: no address may hold these. */
const UNPRINTABLE = /[\s\p{C}\\]/u;

/** What is wrong with a host to listen on: a name or an IP address, without scheme, port or path. */
export function hostDefect(host: string): string | undefined {
  const quoted = quoteValue(host);
  if (host === "") return `is empty; give a host name or an IP address such as "localhost"`;
  if (UNPRINTABLE.test(host)) {
    return `${quoted} has a character that no host has; give only the host`;
  }
  if (host.includes("://")) {
    return `${quoted} is a URL; give only the host, the port has its own key`;
  }
  if (/[/?#@]/.test(host)) return `${quoted} is more than a host; give only the host`;
  const bare = bareHost(host);
  if (bare.includes(":")) {
    if (URL.canParse(`http://[${bare}]`)) return undefined;
    return `${quoted} is neither a host nor an IPv6 address; give only the host, the port has its own key`;
  }
  if (!URL.canParse(`http://${bare}`)) {
    return `${quoted} is no host; give a host name or an IP address`;
  }
  return undefined;
}

/** A host without the brackets of an IPv6 address. */
export function bareHost(host: string): string {
  return host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
}

/**
 * Tells whether only this machine reaches a listener on `host`.
 *
 * ```ts
 * import { isLoopback } from "./address.ts";
 * import assert from "node:assert/strict";
 * assert.equal(isLoopback("[::1]"), true);
 * assert.equal(isLoopback("127.0.0.1.example.com"), false);
 * ```
 */
export function isLoopback(host: string): boolean {
  const bare = bareHost(host).toLowerCase();
  if (bare === "localhost" || /^127(?:\.\d{1,3}){3}$/.test(bare)) return true;
  if (!bare.includes(":") || !URL.canParse(`http://[${bare}]`)) return false;
  return new URL(`http://[${bare}]`).hostname === "[::1]";
}

/** What is wrong with an absolute http(s) URL of somebody else's service: no user info, no fragment. */
export function httpUrlDefect(text: string): string | undefined {
  return flawText(text, httpUrlFlaw(text));
}

/** What is wrong with a public endpoint: as `httpUrlDefect`, and no query. A path base is fine. */
export function endpointDefect(text: string): string | undefined {
  const defect = httpUrlDefect(text);
  if (defect !== undefined) return defect;
  if (text.includes("?")) return `${quoteValue(text)} has a query; leave it out`;
  return undefined;
}

/** What is wrong with the host of a public endpoint: it becomes the webhook origin, which is a host name. */
export function publicHostDefect(endpoint: string): string | undefined {
  if (authorityFlaw(new URL(endpoint).host) === undefined) return undefined;
  return `${
    quoteValue(endpoint)
  } has a host that is no host name; give one of letters, digits, "-" and "."`;
}

/**
 * The normal form of a public endpoint: lower-case host, no default port, no trailing slash.
 *
 * ```ts
 * import { normalEndpoint } from "./address.ts";
 * import assert from "node:assert/strict";
 * assert.equal(normalEndpoint("HTTPS://Push.Example.com:443/base/"), "https://push.example.com/base");
 * ```
 */
export function normalEndpoint(text: string): string {
  const url = new URL(text);
  return url.origin + url.pathname.replace(/\/+$/, "");
}

/** What is wrong with a CORS origin: `*` or scheme, host and port, nothing behind but a slash. */
export function corsOriginDefect(text: string): string | undefined {
  if (text === "*") return undefined;
  const defect = endpointDefect(text);
  if (defect !== undefined) return `${defect}, or give "*" for every origin`;
  const { hostname, pathname } = new URL(text);
  if (hostname.includes("*")) {
    return `${
      quoteValue(text)
    } has "*" in its host, which matches nothing; name each origin, or give "*" alone for every origin`;
  }
  if (pathname !== "/") {
    return `${quoteValue(text)} has a path; an origin is only scheme, host and port`;
  }
  return undefined;
}

/**
 * The normal form of a CORS origin, as browsers send it: lower case, no default port, no slash.
 *
 * ```ts
 * import { normalOrigin } from "./address.ts";
 * import assert from "node:assert/strict";
 * assert.equal(normalOrigin("HTTP://LocalHost:80/"), "http://localhost");
 * ```
 */
export function normalOrigin(text: string): string {
  return text === "*" ? text : new URL(text).origin;
}
