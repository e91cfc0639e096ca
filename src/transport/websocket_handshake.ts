/**
 * The bytes of the answers to a WebSocket handshake (RFC 6455 section 4.2.2); `upgrade.ts` judges the request.
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";

const ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

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
 * A plain HTTP answer, after which the server ends the connection; a `Connection` among `headers` is added to that.
 *
 * Throws for a header that is none: it would put others into the answer.
 */
export function plainAnswer(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Uint8Array {
  const { Connection: also, ...others } = headers;
  const connection = also === undefined ? "close" : `close, ${also}`;
  let head = `HTTP/1.1 ${status} ${PHRASES[status] ?? ""}\r\n` +
    "Content-Type: text/plain;charset=UTF-8\r\n" +
    `Content-Length: ${Buffer.byteLength(message)}\r\n`;
  for (const [name, value] of Object.entries({ Connection: connection, ...others })) {
    if (!TOKEN.test(name) || !HEADER_VALUE.test(value)) {
      throw new Error(`Cannot answer with header "${name}": its name or value is not valid`);
    }
    head += `${name}: ${value}\r\n`;
  }
  return Buffer.concat([Buffer.from(head + "\r\n", "latin1"), Buffer.from(message)]);
}
