/** Writes the frames of the JSON subprotocols, members in the order of the service's examples. */
import { toBase64 } from "./base64.ts";
import type { Metadata, Payload } from "./command.ts";
import { Frame, type Message, type SystemEvent } from "./event.ts";

/** One for all clients: it never differs. */
const PONG = new Frame('{"type":"pong"}');

/** Writes an ack, a pong or a system frame. */
export function encodeSystem(event: SystemEvent): Frame {
  switch (event.type) {
    case "connected": {
      let text = '{"type":"system","event":"connected"';
      if (event.userId !== undefined) text += `,"userId":${JSON.stringify(event.userId)}`;
      text += `,"connectionId":${JSON.stringify(event.connectionId)}`;
      if (event.reconnectionToken !== undefined) {
        text += `,"reconnectionToken":${JSON.stringify(event.reconnectionToken)}`;
      }
      return new Frame(text + "}");
    }
    case "disconnected":
      return new Frame(
        `{"type":"system","event":"disconnected","message":${JSON.stringify(event.message)}}`,
      );
    case "ack": {
      const head = `{"type":"ack","ackId":${event.ackId},"success":`;
      if (event.error === undefined) return new Frame(head + "true}");
      const { name, message } = event.error;
      return new Frame(
        `${head}false,"error":{"name":"${name}","message":${JSON.stringify(message)}}}`,
      );
    }
    case "pong":
      return PONG;
  }
}

/** Writes a message. JSON payloads go in as the text they came as. */
export function encodeMessage(message: Message): Frame {
  let text = '{"type":"message","from":';
  if (message.group === undefined) {
    text += '"server"';
  } else {
    text += `"group","group":${JSON.stringify(message.group)}`;
    if (message.fromUserId !== undefined) {
      text += `,"fromUserId":${JSON.stringify(message.fromUserId)}`;
    }
  }
  text += `,"dataType":"${message.payload.kind}","data":${dataOf(message.payload)}`;
  if (message.metadata !== undefined) text += metadataOf(message.metadata);
  return new Frame(text + "}");
}

/** Adds the sequence id as the last member of a message frame that `encodeMessage` wrote. */
export function withSequenceId(frame: Frame, sequenceId: number): Frame {
  if (typeof frame.data !== "string") {
    throw new TypeError("Cannot number a frame: JSON frames are text, the current one is binary");
  }
  return new Frame(`${frame.data.slice(0, -1)},"sequenceId":${sequenceId}}`);
}

function dataOf(payload: Payload): string {
  switch (payload.kind) {
    case "text":
      return JSON.stringify(payload.text);
    case "json":
      return payload.text;
    case "binary":
    case "protobuf":
      return `"${toBase64(payload.bytes)}"`;
  }
}

function metadataOf(metadata: Metadata): string {
  let members = "";
  for (const [key, value] of metadata) {
    members += `${members === "" ? "" : ","}${JSON.stringify(key)}:${JSON.stringify(value)}`;
  }
  return `,"metadata":{${members}}`;
}
