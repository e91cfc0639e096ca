/**
 * Events as HTTP requests: CloudEvents 1.0 in binary mode, with the service's own attributes.
 *
 * Rules: the service's CloudEvents reference, the official emulator and the official middlewares.
 */
import { hasControls, isHeaderName, isPlainAscii } from "../events/header_rules.ts";
import type { ConnectRequest, EventSource, UserEvent } from "../hub/ports.ts";
import type { Payload } from "../protocol/command.ts";

/** Prefix of the headers that carry a message's metadata, both ways; lower case. */
export const METADATA_PREFIX = "x-webpubsub-metadata-";

/** Versions of CloudEvents and of the service's binding; the official middlewares ignore requests without the latter. */
export const CE_VERSION = "1.0";

/** One event, before it is known where it goes. */
export interface OutgoingEvent {
  /** Value of `ce-eventName` and of `{event}`. */
  readonly name: string;
  /** `ce-type`. */
  readonly type: string;
  readonly contentType: string;
  readonly body: string | Uint8Array<ArrayBuffer>;
  /** Headers of `METADATA_PREFIX`, lower case. */
  readonly metadata: ReadonlyMap<string, string> | undefined;
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

const CONNECT_TYPE = "azure.webpubsub.sys.connect";
const JSON_UTF8 = "application/json; charset=utf-8";
const TEXT_UTF8 = "text/plain; charset=utf-8";

/** The `connect` event: the caller has already taken the client's token out of `request`. */
export function connectEvent(request: ConnectRequest): OutgoingEvent {
  const { claims, query, headers, subprotocols } = request;
  const body = { claims, query, headers, subprotocols, clientCertificates: [] };
  return systemEvent("connect", JSON.stringify(body));
}

/** The `connected` event. */
export function connectedEvent(): OutgoingEvent {
  return systemEvent("connected", "{}");
}

/** The `disconnected` event. */
export function disconnectedEvent(reason: string): OutgoingEvent {
  return systemEvent("disconnected", JSON.stringify({ reason }));
}

function systemEvent(name: string, body: string): OutgoingEvent {
  const type = `azure.webpubsub.sys.${name}`;
  return { name, type, contentType: JSON_UTF8, body, metadata: undefined };
}

/** An event that a client sent. */
export function userEvent(event: UserEvent): OutgoingEvent {
  let metadata: Map<string, string> | undefined;
  if (event.metadata !== undefined) {
    metadata = new Map();
    // Keys that differ only in case are one header: the last one counts.
    for (const [key, value] of event.metadata) {
      metadata.set(METADATA_PREFIX + key.toLowerCase(), value);
    }
  }
  return {
    name: event.name,
    type: `azure.webpubsub.user.${event.name}`,
    contentType: contentTypeOf(event.payload),
    body: bodyOf(event.payload),
    metadata,
  };
}

function contentTypeOf(payload: Payload): string {
  switch (payload.kind) {
    case "text":
      return TEXT_UTF8;
    case "json":
      return "application/json";
    case "binary":
      return "application/octet-stream";
    case "protobuf":
      return "application/x-protobuf";
  }
}

function bodyOf(payload: Payload): string | Uint8Array<ArrayBuffer> {
  if (payload.kind === "text" || payload.kind === "json") return payload.text;
  const { bytes } = payload;
  // fetch takes no views of shared memory.
  return isUnshared(bytes) ? bytes : new Uint8Array(bytes);
}

function isUnshared(bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer;
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
    "Content-Type": event.contentType,
    "x-ms-client-request-id": context.requestId,
  };
  // In connect nothing is negotiated yet, and no answer has set a state.
  if (event.type !== CONNECT_TYPE) {
    if (source.subprotocol !== undefined) headers["ce-subprotocol"] = source.subprotocol;
    if (source.state !== undefined) headers["ce-connectionState"] = source.state;
  }
  if (event.metadata !== undefined) {
    for (const [name, value] of event.metadata) {
      if (!isHeaderName(name)) return { ok: false, header: METADATA_PREFIX };
      if (!isPlainAscii(value)) return { ok: false, header: name };
      headers[name] = value;
    }
  }
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

const CHECKED = [
  "ce-source",
  "ce-eventName",
  "ce-subprotocol",
  "ce-connectionState",
  "ce-signature",
  "WebHook-Request-Origin",
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
