/**
 * Simple WebSocket clients: frames are bare payloads, and what a client's frame asks for was fixed at its handshake.
 */
import type { Command, Payload } from "./command.ts";
import { type Codec, Frame, type Message } from "./event.ts";
import { TRAITS } from "./traits.ts";

/** What the frames of a simple client do (`webpubsub_mode` of its URL). */
export type RawMode =
  /** Each is a user event named `message`. */
  | { readonly kind: "sendEvent" }
  /** Each is published to `group`; with `noEcho` not back to this connection. */
  | { readonly kind: "sendToGroup"; readonly group: string; readonly noEcho: boolean };

/** Name of the user event that a frame of a simple client raises. */
export const RAW_EVENT = "message";

/**
 * The codec of simple clients in `mode`. No frame is malformed, there are no system frames and no sequence ids, and
 * metadata is left out. Bytes are handed on as they came, not copied.
 *
 * ```ts
 * import { rawCodec } from "./raw.ts";
 * import assert from "node:assert/strict";
 * const codec = rawCodec({ kind: "sendToGroup", group: "lab", noEcho: true });
 * const command = codec.decode("hi");
 * assert(command.type === "sendToGroup");
 * assert.deepEqual(command.payload, { kind: "text", text: "hi" });
 * assert.equal(codec.encodeSystem({ type: "pong" }), undefined);
 * ```
 */
export function rawCodec(mode: RawMode): Codec {
  return {
    framing: "raw",
    ...TRAITS.raw,
    decode: mode.kind === "sendEvent" ? decodeEvent : publisher(mode.group, mode.noEcho),
    encodeSystem: noFrame,
    encodeMessage,
    withSequenceId: sameFrame,
  };
}

function decodeEvent(data: string | Uint8Array): Command {
  return {
    type: "event",
    event: RAW_EVENT,
    payload: payloadOf(data),
    metadata: undefined,
    ackId: undefined,
  };
}

function publisher(group: string, noEcho: boolean): Codec["decode"] {
  return (data) => ({
    type: "sendToGroup",
    group,
    payload: payloadOf(data),
    metadata: undefined,
    noEcho,
    ttlSeconds: 0,
    ackId: undefined,
  });
}

function payloadOf(data: string | Uint8Array): Payload {
  return typeof data === "string" ? { kind: "text", text: data } : { kind: "binary", bytes: data };
}

function noFrame(): undefined {
  return undefined;
}

/** Text and JSON as a text frame, bytes and serialised Any as a binary one. */
function encodeMessage({ payload }: Message): Frame {
  switch (payload.kind) {
    case "text":
    case "json":
      return new Frame(payload.text);
    case "binary":
    case "protobuf":
      return new Frame(payload.bytes);
  }
}

function sameFrame(frame: Frame): Frame {
  return frame;
}
