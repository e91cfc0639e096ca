/**
 * Which headers the requests to event handlers may hold: names and values of the handler's `auth`, and what any value
 * must keep to. Rules: RFC 9110, 5.1 and 5.5; the service's CloudEvents reference.
 */
import type { Flaw } from "./flaw.ts";

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const PLAIN = /^[\x20-\x7e]*$/;
/** Visible at both ends: HTTP clients drop blanks around a value without a word. */
const VALUE = /^[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?$/;
// deno-lint-ignore no-control-regex -- no header may hold these
const CONTROLS = /[\x00-\x1f\x7f]/;

/** Headers that say what the event is. A handler could not trust them if settings could replace them. */
const OF_EVENTS = /^(?:ce-.*|webhook-.*|x-ms-client-request-id|x-webpubsub-.*|content-.*|cookie)$/i;
/** Headers that belong to the HTTP client; HTTP/2 forbids most of them. */
const OF_CLIENT =
  /^(?:accept-encoding|connection|date|expect|host|keep-alive|proxy-connection|te|trailer|transfer-encoding|upgrade)$/i;

/** Whether a text may name a header. */
export function isHeaderName(text: string): boolean {
  return TOKEN.test(text);
}

/** Whether a text may be a header's value as it stands: visible ASCII, blanks and tabs only inside. */
export function isHeaderValue(text: string): boolean {
  return VALUE.test(text);
}

/** Whether a text is printable ASCII and spaces, possibly empty: what event headers hold. */
export function isPlainAscii(text: string): boolean {
  return PLAIN.test(text);
}

/** Whether a text holds characters that no header can carry, in any encoding. */
export function hasControls(text: string): boolean {
  return CONTROLS.test(text);
}

/**
 * What is wrong with the name of a handler's auth header, or `undefined`.
 *
 * ```ts
 * import { authHeaderFlaw } from "./header_rules.ts";
 * import assert from "node:assert/strict";
 * assert.equal(authHeaderFlaw("X-Api-Key"), undefined);
 * assert.equal(authHeaderFlaw("ce-userId")?.problem, "is a header that the server sets itself");
 * ```
 */
export function authHeaderFlaw(name: string): Flaw | undefined {
  if (!isHeaderName(name)) {
    return {
      problem: "is no header name",
      fix: 'give for example "Authorization" or "X-Api-Key"',
    };
  }
  if (OF_EVENTS.test(name) || OF_CLIENT.test(name)) {
    return {
      problem: "is a header that the server sets itself",
      fix: 'give another, such as "X-Api-Key"',
    };
  }
  return undefined;
}
