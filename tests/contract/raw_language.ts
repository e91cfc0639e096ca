/** Simple WebSocket clients: frames are bare payloads, and all the rest was said at the handshake. */
import assert from "node:assert/strict";
import type { Payload } from "../../src/protocol/command.ts";
import type { Message, SystemEvent } from "../../src/protocol/event.ts";
import { RAW_EVENT, rawCodec, type RawMode } from "../../src/protocol/raw.ts";
import { anyText } from "../protocol/json_arbitraries.ts";
import { arbitraries, type ClientRequest } from "./codec_arbitraries.ts";
import type { Data, Language, Received } from "./codec_contract.ts";

/** A simple client in `mode`. */
export function raw(mode: RawMode): Language {
  const { message, ...rest } = arbitraries(anyText);
  return {
    ...rest,
    message,
    request: message.map((sent) => requestOf(mode, bare(sent.payload))),
    name: `raw ${mode.kind}`,
    codec: rawCodec(mode),
    write,
    read,
    told,
  };
}

/** The only request that a client in `mode` has. */
function requestOf(mode: RawMode, payload: Payload): ClientRequest {
  const common = { payload, metadata: undefined, ackId: undefined };
  if (mode.kind === "sendEvent") return { type: "event", event: RAW_EVENT, ...common };
  const { group, noEcho } = mode;
  return { type: "sendToGroup", group, noEcho, ttlSeconds: 0, ...common };
}

function write(request: ClientRequest): Data {
  assert("payload" in request);
  return "text" in request.payload ? request.payload.text : request.payload.bytes;
}

function read(data: Data): Received {
  const payload: Payload = typeof data === "string"
    ? { kind: "text", text: data }
    : { kind: "binary", bytes: data };
  return { event: messageOf(payload), sequenceId: undefined };
}

function told(event: SystemEvent | Message): Message | undefined {
  return event.type === "message" ? messageOf(bare(event.payload)) : undefined;
}

/** Text or bytes: a frame does not say more of its kind. */
function bare(payload: Payload): Payload {
  return "text" in payload
    ? { kind: "text", text: payload.text }
    : { kind: "binary", bytes: payload.bytes };
}

function messageOf(payload: Payload): Message {
  return { type: "message", group: undefined, fromUserId: undefined, payload, metadata: undefined };
}
