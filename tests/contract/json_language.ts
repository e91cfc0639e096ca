/** The JSON subprotocols as a client of them sees them. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Metadata, Payload } from "../../src/protocol/command.ts";
import type { Message, SystemEvent } from "../../src/protocol/event.ts";
import { jsonCodec } from "../../src/protocol/json.ts";
import { anyText } from "../protocol/json_arbitraries.ts";
import { arbitraries, type ClientRequest } from "./codec_arbitraries.ts";
import type { Data, Language, Received } from "./codec_contract.ts";

/** JSON in text frames. */
export const json: Language = {
  ...arbitraries(anyText),
  name: "json",
  codec: jsonCodec,
  write,
  read,
  told,
};

/** The members of a request have the names of the frame's. */
function write(request: ClientRequest): string {
  const members: string[] = [];
  for (const [name, value] of Object.entries(request)) {
    if (name === "payload") members.push(contentOf(value as Payload));
    else if (value instanceof Map) members.push(`"metadata":${objectOf(value)}`);
    else if (typeof value === "bigint") members.push(`"${name}":${value}`);
    else if (value !== undefined) members.push(`"${name}":${JSON.stringify(value)}`);
  }
  return `{${members.join(",")}}`;
}

function contentOf(payload: Payload): string {
  return `"dataType":"${payload.kind}","data":${dataOf(payload)}`;
}

function dataOf(payload: Payload): string {
  if (payload.kind === "json") return payload.text;
  if (payload.kind === "text") return JSON.stringify(payload.text);
  return `"${Buffer.from(payload.bytes).toString("base64")}"`;
}

function objectOf(metadata: Metadata): string {
  const members = [...metadata].map(([key, value]) =>
    `${JSON.stringify(key)}:${JSON.stringify(value)}`
  );
  return `{${members.join(",")}}`;
}

interface Fields {
  readonly type: string;
  readonly event?: string;
  readonly [member: string]: unknown;
}

function read(data: Data): Received {
  assert(typeof data === "string");
  const fields = JSON.parse(data) as Fields;
  const sequenceId = fields.sequenceId as number | undefined;
  return { event: eventOf(fields, data), sequenceId };
}

function eventOf(fields: Fields, source: string): SystemEvent | Message {
  const text = (member: string) => fields[member] as string | undefined;
  switch (fields.type) {
    case "pong":
      return { type: "pong" };
    case "ack": {
      // A parsed number is not exact beyond 2^53.
      const ackId = BigInt(/"ackId":(\d+)/.exec(source)?.[1] ?? -1);
      const error = fields.error as Extract<SystemEvent, { type: "ack" }>["error"];
      assert.equal(fields.success, error === undefined);
      return { type: "ack", ackId, error };
    }
    case "system":
      if (fields.event === "disconnected") {
        return { type: "disconnected", message: text("message") ?? "" };
      }
      assert.equal(fields.event, "connected");
      return {
        type: "connected",
        connectionId: text("connectionId") ?? "",
        userId: text("userId"),
        reconnectionToken: text("reconnectionToken"),
      };
    default: {
      assert.equal(fields.type, "message");
      assert.equal(fields.from, "group" in fields ? "group" : "server");
      const { metadata } = fields;
      return {
        type: "message",
        group: text("group"),
        fromUserId: text("fromUserId"),
        payload: payloadOf(text("dataType"), fields.data),
        metadata: metadata === undefined ? undefined : new Map(Object.entries(metadata as object)),
      };
    }
  }
}

function payloadOf(kind: string | undefined, data: unknown): Payload {
  if (kind === "json") return { kind, text: JSON.stringify(data) };
  assert(typeof data === "string");
  if (kind === "text") return { kind, text: data };
  assert(kind === "binary" || kind === "protobuf");
  return { kind, bytes: new Uint8Array(Buffer.from(data, "base64")) };
}

/** Only messages to groups say who published; what a client gets of JSON is its value. */
function told(event: SystemEvent | Message): SystemEvent | Message {
  if (event.type !== "message") return event;
  const { group, fromUserId, payload } = event;
  return {
    ...event,
    fromUserId: group === undefined ? undefined : fromUserId,
    payload: payload.kind === "json"
      ? { kind: "json", text: JSON.stringify(JSON.parse(payload.text)) }
      : payload,
  };
}
