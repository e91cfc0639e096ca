/**
 * The webhook origin: the name under which this server asks handlers for permission and sends them events.
 *
 * Rules: CloudEvents HTTP webhook, 4.1.2 (a DNS name, so no port), and the official middlewares. Those of .NET look up
 * exactly what is sent among bare hosts; the one for JavaScript answers with host and port of its endpoints.
 */
import { isAuthority } from "../events/webhook_origin.ts";
import type { UpstreamSettings } from "./settings.ts";

/** What is sent as `WebHook-Request-Origin`, and what a handler may answer to allow it. Lower case. */
export interface WebhookOrigin {
  readonly sent: string;
  readonly accepted: readonly string[];
}

/**
 * The bare host of the public endpoint or, without one, of the client's upgrade request; the override is sent as it is.
 * `undefined` when the client's `Host` is needed and not a valid one: it comes from outside and goes into a header.
 *
 * ```ts
 * import { webhookOrigin } from "./origin.ts";
 * import assert from "node:assert/strict";
 * const settings = { webhookOrigin: undefined, publicHost: "RT.example.com:8080" };
 * const origin = webhookOrigin(settings, "10.0.0.1");
 * assert.equal(origin?.sent, "rt.example.com");
 * assert.deepEqual(origin?.accepted, ["rt.example.com", "rt.example.com:8080"]);
 * ```
 */
export function webhookOrigin(
  settings: Pick<UpstreamSettings, "webhookOrigin" | "publicHost">,
  requestHost: string,
): WebhookOrigin | undefined {
  const endpoint = (settings.publicHost ?? requestHost).toLowerCase();
  const forms = isAuthority(endpoint) ? formsOf(endpoint) : [];
  const override = settings.webhookOrigin?.toLowerCase();
  const sent = override ?? forms[0];
  if (sent === undefined || !isAuthority(sent)) return undefined;
  return { sent, accepted: override === undefined ? forms : [...formsOf(override), ...forms] };
}

/** The bare host, then the host with its port if it has one. */
function formsOf(authority: string): string[] {
  const host = authority.replace(/:\d+$/, "");
  return host === authority ? [host] : [host, authority];
}

/**
 * Whether a `WebHook-Allowed-Origin` answer allows an origin: any of its entries is `*` or an accepted form. HTTP clients
 * join header lines with commas, so entries and lines cannot be told apart.
 *
 * ```ts
 * import { allowsOrigin } from "./origin.ts";
 * import assert from "node:assert/strict";
 * const origin = { sent: "rt.example.com", accepted: ["rt.example.com", "rt.example.com:8080"] };
 * assert.equal(allowsOrigin("a.example.com, RT.example.com:8080", origin), true);
 * assert.equal(allowsOrigin("rt.example.com.evil.example", origin), false);
 * ```
 */
export function allowsOrigin(header: string, origin: WebhookOrigin): boolean {
  for (const entry of header.split(",")) {
    const allowed = entry.trim().toLowerCase();
    if (allowed === "*" || origin.accepted.includes(allowed)) return true;
  }
  return false;
}

/** The header that a handler has to answer with, for logs and reports. */
export function expectedAnswer(origin: WebhookOrigin): string {
  return `WebHook-Allowed-Origin: ${[...new Set(["*", ...origin.accepted])].join(" or ")}`;
}
