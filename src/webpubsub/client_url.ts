/**
 * The URL of a Web PubSub client: `/client/hubs/{hub}`, or the older `/client/?hub={hub}`.
 */
import { type ClientTarget, decodeSegment, first, splitTarget } from "../hub/client_target.ts";

const CLIENT = /^\/client(?:[/?]|$)/;
const HUB = /^\/client\/hubs\/([^/]*)\/?$/;

/** Tells whether a raw target is below the client endpoint. */
export function isClientTarget(target: string): boolean {
  return CLIENT.test(target);
}

/**
 * Reads the raw target (path and query, as sent) of a request to the client endpoint. `undefined` for any other path.
 *
 * ```ts
 * import { parseClientUrl } from "./client_url.ts";
 * import assert from "node:assert/strict";
 * assert.equal(parseClientUrl("/client/hubs/chat?x=1")?.hub, "chat");
 * assert.equal(parseClientUrl("/client/?hub=chat")?.hub, "chat");
 * assert.equal(parseClientUrl("/client/other"), undefined);
 * ```
 */
export function parseClientUrl(target: string): ClientTarget | undefined {
  const { path, parameters } = splitTarget(target);
  if (path === "/client" || path === "/client/") {
    return { hub: first(parameters, "hub"), parameters };
  }
  const match = HUB.exec(path);
  return match === null ? undefined : { hub: decodeSegment(match[1] ?? ""), parameters };
}
