/**
 * The frames that a server sends: whole messages in one frame, unmasked, no extensions (RFC 6455 section 5.1).
 */
import { Buffer } from "node:buffer";
import type { Frame } from "../protocol/event.ts";
import {
  isCloseCode,
  MAX_CLOSE_REASON_BYTES,
  MAX_CONTROL_BYTES,
  OPCODE,
  type SentOpcode,
} from "./websocket_protocol.ts";

const FIN = 0x80;
const utf8 = new TextEncoder();

/**
 * One whole frame. A string goes out as UTF-8, lone surrogates as U+FFFD.
 *
 * ```ts
 * import { encodeFrame } from "./websocket_write.ts";
 * import { OPCODE } from "./websocket_protocol.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual([...encodeFrame(OPCODE.text, "Hi")], [0x81, 2, 0x48, 0x69]);
 * ```
 */
export function encodeFrame(opcode: SentOpcode, payload: string | Uint8Array): Uint8Array {
  const length = typeof payload === "string" ? Buffer.byteLength(payload) : payload.length;
  const start = length < 126 ? 2 : length < 0x10000 ? 4 : 10;
  // Pooled and not zeroed: every byte of it is written below.
  const frame = Buffer.allocUnsafe(start + length);
  frame[0] = FIN | opcode;
  if (start === 2) {
    frame[1] = length;
  } else if (start === 4) {
    frame[1] = 126;
    frame[2] = length >>> 8;
    frame[3] = length & 0xff;
  } else {
    frame[1] = 127;
    frame.writeUInt32BE(Math.floor(length / 0x1_0000_0000), 2);
    frame.writeUInt32BE(length >>> 0, 6);
  }
  if (typeof payload !== "string") frame.set(payload, start);
  else if (length > 0) {
    const { written } = utf8.encodeInto(payload, frame.subarray(start));
    if (written !== length) {
      throw new Error(`Cannot encode a text frame: wrote ${written} of ${length} bytes`);
    }
  }
  return frame;
}

/** The wire bytes of a message: made at the first question, then shared by all its receivers. */
export function wireOf(frame: Frame): Uint8Array {
  const opcode = typeof frame.data === "string" ? OPCODE.text : OPCODE.binary;
  return frame.wire ??= encodeFrame(opcode, frame.data);
}

/**
 * A close frame; without a code, an empty one (the answer to an empty one). A reason of more than 123 UTF-8 bytes is
 * cut between two characters.
 *
 * Throws a `RangeError` for a code that must not be sent.
 *
 * ```ts
 * import { closeFrame } from "./websocket_write.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual([...closeFrame(1000, "bye")], [0x88, 5, 0x03, 0xe8, 0x62, 0x79, 0x65]);
 * assert.deepEqual([...closeFrame(undefined)], [0x88, 0]);
 * ```
 */
export function closeFrame(code: number | undefined, reason = ""): Uint8Array {
  if (code === undefined) return encodeFrame(OPCODE.close, "");
  if (!isCloseCode(code)) {
    throw new RangeError(
      `Cannot send close code ${code}: a code is one of 1000-1003, 1007-1014 or 3000-4999`,
    );
  }
  const payload = new Uint8Array(2 + MAX_CLOSE_REASON_BYTES);
  payload[0] = code >>> 8;
  payload[1] = code & 0xff;
  // Never writes a part of a character.
  const { written } = utf8.encodeInto(reason, payload.subarray(2));
  return encodeFrame(OPCODE.close, payload.subarray(0, 2 + written));
}

/** The answer to a ping: its very payload. Throws a `RangeError` above 125 bytes. */
export function pongFrame(payload: Uint8Array): Uint8Array {
  return controlFrame(OPCODE.pong, payload);
}

/** A ping. Throws a `RangeError` above 125 bytes. */
export function pingFrame(payload: Uint8Array): Uint8Array {
  return controlFrame(OPCODE.ping, payload);
}

/** The keep-alive ping, one for all sockets. */
export const EMPTY_PING: Uint8Array = pingFrame(new Uint8Array());

function controlFrame(opcode: SentOpcode, payload: Uint8Array): Uint8Array {
  if (payload.length > MAX_CONTROL_BYTES) {
    throw new RangeError(
      `Cannot encode a control frame: its payload has at most ${MAX_CONTROL_BYTES} bytes, ` +
        `current length is ${payload.length}`,
    );
  }
  return encodeFrame(opcode, payload);
}
