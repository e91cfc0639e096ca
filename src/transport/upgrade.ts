/**
 * The judge of upgrade requests, one for both transports: what a WebSocket handshake has to bring (RFC 6455 section
 * 4.2.1), and the whole HTTP answer to a request that does not.
 */
import { type Refusal, refusal } from "../hub/endpoint.ts";
import type { HeaderFields } from "./http/header_fields.ts";
import { isAuthority } from "./http/request_rules.ts";

const VERSION = "13";
/** 16 bytes in base64. */
const KEY = /^[A-Za-z0-9+/]{22}==$/;
/** HTTP/1.0 knows no upgrade (RFC 9110 section 7.8), and HTTP/2 none of this kind. */
const HTTP_VERSION = /^HTTP\/1\.[1-9]$/;

/** Single header fields. Asked for more, the runtime lists all fields, and keeps the list as long as the socket. */
type Fields = Pick<HeaderFields, "get">;

/** A request to an endpoint for clients, as far as the judge looks at it. */
export interface UpgradeRequest {
  readonly method: string;
  /** `HTTP/1.1`; `undefined` where the runtime does not tell. */
  readonly version: string | undefined;
  readonly headers: Fields;
}

/** An upgrade request that RFC 6455 allows. */
export interface Upgrade {
  readonly kind: "upgrade";
  /** What `Sec-WebSocket-Accept` is made from. */
  readonly key: string;
}

/**
 * Judges an upgrade request.
 *
 * ```ts
 * import { judgeUpgrade } from "./upgrade.ts";
 * import assert from "node:assert/strict";
 * const headers = new Headers({
 *   "Host": "localhost",
 *   "Upgrade": "websocket",
 *   "Connection": "Upgrade",
 *   "Sec-WebSocket-Version": "8",
 *   "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
 * });
 * const verdict = judgeUpgrade({ method: "GET", version: "HTTP/1.1", headers });
 * assert(verdict.kind === "refused");
 * assert.equal(verdict.status, 426);
 * ```
 */
export function judgeUpgrade({ method, version, headers }: UpgradeRequest): Upgrade | Refusal {
  if (method !== "GET") return refusal(400, "A WebSocket handshake is a GET request.");
  if (version !== undefined && !HTTP_VERSION.test(version)) {
    return refusal(400, "A WebSocket handshake needs HTTP/1.1.");
  }
  // Two `Host` lines come as one value with a blank in it.
  if (!isAuthority(headers.get("host") ?? "")) {
    return refusal(400, "A valid Host header is required.");
  }
  if (!asksForWebSocket(headers)) return refusal(400, "A WebSocket upgrade is required.");
  if (!hasToken(headers.get("connection"), "upgrade")) {
    return refusal(400, "A connection upgrade is required.");
  }
  if (headers.get("transfer-encoding") !== null || (headers.get("content-length") ?? "0") !== "0") {
    // Its bytes would be read as frames.
    return refusal(400, "A WebSocket handshake has no body.");
  }
  if (headers.get("sec-websocket-version") !== VERSION) {
    return refusal(426, `WebSocket version ${VERSION} is required.`, {
      // RFC 9110 section 15.5.22 asks for the first, section 7.8 for the second, RFC 6455 section 4.4 for the third.
      "Upgrade": "websocket",
      "Connection": "Upgrade",
      "Sec-WebSocket-Version": VERSION,
    });
  }
  const key = headers.get("sec-websocket-key") ?? "";
  if (!KEY.test(key)) return refusal(400, "A WebSocket key of 16 bytes is required.");
  return { kind: "upgrade", key };
}

/** Tells whether a request asks for a WebSocket at all; whether it asks rightly is for the judge to say. */
export function asksForWebSocket(headers: Fields): boolean {
  return hasToken(headers.get("upgrade"), "websocket");
}

/** Whether a list header holds `token`, in any case. */
function hasToken(header: string | null, token: string): boolean {
  return header !== null && header.split(",").some((part) => part.trim().toLowerCase() === token);
}
