/**
 * What answers of event handlers have in common for clients of every language: the connection state, and the fields of
 * a `connect` answer. What cannot be used becomes a `problem` for the log, which never quotes the handler.
 *
 * Rules: the official emulator and middlewares.
 */
import { MAX_CONNECTION_STATE_LENGTH } from "../limits.ts";
import { isGroupName } from "../names.ts";
import { JsonSource } from "../protocol/json_source.ts";
import { hasControls, isPlainAscii } from "./header_rules.ts";

/** Why an answer cannot be used, and what to change. */
export interface Unusable {
  readonly problem: string;
  readonly fix: string;
}

/** Tells usable parts of answers from unusable ones. */
export function isUnusable(part: object): part is Unusable {
  return "problem" in part;
}

/** Fields of a `connect` answer that every language knows; `undefined` leaves what the token said. */
export interface ConnectFields {
  readonly userId: string | undefined;
  /** Never empty. Valid names. */
  readonly groups: readonly string[] | undefined;
  readonly roles: readonly string[] | undefined;
  /** As the handler wrote it; never empty. */
  readonly subprotocol: string | undefined;
}

const NO_FIELDS: ConnectFields = {
  userId: undefined,
  groups: undefined,
  roles: undefined,
  subprotocol: undefined,
};

/** Drops a byte order mark, which some servers write before JSON. */
const jsonDecoder = new TextDecoder("utf-8");

/** The text of a JSON body. */
export function jsonText(body: Uint8Array): string {
  return jsonDecoder.decode(body);
}

/** The value of a JSON text; `undefined` for what is not JSON, or nested deeper than a client's frame may be. */
export function parseJson(text: string): unknown {
  if (new JsonSource(text).tooDeep) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * Reads the body of a 2xx answer to `connect`, whatever its content type. Names are compared without case; unknown ones
 * are ignored.
 *
 * ```ts
 * import { readConnectFields } from "./handler_answer.ts";
 * import assert from "node:assert/strict";
 * const read = (body: string) => readConnectFields(new TextEncoder().encode(body));
 * assert.equal((read('{"USERID":"mia"}') as { userId: string }).userId, "mia");
 * assert("problem" in read('{"userId":7}'));
 * ```
 */
export function readConnectFields(body: Uint8Array): ConnectFields | Unusable {
  if (body.length === 0) return NO_FIELDS;
  const value = parseJson(jsonText(body));
  if (value === null) return NO_FIELDS;
  if (typeof value !== "object" || Array.isArray(value)) {
    return {
      problem: "the body of the connect answer is not a JSON object",
      fix: 'answer with an object such as {"userId":"mia"}, or with an empty body',
    };
  }
  // A Map, because a name may be "__proto__".
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
  const subprotocol = fields.get("subprotocol") ?? undefined;
  if (subprotocol !== undefined && typeof subprotocol !== "string") {
    return wrongField("subprotocol", "a string");
  }
  return {
    userId,
    // An empty list of groups leaves the token's, an empty list of roles takes them: odd, but the service's way.
    groups: groups?.length === 0 ? undefined : groups,
    roles,
    subprotocol: subprotocol === "" ? undefined : subprotocol,
  };
}

/** What is wrong with one field of a `connect` answer. */
export function wrongField(name: string, wanted: string): Unusable {
  return {
    problem: `the field "${name}" of the connect answer is not usable`,
    fix: `make it ${wanted}, or leave it out`,
  };
}

function isListOf(value: unknown, accepts: (entry: string) => boolean): value is string[] {
  return Array.isArray(value) &&
    value.every((entry) => typeof entry === "string" && accepts(entry));
}

/** The connection state that an answer sets, from its `ce-connectionState` header; `undefined` leaves it as it is. */
export function readState(header: string | null): string | undefined | Unusable {
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
