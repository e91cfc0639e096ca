/**
 * The fixed words of the WebSocket protocol: opcodes, close codes, and what a framing error tells the client.
 *
 * Rules: RFC 6455 sections 5.2, 7.4 and 11.7; reason texts as the service's.
 */
import { ENDS } from "../ends.ts";

/** Frame types (RFC 6455 section 5.2). */
export const OPCODE = {
  continuation: 0,
  text: 1,
  binary: 2,
  close: 8,
  ping: 9,
  pong: 10,
} as const;

/** A frame type that a server sends: it never fragments. */
export type SentOpcode = typeof OPCODE["text" | "binary" | "close" | "ping" | "pong"];

/** Longest payload of a control frame, in bytes (RFC 6455 section 5.5). */
export const MAX_CONTROL_BYTES = 125;

/** Longest reason of a close frame, in UTF-8 bytes: the code takes two of a control frame's. */
export const MAX_CLOSE_REASON_BYTES = MAX_CONTROL_BYTES - 2;

/** How a client can break the framing: protocol violated, text that is no UTF-8, message too large. */
export type FramingErrorCode = 1002 | 1007 | 1009;

/** Close reason of each framing error. For humans: clients must not compare it. */
export const FRAMING_ERROR_REASONS: Readonly<Record<FramingErrorCode, string>> = {
  1002: ENDS.framingViolated.text,
  1007: ENDS.malformedFrame.text,
  1009: ENDS.messageTooLarge.text,
};

/**
 * Tells whether `code` may stand in a close frame: the registered codes without the three that stand for "no close
 * frame" (1005, 1006, 1015) and the never defined 1004, then the ranges of libraries and of applications.
 *
 * ```ts
 * import { isCloseCode } from "./websocket_protocol.ts";
 * import assert from "node:assert/strict";
 * assert.equal(isCloseCode(1000), true);
 * assert.equal(isCloseCode(4999), true);
 * assert.equal(isCloseCode(1005), false);
 * assert.equal(isCloseCode(5000), false);
 * ```
 */
export function isCloseCode(code: number): boolean {
  if (code >= 3000) return code <= 4999;
  return code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006;
}
