/**
 * The webhook origin: the name under which this server asks handlers for permission and signs its requests.
 */
import { isAuthority } from "../events/webhook_origin.ts";
import type { UpstreamSettings } from "./settings.ts";

/**
 * `host[:port]`, lower case: the override, else the public endpoint, else the `Host` of the client's upgrade request.
 * `undefined` when that `Host` is not a valid one: it comes from outside and goes into a header.
 */
export function webhookOrigin(
  settings: Pick<UpstreamSettings, "webhookOrigin" | "publicHost">,
  requestHost: string,
): string | undefined {
  const origin = (settings.webhookOrigin ?? settings.publicHost ?? requestHost).toLowerCase();
  return isAuthority(origin) ? origin : undefined;
}

/**
 * Whether a `WebHook-Allowed-Origin` answer allows `origin`: any of its entries is `*`, the origin, or the origin's
 * host without the port. HTTP clients join header lines with commas, so entries and lines cannot be told apart.
 *
 * ```ts
 * import { allowsOrigin } from "./origin.ts";
 * import assert from "node:assert/strict";
 * assert.equal(allowsOrigin("a.example.com, RT.example.com:8080", "rt.example.com:8080"), true);
 * assert.equal(allowsOrigin("rt.example.com.evil.example", "rt.example.com"), false);
 * ```
 */
export function allowsOrigin(header: string, origin: string): boolean {
  const host = origin.replace(/:\d+$/, "");
  for (const entry of header.split(",")) {
    const allowed = entry.trim().toLowerCase();
    if (allowed === "*" || allowed === origin || allowed === host) return true;
  }
  return false;
}
