/**
 * What an answer of an event handler means to a Web PubSub client: whether and how it may connect, and what it gets for
 * an event. Nothing of the handler's own text reaches the client but a usable reply.
 *
 * Rules: the official emulator and middlewares.
 */
import {
  isUnusable,
  jsonText,
  parseJson,
  readConnectFields,
  readState,
  type Unusable,
  wrongField,
} from "../events/handler_answer.ts";
import type { Answered, AnswerFlaw, AnswerHeaders, HandlerAnswer } from "../hub/ports.ts";
import { decodeAny } from "../protocol/any.ts";
import { EMPTY_TEXT, type Metadata, type Payload } from "../protocol/command.ts";
import type { Traits } from "../protocol/event.ts";
import { checkMetadata, MetadataError } from "../protocol/metadata.ts";
import { METADATA_PREFIX } from "./request.ts";

/** The handler's word on a new client. Fields that are `undefined` leave what the token said. */
export type ConnectOutcome =
  | {
    readonly accepted: true;
    /** `""` makes the connection userless. */
    readonly userId: string | undefined;
    /** Replaces the token's groups; never empty. Valid names. */
    readonly groups: readonly string[] | undefined;
    /** Replaces the token's roles, also when empty. */
    readonly roles: readonly string[] | undefined;
    /** One that the client offered, in the client's spelling. */
    readonly subprotocol: string | undefined;
    readonly state: string | undefined;
  }
  /** `status` is the HTTP status of the handshake's answer, 400-599; `flaw` is set when a 2xx answer is to blame. */
  | { readonly accepted: false; readonly status: number; readonly flaw?: AnswerFlaw };

/** What the handler made of a user event. `state` is `undefined` when it stays as it was. */
export type UserEventOutcome =
  | {
    readonly ok: true;
    readonly reply:
      | { readonly payload: Payload; readonly metadata: Metadata | undefined }
      | undefined;
    readonly state: string | undefined;
  }
  /** `flaw` is set when a 2xx answer is to blame. */
  | { readonly ok: false; readonly flaw?: AnswerFlaw };

type Accepted = Extract<ConnectOutcome, { accepted: true }>;
type Replied = Extract<UserEventOutcome, { ok: true }>;

const INTERNAL_ERROR = 500;
const STATE_HEADER = "ce-connectionstate";
const textDecoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Reads the answer to `connect`; `offered` are the client's subprotocols. */
export function readConnect(answer: HandlerAnswer, offered: readonly string[]): ConnectOutcome {
  if (answer.kind === "failed") return { accepted: false, status: INTERNAL_ERROR };
  const { status } = answer;
  if (!isSuccess(status)) {
    const passedOn = status >= 400 && status <= 599;
    return { accepted: false, status: passedOn ? status : INTERNAL_ERROR };
  }
  const read = readAcceptance(answer, offered);
  return isUnusable(read) ? { accepted: false, status: INTERNAL_ERROR, flaw: read } : read;
}

/** Why an answer to `connect` is of no use to a client without subprotocols; none for one that lets it in. */
export function connectFlaw(answer: Answered): AnswerFlaw | undefined {
  const outcome = readConnect(answer, []);
  return outcome.accepted ? undefined : outcome.flaw;
}

function readAcceptance(answer: Answered, offered: readonly string[]): Accepted | Unusable {
  const state = readState(answer.headers.get(STATE_HEADER));
  if (typeof state === "object") return state;
  const fields = readConnectFields(answer.body);
  if (isUnusable(fields)) return fields;
  const { userId, groups, roles } = fields;
  const chosen = fields.subprotocol?.toLowerCase();
  const subprotocol = offered.find((name) => name.toLowerCase() === chosen);
  if (chosen !== undefined && subprotocol === undefined) {
    return wrongField("subprotocol", "one that the client offered");
  }
  return { accepted: true, userId, groups, roles, subprotocol, state };
}

/** Reads the answer to a user event; `traits` are those of the client's language. */
export function readReply(answer: HandlerAnswer, traits: Traits): UserEventOutcome {
  if (answer.kind === "failed" || !isSuccess(answer.status)) return { ok: false };
  const read = readSuccess(answer, traits);
  return isUnusable(read) ? { ok: false, flaw: read } : read;
}

function readSuccess(answer: Answered, traits: Traits): Replied | Unusable {
  const { headers, body } = answer;
  const state = readState(headers.get(STATE_HEADER));
  if (typeof state === "object") return state;
  const metadata = readMetadata(headers);
  if (metadata instanceof MetadataError) {
    return {
      problem: `the metadata headers of the answer are not usable: ${metadata.message}`,
      fix: "keep within the limits for keys and values",
    };
  }
  if (body.length === 0) {
    const reply = metadata === undefined ? undefined : { payload: EMPTY_TEXT, metadata };
    return { ok: true, reply, state };
  }
  const payload = readPayload(answer, traits);
  if (isUnusable(payload)) return payload;
  return { ok: true, reply: { payload, metadata }, state };
}

function readPayload({ contentType, body }: Answered, traits: Traits): Payload | Unusable {
  if (contentType === undefined || contentType === "") return { kind: "binary", bytes: body };
  switch (mediaType(contentType)) {
    case "text/plain":
      return { kind: "text", text: textDecoder.decode(body) };
    case "application/json": {
      const text = jsonText(body);
      if (traits.embedsJson && parseJson(text) === undefined) {
        return {
          problem: "the body of the answer is not JSON, as its Content-Type says",
          fix: "answer with a JSON value, or with Content-Type: text/plain",
        };
      }
      return { kind: "json", text };
    }
    case "application/octet-stream":
      return { kind: "binary", bytes: body };
    case "application/x-protobuf":
      if (traits.embedsAny && decodeAny(body) === undefined) {
        return {
          problem: "the body of the answer is no google.protobuf.Any, as its Content-Type says",
          fix: "answer with a serialized Any, or with Content-Type: application/octet-stream",
        };
      }
      return { kind: "protobuf", bytes: body };
    default:
      return {
        problem: "the Content-Type of the answer is not supported",
        fix: "use text/plain, application/json, application/octet-stream or application/x-protobuf",
      };
  }
}

/** In lower case and without parameters. */
function mediaType(contentType: string): string {
  const semicolon = contentType.indexOf(";");
  return (semicolon < 0 ? contentType : contentType.slice(0, semicolon)).trim().toLowerCase();
}

function readMetadata(headers: AnswerHeaders): Metadata | undefined | MetadataError {
  const pairs: [string, string][] = [];
  // Not for-of, which costs seven times as much.
  headers.forEach((header, name) => {
    if (!name.startsWith(METADATA_PREFIX) || name.length === METADATA_PREFIX.length) return;
    // What follows the last comma: the only rule that gives the last of repeated lines once they are joined.
    const value = header.slice(header.lastIndexOf(",") + 1).trim();
    pairs.push([name.slice(METADATA_PREFIX.length).toLowerCase(), value]);
  });
  return pairs.length === 0 ? undefined : checkMetadata(pairs);
}

function isSuccess(status: number): boolean {
  return status >= 200 && status <= 299;
}
