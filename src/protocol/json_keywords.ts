/**
 * The keywords of JSON requests, the values of `type` and `dataType`: the service compares them without regard to case.
 */
import type { Command, Payload } from "./command.ts";
import { describe, wrong } from "./frame_error.ts";

/** What a request can be. */
export type RequestType = Exclude<Command["type"], "malformed">;

/** By the folded name. */
const REQUEST_TYPES: ReadonlyMap<string, RequestType> = new Map([
  ["joingroup", "joinGroup"],
  ["leavegroup", "leaveGroup"],
  ["sendtogroup", "sendToGroup"],
  ["event", "event"],
  ["sequenceack", "sequenceAck"],
  ["ping", "ping"],
]);

/** By the folded name. */
const PAYLOAD_KINDS: ReadonlyMap<string, Payload["kind"]> = new Map([
  ["json", "json"],
  ["text", "text"],
  ["binary", "binary"],
  ["protobuf", "protobuf"],
]);

/** Longer than any name above: more is not even folded. */
const MAX_KEYWORD_LENGTH = 32;
const ASCII_LETTERS = /^[A-Za-z]+$/;

/**
 * What `type` asks for.
 *
 * @throws FrameError when it is no name of a request.
 */
export function requestType(value: unknown): RequestType {
  // The usual spellings first: comparing parsed keywords is a fifth of the price of a map look-up.
  switch (value) {
    case "joinGroup":
    case "leaveGroup":
    case "sendToGroup":
    case "event":
    case "sequenceAck":
    case "ping":
      return value;
  }
  const type = typeof value === "string" ? REQUEST_TYPES.get(fold(value)) : undefined;
  if (type === undefined) throw wrong("type", "the name of a request", describe(value));
  return type;
}

/**
 * What `dataType` says the data is; JSON when it is absent.
 *
 * @throws FrameError when it is no name of a kind.
 */
export function payloadKind(value: unknown): Payload["kind"] {
  switch (value) {
    case undefined:
      return "json";
    case "json":
    case "text":
    case "binary":
    case "protobuf":
      return value;
  }
  const kind = typeof value === "string" ? PAYLOAD_KINDS.get(fold(value)) : undefined;
  if (kind === undefined) {
    throw wrong("dataType", "json, text, binary or protobuf", describe(value));
  }
  return kind;
}

/**
 * A keyword as the tables above have it. Folds ASCII letters only: Unicode folds foreign letters onto them too (the
 * Kelvin sign onto `k`), which the service does not.
 */
function fold(keyword: string): string {
  if (keyword.length > MAX_KEYWORD_LENGTH || !ASCII_LETTERS.test(keyword)) return "";
  return keyword.toLowerCase();
}
