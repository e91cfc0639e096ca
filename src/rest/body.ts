/**
 * Request bodies: how much is read, and what it must be.
 */
import { ownBytes } from "../bytes.ts";
import { badProperty, badRequest, INVALID_GROUP_NAME, RestError } from "../errors.ts";
import { MAX_REST_BODY_BYTES } from "../limits.ts";
import type { Payload } from "../protocol/command.ts";
import type { RestBody } from "./request.ts";
import type { RequestHeaders } from "./request_headers.ts";
import { type ContentType, parseContentType } from "./content_type.ts";
import { isGroupName } from "../names.ts";

const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });
const STRICT_DECODER = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });

/** What a body is, judged before it is read. */
export interface BodyKind {
  readonly kind: "text" | "json" | "binary";
  /** Name of a charset that the platform knows; `utf-8` unless one is given. */
  readonly charset: string;
}

/**
 * Judges the headers of a body.
 *
 * @throws RestError 400 for a declared length over the limit, 415 for a type, charset or encoding that is not served
 */
export function checkBodyHeaders(headers: RequestHeaders, takes: "message" | "groups"): BodyKind {
  if (Number(headers.length ?? 0) > MAX_REST_BODY_BYTES) throw tooLong();
  const { encoding, type: header } = headers;
  if (encoding !== undefined && encoding.trim().toLowerCase() !== "identity") {
    throw unsupported(`content encoding "${encoding}"`);
  }
  if (header === undefined && takes === "message") return { kind: "binary", charset: "utf-8" };
  const type = header === undefined ? undefined : parseContentType(header);
  const kind = type === undefined ? undefined : kindOf(type, takes);
  if (type === undefined || kind === undefined) throw unsupported(`media type "${header ?? ""}"`);
  const charset = type.charset ?? "utf-8";
  if (kind !== "binary" && !isKnownCharset(charset)) throw unsupported(`charset "${charset}"`);
  return { kind, charset };
}

function kindOf(type: ContentType, takes: "message" | "groups"): BodyKind["kind"] | undefined {
  switch (type.mediaType) {
    case "application/json":
      return "json";
    case "text/plain":
      return takes === "message" ? "text" : undefined;
    case "application/octet-stream":
      return takes === "message" ? "binary" : undefined;
    default:
      return undefined;
  }
}

function isKnownCharset(charset: string): boolean {
  if (charset === "utf-8") return true;
  try {
    new TextDecoder(charset);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/**
 * The bytes of a body.
 *
 * @throws RestError 400 when it is longer than the limit, or breaks off; 408 when it was too slow; 503 when the server
 * has no room for it
 */
export function wholeBody(body: RestBody): Uint8Array {
  switch (body) {
    case "tooLong":
      throw tooLong();
    case "broken":
      throw badRequest("The request body is not complete.", "Request");
    case "tooSlow":
      throw new RestError("Error.RequestTimeout", "The request body came too slowly.", "Request");
    case "noRoom":
      throw new RestError(
        "Error.ServiceUnavailable",
        "The server is reading too many request bodies.",
        "Request",
      );
    default:
      return body;
  }
}

/**
 * The payload of a send.
 *
 * @throws RestError 400 for a JSON body that is not one valid JSON text
 */
export function payloadOf(bytes: Uint8Array, { kind, charset }: BodyKind): Payload {
  switch (kind) {
    case "binary":
      // A message may be kept for long: it does not keep a request that is much larger than itself.
      return { kind, bytes: ownBytes(bytes) };
    case "text":
      return { kind, text: decode(bytes, charset) };
    case "json": {
      const text = jsonText(bytes, charset);
      if (parseJson(text) === undefined) {
        throw badRequest("The request body is not a valid JSON.", "Request");
      }
      return { kind, text: text ?? "" };
    }
  }
}

/**
 * The groups and the filter source of a bulk group call. Member names match in any letter case.
 *
 * @throws RestError 400 for anything else
 */
export function groupsOf(
  bytes: Uint8Array,
  { charset }: BodyKind,
): { readonly groups: readonly string[]; readonly filter: string | undefined } {
  const parsed = parseJson(jsonText(bytes, charset));
  if (parsed === undefined || !isObject(parsed.value)) throw notGroups();
  let groups: unknown;
  let filter: unknown;
  for (const [name, value] of Object.entries(parsed.value)) {
    if (name.toLowerCase() === "groups") groups = value;
    if (name.toLowerCase() === "filter") filter = value;
  }
  if (filter !== undefined && filter !== null && typeof filter !== "string") throw notGroups();
  if (groups !== undefined && groups !== null && !Array.isArray(groups)) throw notGroups();
  if (!Array.isArray(groups) || groups.length === 0 || !groups.every(isGroup)) {
    throw badProperty(INVALID_GROUP_NAME, "Groups");
  }
  return { groups: [...new Set<string>(groups)], filter: filter ? filter : undefined };
}

function isGroup(value: unknown): value is string {
  return typeof value === "string" && isGroupName(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function decode(bytes: Uint8Array, charset: string): string {
  return charset === "utf-8"
    ? DECODER.decode(bytes)
    : new TextDecoder(charset, { ignoreBOM: true }).decode(bytes);
}

/** `undefined` when the bytes are no text in that charset. */
function jsonText(bytes: Uint8Array, charset: string): string | undefined {
  if (charset !== "utf-8") return decode(bytes, charset);
  try {
    return STRICT_DECODER.decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function parseJson(text: string | undefined): { readonly value: unknown } | undefined {
  if (text === undefined) return undefined;
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function tooLong(): RestError {
  return badRequest("Invalid Content-Length header.", "Request");
}

function notGroups(): RestError {
  return badRequest("The request body is not a valid groups request.", "Request");
}

function unsupported(what: string): RestError {
  return new RestError(
    "Error.UnsupportedMediaType",
    `The ${what} is not supported.`,
    "Request",
  );
}
