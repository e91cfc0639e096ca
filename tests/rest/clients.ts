/**
 * WebSocket clients for tests of the REST API: connected, with their ids.
 */
import assert from "node:assert/strict";
import { RawClient } from "../support/raw_client.ts";
import { clientUrl, rest } from "../support/rest_client.ts";
import type { Reachable } from "./raw_http.ts";

/** A client that has got its `connected` message. */
export interface JsonClient extends Disposable {
  readonly id: string;
  readonly ws: RawClient;
}

/** Connects a client of the JSON subprotocol, as `userId` and in `groups` if given. */
export async function jsonClient(
  server: Reachable,
  hub: string,
  { userId, groups, roles, reliable = false }: {
    userId?: string;
    groups?: readonly string[];
    roles?: readonly string[];
    reliable?: boolean;
  } = {},
): Promise<JsonClient> {
  const ws = await RawClient.open(
    clientUrl(server, hub, { sub: userId, "webpubsub.group": groups, role: roles }),
    { protocols: [reliable ? "json.reliable.webpubsub.azure.v1" : "json.webpubsub.azure.v1"] },
  );
  const { connectionId } = await ws.json();
  assert.equal(typeof connectionId, "string");
  return { id: String(connectionId), ws, [Symbol.dispose]: () => ws[Symbol.dispose]() };
}

/** Connects a simple WebSocket client: no subprotocol, no `connected` message. */
export function plainClient(
  server: Reachable,
  hub: string,
  claims: Record<string, unknown> = {},
): Promise<RawClient> {
  return RawClient.open(clientUrl(server, hub, claims));
}

/** Sends a text by REST and expects it to be accepted; what is in front of it in a queue then arrived before. */
export async function sendText(server: Reachable, path: string, text: string): Promise<void> {
  const headers = { "content-type": "text/plain" };
  const { status, body } = await rest(server, "POST", path, { body: text, headers });
  assert.equal(status, 202, body);
}

/** The `data` of the next message of a client. */
export async function nextData(client: JsonClient): Promise<unknown> {
  const { type, data } = await client.ws.json();
  assert.equal(type, "message");
  return data;
}

/** The service's error body, or the assertion that there is one. */
export function errorOf(body: string): { code: string; message: string; target: string } {
  const parsed = JSON.parse(body);
  assert.deepEqual(Object.keys(parsed), ["code", "message", "target", "details", "inner"]);
  return parsed;
}
