/**
 * What an answer of a handler means: the fields of a connect answer, the reply to a user event.
 *
 * Rules: the official emulator and middlewares. Unusable answers become a `problem` for the log; the client never
 * sees it, nor anything else of the handler's text.
 */
import { hasControls, isPlainAscii } from "../events/header_rules.ts";
import type { ConnectOutcome, EventSource, UserEventOutcome } from "../hub/ports.ts";
import { MAX_CONNECTION_STATE_LENGTH } from "../limits.ts";
import { isGroupName } from "../names.ts";
import { decodeAny } from "../protocol/any.ts";
import { EMPTY_TEXT, type Metadata, type Payload } from "../protocol/command.ts";
import { JsonSource } from "../protocol/json_source.ts";
import { checkMetadata, MetadataError } from "../protocol/metadata.ts";
import { METADATA_PREFIX } from "./cloud_event.ts";

/** A 2xx answer that cannot be used. */
export interface Unusable {
  /** For the log; holds no text of the handler. */
  readonly problem: string;
  readonly fix: string;
}

type Accepted = Extract<ConnectOutcome, { accepted: true }>;
type Replied = Extract<UserEventOutcome, { ok: true }>;

/** Tells usable answers from unusable ones. */
export function isUnusable(answer: object): answer is Unusable {
  return "problem" in answer;
}

const textDecoder = new TextDecoder("utf-8", { ignoreBOM: true });
/** Drops a byte order mark, which some servers write before JSON. */
const jsonDecoder = new TextDecoder("utf-8");

/** Reads a 2xx answer to `connect`; `offered` are the client's subprotocols. */
export function readConnectAnswer(
  headers: Headers,
  body: Uint8Array,
  offered: readonly string[],
): Accepted | Unusable {
  const state = readState(headers);
  if (typeof state === "object") return state;
  const nothing: Accepted = {
    accepted: true,
    userId: undefined,
    groups: undefined,
    roles: undefined,
    subprotocol: undefined,
    state,
  };
  if (body.length === 0) return nothing;
  const text = jsonDecoder.decode(body);
  const value = new JsonSource(text).tooDeep ? undefined : parseJson(text);
  if (value === null) return nothing;
  if (typeof value !== "object" || Array.isArray(value)) {
    return {
      problem: "the body of the connect answer is not a JSON object",
      fix: 'answer with an object such as {"userId":"mia"}, or with an empty body',
    };
  }
  // Names are compared without case; a Map, because a name may be "__proto__".
  const fields = new Map<string, unknown>();
  for (const [name, field] of Object.entries(value)) fields.set(name.toLowerCase(), field);

  const userId = fields.get("userid") ?? undefined;
  if (userId !== undefined && (typeof userId !== "string" || hasControls(userId))) {
    return wrongField("userId", "a string without control characters");
  }
  const groups = fields.get("groups") ?? undefined;
  if (groups !== undefined && !isListOf(groups, isGroupName)) {
    return wrongField("groups", "a list of group names of 1 to 1024 characters");
  }
  const roles = fields.get("roles") ?? undefined;
  if (roles !== undefined && !isListOf(roles, () => true)) {
    return wrongField("roles", "a list of strings");
  }
  const chosen = fields.get("subprotocol") ?? undefined;
  if (chosen !== undefined && typeof chosen !== "string") {
    return wrongField("subprotocol", "a string");
  }
  const subprotocol = chosen === undefined || chosen === ""
    ? undefined
    : offered.find((name) => name.toLowerCase() === chosen.toLowerCase());
  if (chosen !== undefined && chosen !== "" && subprotocol === undefined) {
    return wrongField("subprotocol", "one that the client offered");
  }
  return {
    accepted: true,
    userId,
    // An empty list of groups leaves the token's, an empty list of roles takes them: odd, but the service's way.
    groups: groups?.length === 0 ? undefined : groups,
    roles,
    subprotocol,
    state,
  };
}

function wrongField(name: string, wanted: string): Unusable {
  return {
    problem: `the field "${name}" of the connect answer is not usable`,
    fix: `make it ${wanted}, or leave it out`,
  };
}

function isListOf(value: unknown, accepts: (entry: string) => boolean): value is string[] {
  return Array.isArray(value) &&
    value.every((entry) => typeof entry === "string" && accepts(entry));
}

/** Reads a 2xx answer to a user event. */
export function readUserAnswer(
  source: Pick<EventSource, "framing">,
  headers: Headers,
  body: Uint8Array,
): Replied | Unusable {
  const state = readState(headers);
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
  const payload = readPayload(source, headers.get("content-type"), body);
  if (isUnusable(payload)) return payload;
  return { ok: true, reply: { payload, metadata }, state };
}

function readPayload(
  source: Pick<EventSource, "framing">,
  contentType: string | null,
  body: Uint8Array,
): Payload | Unusable {
  if (contentType === null || contentType === "") return { kind: "binary", bytes: body };
  const semicolon = contentType.indexOf(";");
  const type = (semicolon < 0 ? contentType : contentType.slice(0, semicolon)).trim().toLowerCase();
  switch (type) {
    case "text/plain":
      return { kind: "text", text: textDecoder.decode(body) };
    case "application/json": {
      const text = jsonDecoder.decode(body);
      // It becomes a part of a JSON frame, which it must not break. The other framings carry it as a string.
      if (source.framing === "json" && !isJson(text)) {
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
      if (source.framing === "protobuf" && decodeAny(body) === undefined) {
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

/** `undefined`: leave the state as it is. */
function readState(headers: Headers): string | undefined | Unusable {
  const header = headers.get("ce-connectionstate");
  if (header === null) return undefined;
  // A header sent twice arrives joined, and the last line counts; the official encoding, base64, has no comma.
  const state = header.slice(header.lastIndexOf(", ") + 1).trimStart();
  if (state.length > MAX_CONNECTION_STATE_LENGTH || !isPlainAscii(state)) {
    return {
      problem: "the connection state of the answer is not usable",
      fix:
        `keep ce-connectionState within ${MAX_CONNECTION_STATE_LENGTH} characters of printable ASCII`,
    };
  }
  return state;
}

function readMetadata(headers: Headers): Metadata | undefined | MetadataError {
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

function isJson(text: string): boolean {
  return parseJson(text) !== undefined && !new JsonSource(text).tooDeep;
}

/** `undefined` for what is not JSON, which no JSON text can mean. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
