/**
 * The bytes of the 101 answer to a WebSocket handshake (RFC 6455 section 4.2.2); `upgrade.ts` judges the request.
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";

const ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

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
