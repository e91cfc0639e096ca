/**
 * The HTTP side of a WebSocket handshake (RFC 6455 section 4.2): what makes a request an upgrade, and the bytes of the
 * answers.
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { type RequestHead, singleHeader, trimBlanks } from "./request_head.ts";

const VERSION = "13";
const ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
/** 16 bytes in base64. */
const KEY = /^[A-Za-z0-9+/]{22}==$/;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** An upgrade request that RFC 6455 allows, or the plain HTTP answer to one that it does not. */
export type Upgrade =
  | { readonly kind: "upgrade"; readonly key: string }
  | {
    readonly kind: "refused";
    readonly status: 400 | 426;
    readonly message: string;
    readonly headers: Readonly<Record<string, string>>;
  };

/** Tells whether a request asks for a WebSocket at all; whether it asks rightly is for `checkUpgrade` to say. */
export function asksForWebSocket(head: RequestHead): boolean {
  return hasToken(head, "upgrade", "websocket");
}

/**
 * Judges an upgrade request.
 *
 * ```ts
 * import { RequestHeadReader } from "./request_head.ts";
 * import { checkUpgrade } from "./websocket_handshake.ts";
 * import assert from "node:assert/strict";
 * const head = new RequestHeadReader().push(new TextEncoder().encode(
 *   "GET /client/hubs/chat HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
 *     "Sec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
 * ));
 * assert(head?.kind === "head");
 * const upgrade = checkUpgrade(head);
 * assert(upgrade.kind === "refused");
 * assert.equal(upgrade.status, 426);
 * ```
 */
export function checkUpgrade(head: RequestHead): Upgrade {
  if (head.method !== "GET") return refused("A WebSocket handshake is a GET request.");
  if (head.version !== "HTTP/1.1") return refused("A WebSocket handshake needs HTTP/1.1.");
  if (singleHeader(head, "host") === undefined) return refused("A Host header is required.");
  if (!asksForWebSocket(head)) return refused("A WebSocket upgrade is required.");
  if (!hasToken(head, "connection", "upgrade")) return refused("A connection upgrade is required.");
  if (
    head.headers.has("transfer-encoding") || (singleHeader(head, "content-length") ?? "0") !== "0"
  ) {
    // Its bytes would be read as frames.
    return refused("A WebSocket handshake has no body.");
  }
  const version = singleHeader(head, "sec-websocket-version");
  if (version === undefined) return refused("A WebSocket version is required.");
  if (version !== VERSION) {
    return {
      kind: "refused",
      status: 426,
      message: "WebSocket version 13 is required.",
      headers: { "Sec-WebSocket-Version": VERSION },
    };
  }
  const key = singleHeader(head, "sec-websocket-key");
  if (key === undefined || !KEY.test(key)) {
    return refused("A WebSocket key of 16 bytes is required.");
  }
  return { kind: "upgrade", key };
}

/**
 * The value of `Sec-WebSocket-Accept` for a client's key.
 *
 * ```ts
 * import { acceptOf } from "./websocket_handshake.ts";
 * import assert from "node:assert/strict";
 * assert.equal(acceptOf("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
 * ```
 */
export function acceptOf(key: string): string {
  return createHash("sha1").update(key + ACCEPT_SUFFIX).digest("base64");
}

/**
 * The 101 answer. Without `subprotocol` its header is left out.
 *
 * Throws for a subprotocol that is no token: it would put a header of its own into the answer.
 */
export function switchingProtocols(key: string, subprotocol: string | undefined): Uint8Array {
  let head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
    `Sec-WebSocket-Accept: ${acceptOf(key)}\r\n`;
  if (subprotocol !== undefined) {
    if (!TOKEN.test(subprotocol)) {
      throw new Error(
        `Cannot answer with subprotocol "${subprotocol}": a subprotocol is a token of HTTP`,
      );
    }
    head += `Sec-WebSocket-Protocol: ${subprotocol}\r\n`;
  }
  return Buffer.from(head + "\r\n", "latin1");
}

/** Phrases of the statuses that a handshake is refused with; others go without. */
const PHRASES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  408: "Request Timeout",
  414: "URI Too Long",
  426: "Upgrade Required",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
};

/**
 * A plain HTTP answer, after which the server ends the connection.
 *
 * Throws for a header that is none: it would put others into the answer.
 */
export function plainAnswer(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Uint8Array {
  let head = `HTTP/1.1 ${status} ${PHRASES[status] ?? ""}\r\n` +
    "Content-Type: text/plain;charset=UTF-8\r\n" +
    `Content-Length: ${Buffer.byteLength(message)}\r\nConnection: close\r\n`;
  for (const [name, value] of Object.entries(headers)) {
    if (!TOKEN.test(name) || !HEADER_VALUE.test(value)) {
      throw new Error(`Cannot answer with header "${name}": its name or value is not valid`);
    }
    head += `${name}: ${value}\r\n`;
  }
  return Buffer.concat([Buffer.from(head + "\r\n", "latin1"), Buffer.from(message)]);
}

function refused(message: string): Upgrade {
  return { kind: "refused", status: 400, message, headers: {} };
}

/** Whether a list header holds `token`, in any case, in any of its lines. */
function hasToken(head: RequestHead, name: string, token: string): boolean {
  const values = head.headers.get(name);
  return values !== undefined &&
    values.some((value) =>
      value.split(",").some((part) => trimBlanks(part).toLowerCase() === token)
    );
}
