/**
 * The compact form of a signed token (RFC 7515): three parts of strict base64url. Reads the shape only and believes
 * nothing of it. Never throws, and never says what the text was.
 */
import { Buffer } from "node:buffer";
import { MAX_TOKEN_LENGTH } from "../limits.ts";

/** A JSON object whose members nobody has looked at. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A token taken apart. */
export interface CompactToken {
  /** What the signature covers. */
  readonly signed: string;
  /** The header's `alg`. Every other field of the header is ignored: no key is ever taken from a token. */
  readonly algorithm: string;
  /** The payload as it stands, read by {@link readPayload} once the signature is known to be good. */
  readonly payload: string;
  readonly signature: Uint8Array;
}

/** Why a text is no compact token. */
export type CompactFlaw = "tooLong" | "malformed";

const BASE64URL = /^[A-Za-z0-9_-]+$/;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const ASCII = /^[\0-\x7f]*$/;
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Takes a token apart, or says why it cannot be one. Refused beside the obvious: padding, bits behind the last
 * character, a header with `crit` (RFC 7515 section 4.1.11: we understand no extension). A repeated member of a JSON
 * object counts with its last value.
 *
 * ```ts
 * import { parseCompact } from "./compact.ts";
 * import assert from "node:assert/strict";
 * assert.equal(parseCompact("no token"), "malformed");
 * ```
 */
export function parseCompact(token: string): CompactToken | CompactFlaw {
  if (token.length > MAX_TOKEN_LENGTH) return "tooLong";
  const first = token.indexOf(".");
  const last = token.lastIndexOf(".");
  if (first < 0 || token.indexOf(".", first + 1) !== last) return "malformed";
  const algorithm = algorithmOf(token.slice(0, first));
  if (algorithm === undefined) return "malformed";
  const signature = base64url(token.slice(last + 1));
  if (signature === undefined) return "malformed";
  const payload = token.slice(first + 1, last);
  return { signed: token.slice(0, last), algorithm, payload, signature };
}

/** The header that was read last: SDKs put the very same one into every token. */
let lastHeader = "";
let lastAlgorithm: string | undefined = undefined;

/** The `alg` of a header in base64url; `undefined` when it is no header that we understand. */
function algorithmOf(text: string): string | undefined {
  if (text === lastHeader) return lastAlgorithm;
  const header = jsonPart(text);
  const algorithm = header !== undefined && !Object.hasOwn(header, "crit")
    ? own(header, "alg")
    : undefined;
  if (typeof algorithm !== "string") return undefined;
  // Good ones only, which are plain ASCII. A copy: the slice would keep the whole token alive.
  lastHeader = Buffer.from(text, "latin1").toString("latin1");
  lastAlgorithm = algorithm;
  return algorithm;
}

/** A member that the object itself has, whatever its prototype has. */
export function own(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** The JSON object in a payload; `undefined` when it is anything else. */
export function readPayload(payload: string): JsonObject | undefined {
  return jsonPart(payload);
}

/** The bytes of a non-empty base64url text in its one canonical form. */
function base64url(text: string): Buffer | undefined {
  // Judged before it is decoded: some decoders skip what they do not know, others throw.
  if (!BASE64URL.test(text) || text.length % 4 === 1) return undefined;
  // Bits behind the last byte would let one token have several texts.
  const spare = text.length % 4 === 2 ? 0b1111 : text.length % 4 === 3 ? 0b11 : 0;
  if ((ALPHABET.indexOf(text.charAt(text.length - 1)) & spare) !== 0) return undefined;
  return Buffer.from(text, "base64url");
}

function jsonPart(text: string): JsonObject | undefined {
  const bytes = base64url(text);
  if (bytes === undefined) return undefined;
  try {
    // Nearly all are ASCII, for which the decoder is the dear way.
    const latin1 = bytes.toString("latin1");
    const value: unknown = JSON.parse(ASCII.test(latin1) ? latin1 : UTF8.decode(bytes));
    return isObject(value) ? value : undefined;
  } catch (error) {
    // Not UTF-8 or not JSON. The message of the error quotes the text, so it must not go on.
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}

/** Tells whether `value` is a JSON object, thus no array and not null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
