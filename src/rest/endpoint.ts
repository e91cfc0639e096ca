/**
 * Under which address the world sees this server: for audiences of tokens and for links.
 */
import type { RestHeaders } from "./request.ts";
import type { RestServices } from "./services.ts";

/** The hosts that a request may be known under: what a trusted proxy says first, then its own `Host`. */
export function requestHosts(headers: RestHeaders, trustForwarded: boolean): readonly string[] {
  const host = headers.get("host")?.toLowerCase() ?? "";
  const forwarded = trustForwarded ? forwardedValue(headers, "x-forwarded-host") : undefined;
  return forwarded === undefined ? [host] : [forwarded.toLowerCase(), host];
}

/** The endpoint for links: the configured one, else the address of the request. No trailing slash. */
export function endpointOf(
  headers: RestHeaders,
  ownScheme: string,
  services: Pick<RestServices, "publicEndpoint" | "trustForwardedHeaders">,
): string {
  if (services.publicEndpoint !== undefined) return services.publicEndpoint;
  const trusted = services.trustForwardedHeaders;
  const scheme = (trusted ? forwardedValue(headers, "x-forwarded-proto") : undefined) ??
    ownScheme;
  const [host] = requestHosts(headers, trusted);
  return `${scheme.toLowerCase()}://${host}`;
}

/** The first value of a list that proxies append to. */
function forwardedValue(headers: RestHeaders, name: string): string | undefined {
  const value = headers.get(name)?.split(",")[0]?.trim();
  return value === "" ? undefined : value;
}
