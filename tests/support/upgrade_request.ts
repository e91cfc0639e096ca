/**
 * Upgrade requests, right and wrong, as text.
 */

const HEADERS: Readonly<Record<string, string>> = {
  "Host": "localhost",
  "Upgrade": "websocket",
  "Connection": "Upgrade",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
};

/** How one request differs from a right one. */
export interface Change {
  readonly method?: string;
  readonly version?: string;
  readonly path?: string;
  /** Headers replaced; `undefined` leaves one out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

/**
 * The whole head of an upgrade request to the hub `chat`.
 *
 * ```ts
 * import { upgradeRequest } from "./upgrade_request.ts";
 * import assert from "node:assert/strict";
 * assert.match(upgradeRequest({ method: "PUT" }, "a=b"), /^PUT \/client\/hubs\/chat\?a=b HTTP\/1\.1\r\n/);
 * ```
 */
export function upgradeRequest(change: Change = {}, query = ""): string {
  const { method = "GET", version = "HTTP/1.1", path = "/client/hubs/chat", headers } = change;
  const lines = Object.entries({ ...HEADERS, ...headers })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${value}`);
  const target = query === "" ? path : `${path}?${query}`;
  return [`${method} ${target} ${version}`, ...lines, "", ""].join("\r\n");
}

/** The whole head of an upgrade request to a client URL, in any scheme. */
export function upgradeTo(url: string, protocol?: string): string {
  const { host, pathname, search } = new URL(url);
  const headers = { "Host": host, "Sec-WebSocket-Protocol": protocol };
  return upgradeRequest({ path: `${pathname}${search}`, headers });
}
