/**
 * A hub whose events go to a stub of a handler, and what tests ask of the requests that reach it.
 */
import assert from "node:assert/strict";
import { type HubbubServer, type ServerOptions, startServer } from "../../src/server.ts";
import { QUIET, until } from "./fixture.ts";
import { UpstreamStub } from "./upstream_stub.ts";

/** The plain JSON subprotocol. */
export const JSON_PROTOCOL = "json.webpubsub.azure.v1";
/** What a JSON client offers. */
export const protocols = [JSON_PROTOCOL];
const SYSTEM_EVENTS = ["connect", "connected", "disconnected"];

/** Settings of a hub whose events all go to `url`. */
export function hubAt(url: string, systemEvents: readonly string[] = SYSTEM_EVENTS) {
  const urlTemplate = `${url}/hooks/{hub}/{event}?code=s3`;
  return { eventHandlers: [{ urlTemplate, userEventPattern: "*", systemEvents }] };
}

/** A server whose hub `chat` sends all its events to `url`. */
export function serve(url: string, options: ServerOptions = {}): Promise<HubbubServer> {
  return startServer({ ...QUIET, ...options, hubs: { chat: hubAt(url) } });
}

/** Headers of the service; without those that every HTTP client sends. */
export function serviceHeaders(headers: Headers): Record<string, string> {
  const ofHttp =
    /^(?:host|accept|accept-encoding|accept-language|user-agent|content-length|connection)$/;
  return Object.fromEntries([...headers].filter(([name]) => !ofHttp.test(name)));
}

/** Waits for the `count`-th event, and gives it. */
export async function eventOf(stub: UpstreamStub, server: HubbubServer, count: number) {
  await until(async () => {
    await fetch(server.healthUrl, { method: "HEAD" });
    return stub.events.length >= count;
  });
  const found = stub.events[count - 1];
  assert.ok(found);
  return found;
}

/** All events of that name so far. */
export function named(stub: UpstreamStub, event: string) {
  return stub.events.filter(({ headers }) => headers.get("ce-eventname") === event);
}

/** An event of a JSON client, `fields` as they are. */
export function event(fields: Record<string, unknown>): string {
  return JSON.stringify({ type: "event", event: "say", ...fields });
}
