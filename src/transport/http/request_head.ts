/**
 * Reads one HTTP/1.1 request head, bounded and strict: a head that two readers could understand differently is refused.
 * What the lines mean together is for `request_rules.ts` to say.
 *
 * Rules: RFC 9112 sections 2.2, 3 and 5.
 */
import { Buffer } from "node:buffer";

import {
  FIRST_BUFFER_BYTES,
  MAX_HEADER_BYTES,
  MAX_HEADER_LINES,
  MAX_REQUEST_LINE_BYTES,
} from "../../limits.ts";
import { type Flaw, type Refusal, refusal } from "./flaws.ts";

/** A request head. */
export interface RequestHead {
  readonly kind: "head";
  readonly method: string;
  /** As sent, most often path and query. */
  readonly target: string;
  /** `HTTP/1.1`, but `HTTP/1.0` and the preface of HTTP/2 are heads too. */
  readonly version: string;
  /** Lower-case name -> values in order, without the white space around them. One char a byte. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** All bytes read so far: the head, and what came after it. */
  readonly bytes: Uint8Array;
  /** Length of the head with its empty line: where the rest of `bytes` begins. */
  readonly length: number;
}

/** Headers that say one thing: with two of them, two readers may believe different ones. */
const SINGLE = new Set([
  "authorization",
  "content-length",
  "host",
  "sec-websocket-key",
  "sec-websocket-version",
  "transfer-encoding",
]);
const REQUEST_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([\x21-\x7e]+) (HTTP\/[0-9]\.[0-9])$/;
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const DELETE = 0x7f;
/** The longest head that is still unfinished, its line ends included. */
const MAX_HEAD_BYTES = MAX_REQUEST_LINE_BYTES + MAX_HEADER_BYTES + 2 * (MAX_HEADER_LINES + 3);
/** What `#scan` gives while the empty line is still to come. */
const UNFINISHED = -1;

/**
 * Reads the head of one request from chunks of any size. Holds no more than the bounds of a head and the last chunk; refuses at the first
 * wrong byte.
 *
 * ```ts
 * import { RequestHeadReader } from "./request_head.ts";
 * import assert from "node:assert/strict";
 * const reader = new RequestHeadReader();
 * const send = (text: string) => reader.push(new TextEncoder().encode(text));
 * assert.equal(send("GET /client/hubs/chat HTTP/1.1\r\nHo"), undefined);
 * const head = send("st: localhost\r\n\r\n");
 * assert.equal(head?.kind, "head");
 * ```
 */
export class RequestHeadReader {
  #kept: Buffer | undefined = undefined;
  #length = 0;
  #finished = false;
  /** Complete lines, and bytes of the current one and of all header lines. */
  #lines = 0;
  #lineBytes = 0;
  #headerBytes = 0;
  #afterCr = false;
  /** Bytes of the empty line that some clients send after an earlier request's body: it is no line of the head. */
  #skipped = 0;

