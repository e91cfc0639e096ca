/**
 * Finds the end of a request body: by its length, or by its chunks. Gives the data on as it comes and keeps none of it.
 *
 * Rules: RFC 9112 sections 6 and 7.1. Line feeds alone, and sizes that two readers could read differently, are refused.
 */
import { Buffer } from "node:buffer";
import { MAX_CHUNK_LINE_BYTES, MAX_CHUNK_OVERHEAD_BYTES, MAX_TRAILER_BYTES } from "../../limits.ts";
import type { Framing } from "./request_rules.ts";

/** Gets the data of a body, piece by piece, none of them empty. */
export type BodySink = (data: Uint8Array) => void;

/** Reads one body. */
export interface BodyReader {
  /** How far it is: after `done` no byte belongs to it, after `broken` nobody can tell. */
  readonly state: "open" | "done" | "broken";
  /** Reads on; gives how many bytes of `bytes` were its own: all, unless it is over. */
  push(bytes: Uint8Array, sink: BodySink): number;
}

/**
 * The reader for a body.
 *
 * ```ts
 * import { bodyReader } from "./body_reader.ts";
 * import assert from "node:assert/strict";
 * const body = bodyReader("chunked");
 * let text = "";
 * const read = body.push(
 *   new TextEncoder().encode("3\r\nabc\r\n0\r\n\r\nGET "),
 *   (data) => text += new TextDecoder().decode(data),
 * );
 * assert.deepEqual([text, read, body.state], ["abc", 13, "done"]);
 * ```
 */
export function bodyReader(framing: Framing): BodyReader {
  return framing === "chunked" ? new ChunkedBody() : new LengthBody(framing);
}

class LengthBody implements BodyReader {
  #left: number;

  constructor(length: number) {
    this.#left = length;
  }

  get state(): BodyReader["state"] {
    return this.#left === 0 ? "done" : "open";
  }

  push(bytes: Uint8Array, sink: BodySink): number {
    const taken = Math.min(this.#left, bytes.length);
    if (taken === 0) return 0;
    this.#left -= taken;
    sink(taken === bytes.length ? bytes : bytes.subarray(0, taken));
    return taken;
  }
}

const LF = 0x0a;
const CR = 0x0d;
/** A size, and extensions, which say nothing to us. 12 digits are more than any body has. */
const CHUNK_LINE = /^0*([0-9A-Fa-f]{1,12})(?:[ \t]*;[\t\x20-\x7e\x80-\xff]*)?$/;
const TRAILER_LINE = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*$/;

class ChunkedBody implements BodyReader {
  state: BodyReader["state"] = "open";
  #part: "size" | "data" | "dataEnd" | "trailers" = "size";
  /** Bytes of the chunk that are still to come. */
  #left = 0;
  /** The line that is being read, without its end. */
  #line: number[] = [];
  #afterCr = false;
  #overhead = 0;
  #trailerBytes = 0;

  push(bytes: Uint8Array, sink: BodySink): number {
    let at = 0;
    while (at < bytes.length && this.state === "open") {
      if (this.#part === "data") {
        const end = Math.min(bytes.length, at + this.#left);
        sink(bytes.subarray(at, end));
        this.#left -= end - at;
        at = end;
        if (this.#left === 0) this.#part = "dataEnd";
      } else this.#readByte(bytes[at++] ?? 0);
    }
    return at;
  }

  #readByte(byte: number): void {
    if (this.#afterCr) {
      this.#afterCr = false;
      if (byte !== LF) this.state = "broken";
      else this.#endLine();
    } else if (byte === CR) this.#afterCr = true;
    else if (byte === LF || this.#line.length >= this.#room) this.state = "broken";
    else this.#line.push(byte);
  }

  /** Bytes that the line may have: none between the data of a chunk and its end. */
  get #room(): number {
    switch (this.#part) {
      case "size":
        return MAX_CHUNK_LINE_BYTES;
      case "trailers":
        return MAX_TRAILER_BYTES - this.#trailerBytes;
      default:
        return 0;
    }
  }

  #endLine(): void {
    const line = Buffer.from(this.#line).toString("latin1");
    this.#line = [];
    switch (this.#part) {
      case "size":
        return this.#startChunk(line);
      case "trailers":
        return this.#readTrailer(line);
      default:
        this.#part = "size";
    }
  }

  #startChunk(line: string): void {
    const size = CHUNK_LINE.exec(line)?.[1];
    if (size === undefined) {
      this.state = "broken";
      return;
    }
    this.#left = parseInt(size, 16);
    this.#part = this.#left === 0 ? "trailers" : "data";
    // Small chunks are fine, and so are a few extensions; a body that is mostly wrapping is an attack.
    this.#overhead = Math.max(0, this.#overhead + line.length - 16 - 2 * this.#left);
    if (this.#overhead > MAX_CHUNK_OVERHEAD_BYTES) this.state = "broken";
  }

  /** Trailers are allowed and mean nothing here: no header that matters may be one (RFC 9110 section 6.5.1). */
  #readTrailer(line: string): void {
    if (line === "") this.state = "done";
    else if (!TRAILER_LINE.test(line)) this.state = "broken";
    else this.#trailerBytes += line.length;
  }
}
