/**
 * WebSocket clients for tests of the REST API: connected, with their ids.
 */
import assert from "node:assert/strict";
import { RawClient } from "../support/raw_client.ts";
import { clientUrl, rest } from "../support/rest_client.ts";
import type { RawAnswer, Reachable } from "./raw_http.ts";

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

/** What all error bodies have in common. */
export interface ErrorBody {
  readonly code: string;
  readonly message: string;
  readonly target: string;
}

/** The error body of the service's own code, or the assertion that there is one. */
export function errorOf(body: string): ErrorBody {
  const parsed = JSON.parse(body);
  assert.deepEqual(Object.keys(parsed), ["code", "message", "target", "details", "inner"]);
  return parsed;
}

/** The error body of the service's web framework, as recorded, or the assertion that the answer is one. */
export function invalidOf(
  { status, headers, body }: RawAnswer,
  type: "application/json" | "application/problem+json",
): ErrorBody {
  assert.equal(status, 400);
  assert.equal(headers.get("content-type"), `${type}; charset=utf-8`);
  assert.equal(headers.get("x-ms-error-code"), "Error.BadRequest");
  assert.equal(headers.has("api-supported-versions"), false);
  const { code, message, target } = JSON.parse(body);
  const expected = {
    code,
    message,
    target,
    errors: { [target]: [message] },
    type: null,
    title: "One or more validation errors occurred.",
    status: 400,
    detail: null,
    instance: null,
    extensions: {},
  };
  assert.equal(body, JSON.stringify(expected), "members in the service's order");
  assert.equal(code, "Error.BadRequest");
  return expected;
}

/** The error body of a refused call, whichever of the service's three it is. */
export function anyErrorOf(answer: RawAnswer): ErrorBody {
  if (!answer.body.includes('"errors":')) return errorOf(answer.body);
  const isProblem = answer.headers.get("content-type")?.startsWith("application/problem+json");
  return invalidOf(answer, isProblem ? "application/problem+json" : "application/json");
}
