/**
 * What Web PubSub clients say to event handlers: the body of `connect`, and events with their metadata as headers.
 *
 * Rules: the service's CloudEvents reference, the official emulator and the official middlewares.
 */
import type { HandlerRequest } from "../hub/ports.ts";
import type { Metadata, Payload } from "../protocol/command.ts";

/** Prefix of the headers that carry a message's metadata, both ways; lower case. */
export const METADATA_PREFIX = "x-webpubsub-metadata-";

const JSON_UTF8 = "application/json; charset=utf-8";
const CONTENT_TYPES: Readonly<Record<Payload["kind"], string>> = {
  text: "text/plain; charset=utf-8",
  json: "application/json",
  binary: "application/octet-stream",
  protobuf: "application/x-protobuf",
};

/** What `connect` tells of a new client, before its language has put it into a body. */
export interface ClientFacts {
  readonly claims: Readonly<Record<string, readonly string[]>>;
  /** Query parameters in order of appearance, decoded. */
  readonly parameters: Iterable<readonly [name: string, value: string]>;
  readonly headers: Iterable<readonly [name: string, value: string]>;
  readonly subprotocols: readonly string[];
}

/** The request of `connect`: never with the client's token, wherever the client put it. */
export function connectRequest(client: ClientFacts): HandlerRequest {
  const query: Record<string, string[]> = Object.create(null);
  for (const [name, value] of client.parameters) {
    if (name.toLowerCase() === "access_token") continue;
    (query[name] ??= []).push(value);
  }
  const headers: Record<string, string[]> = Object.create(null);
  for (const [name, value] of client.headers) {
    if (name === "authorization" || name.startsWith("x-asrs-internal-")) continue;
    (headers[name] ??= []).push(value);
  }
  const { claims, subprotocols } = client;
  const body = JSON.stringify({ claims, query, headers, subprotocols, clientCertificates: [] });
  return { contentType: JSON_UTF8, body, headers: undefined, readsRefusals: false };
}

/** A client that does not exist, for the probe of a handler. */
export const NOBODY: ClientFacts = { claims: {}, parameters: [], headers: [], subprotocols: [] };

/** The request of an event: the payload as the client wrote it. */
export function eventRequest(payload: Payload, metadata: Metadata | undefined): HandlerRequest {
  return {
    contentType: CONTENT_TYPES[payload.kind],
    body: bodyOf(payload),
    headers: metadata === undefined ? undefined : metadataHeaders(metadata),
    readsRefusals: false,
  };
}

/** Keys that differ only in case are one header: the last one counts. */
function metadataHeaders(metadata: Metadata): Map<string, string> {
  const headers = new Map<string, string>();
  for (const [key, value] of metadata) headers.set(METADATA_PREFIX + key.toLowerCase(), value);
  return headers;
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
