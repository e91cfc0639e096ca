/**
 * Events as HTTP requests: CloudEvents 1.0 in binary mode, with the service's own attributes.
 *
 * Rules: the service's CloudEvents reference, the official emulator and the official middlewares.
 */
import { hasControls, isHeaderName, isPlainAscii } from "../events/header_rules.ts";
import type { EventSource, ExtraHeaders, HandlerRequest } from "../hub/ports.ts";

/** Versions of CloudEvents and of the service's binding; the official middlewares ignore requests without the latter. */
export const CE_VERSION = "1.0";

/** One event, before it is known where it goes. */
export interface OutgoingEvent {
  /** Value of `ce-eventName` and of `{event}`. */
  readonly name: string;
  /** `ce-type`. */
  readonly type: string;
  readonly request: HandlerRequest;
}

/** What the headers of one request are made of, beside the event. */
export interface HeaderContext {
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly signature: string;
  readonly origin: string;
  /** Value of `x-ms-client-request-id`. */
  readonly requestId: string;
}

/** `ce-type` of `connect`. */
export const CONNECT_TYPE = "azure.webpubsub.sys.connect";

/** The `connect` event. */
export function connectEvent(request: HandlerRequest): OutgoingEvent {
  return { name: "connect", type: CONNECT_TYPE, request };
}

/** The `connected` event. */
export function connectedEvent(): OutgoingEvent {
  return notification("connected", "{}");
}

/** The `disconnected` event. */
export function disconnectedEvent(reason: string): OutgoingEvent {
  return notification("disconnected", JSON.stringify({ reason }));
}

function notification(name: string, body: string): OutgoingEvent {
  const contentType = "application/json; charset=utf-8";
  const request = { contentType, body, headers: undefined, readsRefusals: false };
  return { name, type: `azure.webpubsub.sys.${name}`, request };
}

/** An event that a client sent. */
export function userEvent(name: string, request: HandlerRequest): OutgoingEvent {
  return { name, type: `azure.webpubsub.user.${name}`, request };
}

/** Headers of one request, or the name of the first one whose value cannot be sent: the event then fails. */
export type HeadersResult =
  | { readonly ok: true; readonly headers: Record<string, string> }
  | { readonly ok: false; readonly header: string };

/**
 * The headers of an event's POST. Values are refused, never cleaned: control characters anywhere, and anything beyond
 * ASCII except in the user id, which travels as its UTF-8 bytes.
 */
export function eventHeaders(
  source: EventSource,
  event: OutgoingEvent,
  context: HeaderContext,
): HeadersResult {
  const headers: Record<string, string> = {
    "ce-specversion": CE_VERSION,
    "ce-awpsversion": CE_VERSION,
    "ce-type": event.type,
    "ce-source": `/hubs/${source.hub}/client/${source.connectionId}`,
    "ce-id": `${context.id}`,
    "ce-time": utcSeconds(context.time),
    "ce-hub": source.hub,
    "ce-eventName": event.name,
    "ce-connectionId": source.connectionId,
    "ce-signature": context.signature,
    "WebHook-Request-Origin": context.origin,
    "Content-Type": event.request.contentType,
    "x-ms-client-request-id": context.requestId,
  };
  // In connect nothing is negotiated yet, and no answer has set a state.
  if (event.type !== CONNECT_TYPE) {
    if (source.subprotocol !== undefined) headers["ce-subprotocol"] = source.subprotocol;
    if (source.state !== undefined) headers["ce-connectionState"] = source.state;
  }
  const refused = addExtra(headers, source.headers) ?? addExtra(headers, event.request.headers);
  if (refused !== undefined) return { ok: false, header: refused };
  // ce-source holds hub and connection id, and every other value is a part of these or made by the server.
  for (const name of CHECKED) {
    const value = headers[name];
    if (value !== undefined && !isPlainAscii(value)) return { ok: false, header: name };
  }
  if (source.userId !== undefined && source.userId !== "") {
    if (hasControls(source.userId)) return { ok: false, header: "ce-userId" };
    headers["ce-userId"] = utf8Bytes(source.userId);
  }
  return { ok: true, headers };
}

/** Adds what only this client or event has; gives the name of a header that cannot be sent. */
function addExtra(
  headers: Record<string, string>,
  extra: ExtraHeaders | undefined,
): string | undefined {
  if (extra === undefined) return undefined;
  for (const [name, value] of extra) {
    // Up to what is wrong with it: a line feed in a name has no place in the log either.
    if (!isHeaderName(name)) return NAME_START.exec(name)?.[0] ?? "";
    if (!isPlainAscii(value)) return name;
    headers[name] = value;
  }
  return undefined;
}

const NAME_START = /^[0-9A-Za-z-]*/;
const CHECKED = [
  "ce-source",
  "ce-eventName",
  "ce-subprotocol",
  "ce-connectionState",
  "ce-signature",
  "WebHook-Request-Origin",
  "Content-Type",
] as const;
const encoder = new TextEncoder();

/** The UTF-8 bytes of a text with one character a byte: the form in which `fetch` takes raw header bytes. */
function utf8Bytes(text: string): string {
  if (isPlainAscii(text)) return text;
  let bytes = "";
  for (const byte of encoder.encode(text)) bytes += String.fromCharCode(byte);
  return bytes;
}

let lastSecond = -1;
let lastText = "";

/** `2026-11-24T09:30:00Z`; the last one is kept, because a busy second has thousands of events. */
function utcSeconds(ms: number): string {
  const second = Math.floor(ms / 1000);
  if (second !== lastSecond) {
    lastText = `${new Date(second * 1000).toISOString().slice(0, 19)}Z`;
    lastSecond = second;
  }
  return lastText;
}
