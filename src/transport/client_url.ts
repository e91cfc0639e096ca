/**
 * The URL of a client's handshake: which hub, and the query parameters of the service.
 */

/** What a client's URL says. Parameter names are matched without regard to case. */
export interface ClientUrl {
  /** As written, not yet validated; `undefined` when there is none. */
  readonly hub: string | undefined;
  /** Every parameter in order of appearance, decoded, names as written. */
  readonly parameters: readonly (readonly [string, string])[];
}

const CLIENT = /^\/client(?:[/?]|$)/;

/** Tells whether a raw target is below the client endpoint. */
export function isClientTarget(target: string): boolean {
  return CLIENT.test(target);
}

/**
 * Reads the raw target (path and query, as sent) of a request to the client endpoint: `/client/hubs/{hub}` or the
 * older `/client/?hub={hub}`. `undefined` for any other path.
 *
 * ```ts
 * import { parseClientUrl } from "./client_url.ts";
 * import assert from "node:assert/strict";
 * assert.equal(parseClientUrl("/client/hubs/chat?x=1")?.hub, "chat");
 * assert.equal(parseClientUrl("/client/?hub=chat")?.hub, "chat");
 * assert.equal(parseClientUrl("/client/other"), undefined);
 * ```
 */
export function parseClientUrl(target: string): ClientUrl | undefined {
  const mark = target.indexOf("?");
  const path = mark < 0 ? target : target.slice(0, mark);
  const parameters = [...new URLSearchParams(mark < 0 ? "" : target.slice(mark + 1))];
  if (path === "/client" || path === "/client/") {
    return { hub: first(parameters, "hub"), parameters };
  }
  const match = /^\/client\/hubs\/([^/]*)\/?$/.exec(path);
  if (match === null) return undefined;
  return { hub: decodeSegment(match[1] ?? ""), parameters };
}

/** The first value of a parameter, whatever the case of its name. */
export function first(parameters: ClientUrl["parameters"], name: string): string | undefined {
  return all(parameters, name)[0];
}

/** The last value of a parameter, whatever the case of its name. */
export function last(parameters: ClientUrl["parameters"], name: string): string | undefined {
  return all(parameters, name).at(-1);
}

/** All values of a parameter, whatever the case of its name. */
export function all(parameters: ClientUrl["parameters"], name: string): string[] {
  const wanted = name.toLowerCase();
  return parameters.filter(([key]) => key.toLowerCase() === wanted).map(([, value]) => value);
}

/** `undefined` for what is no percent-encoded UTF-8. */
function decodeSegment(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
