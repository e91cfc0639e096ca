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
  const header = jsonPart(token.slice(0, first));
  if (header === undefined || Object.hasOwn(header, "crit")) return "malformed";
  const algorithm = Object.hasOwn(header, "alg") ? header["alg"] : undefined;
  if (typeof algorithm !== "string") return "malformed";
  const signature = base64url(token.slice(last + 1));
  if (signature === undefined) return "malformed";
  const payload = token.slice(first + 1, last);
  return { signed: token.slice(0, last), algorithm, payload, signature };
}

/** The JSON object in a payload; `undefined` when it is anything else. */
export function readPayload(payload: string): JsonObject | undefined {
  return jsonPart(payload);
}

/** The bytes of a non-empty base64url text in its one canonical form. */
function base64url(text: string): Uint8Array | undefined {
  // Judged before it is decoded: some decoders skip what they do not know, others throw.
  if (!BASE64URL.test(text) || text.length % 4 === 1) return undefined;
  const bytes = Buffer.from(text, "base64url");
  // Bits behind the last byte would let one token have several texts.
  return bytes.toString("base64url") === text ? bytes : undefined;
}

function jsonPart(text: string): JsonObject | undefined {
  const bytes = base64url(text);
  if (bytes === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(UTF8.decode(bytes));
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
