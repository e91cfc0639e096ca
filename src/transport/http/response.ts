/**
 * The bytes of an HTTP/1.1 answer.
 *
 * Rules: RFC 9112 sections 4, 6.3 and 9.6; RFC 9110 sections 6.6.1, 8.6 and 9.3.2.
 */
import { Buffer } from "node:buffer";

/** An answer as plain data. */
export interface HttpResponse {
  readonly status: number;
  /**
   * Without `date`, which is the connection's; a `connection` is added to what that says. A `content-length` is only
   * wanted where HEAD hides a body.
   */
  readonly headers: Readonly<Record<string, string>>;
  /** Text goes out as UTF-8. */
  readonly body: string | Uint8Array | undefined;
}

/** Phrases of the statuses that are in use; others go without, which is allowed. */
const PHRASES: Readonly<Record<number, string>> = {
  200: "OK",
  202: "Accepted",
  204: "No Content",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  409: "Conflict",
  413: "Content Too Large",
  414: "URI Too Long",
  415: "Unsupported Media Type",
  417: "Expectation Failed",
  426: "Upgrade Required",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  505: "HTTP Version Not Supported",
};

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

const CONNECTION = "connection";
const LENGTH = "content-length";

function isNamed(name: string, known: string): boolean {
  return name.length === known.length && name.toLowerCase() === known;
}

/** What the request and its connection say about an answer. */
export interface ResponseSetting {
  /** Method of the request: HEAD gets the length of a body, and no body. */
  readonly method: string;
  /** `close`, or `keep-alive` where the client would not guess it, else `undefined`. */
  readonly connection: "close" | "keep-alive" | undefined;
  /** `Date` in the format of RFC 9110 section 5.6.7. */
  readonly date: string;
}

/**
 * Writes an answer.
 *
 * ```ts
 * import { responseBytes } from "./response.ts";
 * import assert from "node:assert/strict";
 * const bytes = responseBytes(
 *   { status: 202, headers: {}, body: undefined },
 *   { method: "POST", connection: undefined, date: "Tue, 24 Nov 2026 09:30:00 GMT" },
 * );
 * assert.equal(
 *   new TextDecoder().decode(bytes),
 *   "HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\ndate: Tue, 24 Nov 2026 09:30:00 GMT\r\n\r\n",
 * );
 * ```
 *
 * Throws for a header that is none: it would put others into the answer.
 */
export function responseBytes(
  { status, headers, body }: HttpResponse,
  { method, connection, date }: ResponseSetting,
): Uint8Array {
  let also: string | undefined;
  let hasLength = false;
  let head = `HTTP/1.1 ${status} ${PHRASES[status] ?? ""}\r\n`;
  for (const name in headers) {
    const value = headers[name] ?? "";
    if (!TOKEN.test(name) || !VALUE.test(value)) {
      throw new Error(`Cannot answer with header "${name}": its name or value is not valid`);
    }
    if (isNamed(name, CONNECTION)) also = value;
    else head += `${name}: ${value}\r\n`;
    hasLength ||= isNamed(name, LENGTH);
  }
  // 204 never has a body, and thus no length either (RFC 9110 section 8.6).
  if (status !== 204 && !hasLength) head += `content-length: ${lengthOf(body)}\r\n`;
  const options = also === undefined ? connection : [connection ?? [], also].flat().join(", ");
  if (options !== undefined) head += `connection: ${options}\r\n`;
  head += `date: ${date}\r\n\r\n`;
  if (body === undefined || method === "HEAD" || status === 204) return Buffer.from(head, "latin1");
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  return Buffer.concat([Buffer.from(head, "latin1"), bytes]);
}

function lengthOf(body: HttpResponse["body"]): number {
  if (body === undefined) return 0;
  return typeof body === "string" ? Buffer.byteLength(body) : body.length;
}

/** A plain text, for what is refused before any application looks at it. */
export function plainText(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  return {
    status,
    headers: { "content-type": "text/plain;charset=UTF-8", ...headers },
    body: message,
  };
}

/** The value of `Date`, made once a second. */
export class HttpDate {
  #second = NaN;
  #text = "";

  /** @param now milliseconds since 1970 */
  at(now: number): string {
    const second = Math.floor(now / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#text = new Date(now).toUTCString();
    }
    return this.#text;
  }
}