  /** Reads on; `undefined` while the head is not whole. Throws when the head was whole, or refused, before. */
  push(chunk: Uint8Array): RequestHead | Refusal | undefined {
    if (this.#finished) throw new Error("Cannot read on: the request head has ended");
    const end = this.#scan(chunk);
    if (typeof end === "string") return this.#refuse(end);
    if (end === UNFINISHED) {
      this.#keep(chunk);
      return undefined;
    }
    const length = this.#length + end;
    let bytes = chunk;
    if (this.#length > 0) {
      this.#keep(chunk);
      bytes = viewOf(this.#kept ?? chunk).subarray(0, this.#length);
    }
    this.#finished = true;
    this.#kept = undefined;
    const head = parse(bytes, this.#skipped, length);
    return typeof head === "string" ? this.#refuse(head) : head;
  }

  /** Goes over new bytes for forbidden ones, limits, and the empty line; gives where the head ends. */
  #scan(chunk: Uint8Array): number | Flaw {
    let at = 0;
    while (at < chunk.length) {
      const start = at;
      const byte = chunk[at++] ?? 0;
      if (this.#afterCr) {
        if (byte !== LF) return "lineEnd";
        this.#afterCr = false;
        if (this.#lineBytes > 0) {
          this.#lines++;
          this.#lineBytes = 0;
          continue;
        }
        if (this.#lines > 0) return at;
        if (this.#skipped > 0) return "requestLine";
        this.#skipped = 2;
        continue;
      }
      if (byte === CR) {
        this.#afterCr = true;
        continue;
      }
      if (byte === LF) return "lineEnd";
      if (!isText(byte)) return "controlByte";
      if (this.#lineBytes === 0) {
        if (byte === SPACE || byte === TAB) return this.#lines > 0 ? "foldedLine" : "requestLine";
        if (this.#lines > MAX_HEADER_LINES) return "tooManyHeaders";
      }
      // To the end of the text at once: counts for each byte would take most of the time that a head takes.
      while (at < chunk.length && isText(chunk[at] ?? 0)) at++;
      this.#lineBytes += at - start;
      if (this.#lines === 0) {
        if (this.#lineBytes > MAX_REQUEST_LINE_BYTES) return "requestLineTooLong";
      } else if ((this.#headerBytes += at - start) > MAX_HEADER_BYTES) return "headersTooLong";
    }
    return UNFINISHED;
  }

  #keep(chunk: Uint8Array): void {
    const needed = this.#length + chunk.length;
    let kept = this.#kept;
    if (kept === undefined || kept.length < needed) {
      const wanted = Math.max((kept?.length ?? 0) * 2, FIRST_BUFFER_BYTES);
      kept = Buffer.allocUnsafeSlow(Math.max(needed, Math.min(wanted, MAX_HEAD_BYTES)));
      if (this.#kept !== undefined) kept.set(this.#kept.subarray(0, this.#length));
      this.#kept = kept;
    }
    kept.set(chunk, this.#length);
    this.#length = needed;
  }

  #refuse(flaw: Flaw): Refusal {
    this.#finished = true;
    this.#kept = undefined;
    return refusal(flaw);
  }
}

/** The value of a header that may stand once, or `undefined`. */
export function singleHeader(head: RequestHead, name: string): string | undefined {
  const values = head.headers.get(name);
  return values?.length === 1 ? values[0] : undefined;
}

/**
 * `text` without the spaces and tabs around it. Not `trim`, which takes U+00A0 off, a byte of UTF-8 here; not a pattern,
 * which would take quadratic time on a long run of spaces.
 */
export function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

/** Whether a byte may stand in a line; what lines say is judged when the head is whole. */
function isText(byte: number): boolean {
  return byte >= SPACE ? byte !== DELETE : byte === TAB;
}

function isBlank(char: number): boolean {
  return char === SPACE || char === TAB;
}

/** Takes a whole head apart, whose bytes have been scanned. */
function parse(bytes: Uint8Array, start: number, length: number): RequestHead | Flaw {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString("latin1", start, length - 4);
  const lines = text.split("\r\n");
  const match = REQUEST_LINE.exec(lines[0] ?? "");
  if (match === null) return "requestLine";
  const [, method = "", target = "", version = ""] = match;
  const headers = new Map<string, string[]>();
  for (let i = 1; i < lines.length; i++) {
    const line = lines[i] ?? "";
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(0, colon));
    if (!HEADER_NAME.test(name)) return "headerLine";
    const value = trimBlanks(line.slice(colon + 1));
    const key = name.toLowerCase();
    const values = headers.get(key);
    if (values === undefined) headers.set(key, [value]);
    else if (SINGLE.has(key)) return "repeatedHeader";
    else values.push(value);
  }
  return { kind: "head", method, target, version, headers, bytes, length };
}

/** A plain view: `Buffer`'s own `slice` would mean something else to its readers. */
function viewOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
