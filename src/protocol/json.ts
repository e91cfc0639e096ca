/**
 * The JSON subprotocols: `json.webpubsub.azure.v1` and, with sequence ids, `json.reliable.webpubsub.azure.v1`.
 *
 * Rules: the service's client specification; where it is silent, the official emulator.
 */
import { type Command, PING } from "./command.ts";
import type { Codec } from "./event.ts";
import { FrameError, malformed } from "./frame_error.ts";
import { encodeMessage, encodeSystem, withSequenceId } from "./json_encode.ts";
import { JsonFields } from "./json_fields.ts";
import { TRAITS } from "./traits.ts";

/** The close reason of every frame that breaks the subprotocol. */
const MALFORMED_REASON = "The client message is not a valid JSON protocol message.";

// A byte order mark is no JSON white space, so it is kept for JSON.parse to refuse.
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads and writes the frames of the JSON subprotocols.
 *
 * ```ts
 * import { jsonCodec } from "./json.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(jsonCodec.decode('{"type":"joinGroup","group":"lab","ackId":1}'), {
 *   type: "joinGroup",
 *   group: "lab",
 *   ackId: 1n,
 * });
 * assert.equal(jsonCodec.decode("hello").type, "malformed");
 * assert.equal(jsonCodec.encodeSystem({ type: "pong" })?.data, '{"type":"pong"}');
 * ```
 */
export const jsonCodec: Codec = {
  framing: "json",
  ...TRAITS.json,
  decode(data) {
    try {
      return readRequest(typeof data === "string" ? data : decodeUtf8(data));
    } catch (error) {
      return malformed(error, MALFORMED_REASON);
    }
  },
  encodeSystem,
  encodeMessage,
  withSequenceId,
};

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) {
      throw new FrameError("Cannot read a binary frame: it must be JSON in UTF-8");
    }
    throw error;
  }
}

function readRequest(text: string): Command {
  const fields = new JsonFields(text);
  const type = fields.type();
  // Before the rest, and for every request: a ping with a wrong ack id is malformed too.
  const ackId = fields.ackId();
  switch (type) {
    case "joinGroup":
    case "leaveGroup":
      return { type, group: fields.group(), ackId };
    case "sendToGroup":
      fields.refuseStream();
      return {
        type,
        group: fields.group(),
        payload: fields.payload(),
        metadata: fields.metadata(),
        noEcho: fields.noEcho(),
        ttlSeconds: fields.ttlSeconds(),
        ackId,
      };
    case "event":
      fields.refuseStream();
      return {
        type,
        event: fields.event(),
        payload: fields.payload(),
        metadata: fields.metadata(),
        ackId,
      };
    case "sequenceAck":
      return { type, sequenceId: fields.sequenceId() };
    case "ping":
      return PING;
  }
}
