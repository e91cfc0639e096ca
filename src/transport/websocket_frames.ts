/**
 * The receiving side of a WebSocket server (RFC 6455): bytes in chunks of any size become messages, pings, pongs and
 * the end. Pure: no socket, no clock.
 */
import { Buffer } from "node:buffer";
import { FIRST_BUFFER_BYTES, MAX_CLIENT_MESSAGE_BYTES } from "../limits.ts";
import { UTF8_COMPLETE, UTF8_WRONG, utf8After } from "./utf8_stream.ts";
import { rotateKey, unmask } from "./websocket_mask.ts";
import {
  FRAMING_ERROR_REASONS,
  type FramingErrorCode,
  isCloseCode,
  MAX_CONTROL_BYTES,
  OPCODE,
} from "./websocket_protocol.ts";

/**
 * Where a parser reports, in the order of the bytes. Methods may call the parser's `stop` and `pause`, but not its
 * `push`, and must not throw. Bytes are views of the chunk or of memory that the parser gives away: they stay as they
 * are for as long as the caller leaves its chunks alone.
 */
export interface FrameSink {
  /** A whole text message. */
  text(data: string): void;
  /** A whole binary message. */
  binary(data: Uint8Array): void;
  /** At most 125 bytes, to be sent back in a pong. */
  pinged(payload: Uint8Array): void;
  /** At most 125 bytes. */
  ponged(payload: Uint8Array): void;
  /** The client closes; `undefined` when its close frame has no code. The last report. */
  closedByPeer(code: number | undefined, reason: string): void;
  /** The client broke the framing: close it with `code` and `reason`; `detail` is for the log. The last report. */
  framingError(code: FramingErrorCode, reason: string, detail: string): void;
}

/** Longest frame header that a client can send: 2 bytes, 8 of length, 4 of key. */
const MAX_HEADER_BYTES = 14;
/** What `#readHeader` gives when bytes are missing, or when the header is wrong. */
const INCOMPLETE = 0;
const WRONG = -1;

/**
 * Reads the frames of one client.
 *
 * A frame whose header breaks a rule or a limit is refused before its payload is kept. What the parser holds is at most
 * twice what it has received of the current message plus 1 KiB, and never more than the limit and 139 bytes (a control
 * frame and a header).
 *
 * ```ts
 * import { FrameParser } from "./websocket_frames.ts";
 * import assert from "node:assert/strict";
 * const texts: string[] = [];
 * const ignore = () => {};
 * const parser = new FrameParser();
 * parser.push(new Uint8Array([0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]), {
 *   text: (data) => texts.push(data),
 *   binary: ignore,
 *   pinged: ignore,
 *   ponged: ignore,
 *   closedByPeer: ignore,
 *   framingError: ignore,
 * });
 * assert.deepEqual(texts, ["Hello"]);
 * ```
 */
export class FrameParser {
  readonly #limit: number;
  #finished = false;
  #paused = false;
  #busy = false;
  #frames = 0;

  /** The start of a header that a chunk's end has cut. */
  #header: Uint8Array | undefined = undefined;
  #headerLength = 0;

  /** The frame whose payload is being read, if any; `#key` belongs to its next byte. */
  #inFrame = false;
  #opcode = 0;
  #fin = false;
  #remaining = 0;
  #key = 0;

  /** The payload of a control frame that a chunk's end has cut. */
  #control: Buffer | undefined = undefined;
  #controlLength = 0;

  /** The message being read: its opcode, or 0 for none. */
  #message = 0;
  /** Its bytes so far, unless it is read from the chunk at once; `#received` of them count. */
  #bytes: Buffer | undefined = undefined;
  #received = 0;
  #ascii = true;
  #utf8 = UTF8_COMPLETE;

  /** `limit`: the longest message, all fragments together, in bytes, inclusive. */
  constructor(limit: number = MAX_CLIENT_MESSAGE_BYTES) {
    this.#limit = limit;
  }

  /** Whether the last report was made, or `stop` called: further bytes are ignored. */
  get finished(): boolean {
    return this.#finished;
  }

  /** Frames that the last `push` has read. */
  get frames(): number {
    return this.#frames;
  }

  /** Bytes of memory that wait for the rest of a message, a control frame or a header. */
  get heldBytes(): number {
    return (this.#bytes?.length ?? 0) + (this.#control?.length ?? 0) + (this.#header?.length ?? 0);
  }

  /** Ends the reading, also from within a report: nothing more is reported, memory is given up. */
  stop(): void {
    this.#finished = true;
    this.#header = undefined;
    this.#control = undefined;
    this.#bytes = undefined;
  }

  /** Called from a report: `push` returns behind the frame that is being reported. */
  pause(): void {
    this.#paused = true;
  }

  /**
   * Reads the next bytes of the client and reports what they complete, until `pause` is called or `most` frames are
   * through. Gives how many bytes it has read; the next call has to begin behind them. Takes the chunk over: its
   * payloads are unmasked in place. Throws only when it is called from a report, or after a report threw.
   */
  push(chunk: Uint8Array, sink: FrameSink, most: number = Infinity): number {
    if (this.#busy) {
      throw new Error("Cannot read a chunk: the report of an earlier one has not returned");
    }
    this.#frames = 0;
    if (this.#finished) return chunk.length;
    this.#busy = true;
    this.#paused = false;
    const bytes = chunk instanceof Buffer
      ? chunk
      : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const end = bytes.length;
    let at = 0;
    while (at < end && !this.#finished && !this.#paused && this.#frames < most) {
      if (!this.#inFrame) {
        const size = this.#headerLength > 0
          ? this.#continueHeader(bytes, at, sink)
          : this.#readHeader(bytes, at, end, sink);
        if (size === WRONG) break;
        if (size === INCOMPLETE) {
          if (this.#headerLength === 0) this.#keepHeader(bytes, at);
          at = end;
          break;
        }
        at += size;
      }
      at = this.#opcode >= OPCODE.close
        ? this.#readControl(bytes, at, end, sink)
        : this.#readData(bytes, at, end, sink);
      if (!this.#inFrame) this.#frames++;
    }
    this.#busy = false;
    return this.#finished ? end : at;
  }

  /**
   * Reads the frame header at `at`; gives its size, or `INCOMPLETE`, or `WRONG`. Rules are checked as soon as their
   * bytes are there.
   */
  #readHeader(bytes: Uint8Array, at: number, end: number, sink: FrameSink): number {
    const first = bytes[at] ?? 0;
    const fin = first >= 0x80;
    const opcode = first & 0x0f;
    if ((first & 0x70) !== 0) return this.#fail(sink, 1002, "a reserved bit is set");
    if (opcode >= OPCODE.close) {
      if (opcode > OPCODE.pong) return this.#fail(sink, 1002, "the opcode is reserved");
      if (!fin) return this.#fail(sink, 1002, "a control frame is fragmented");
    } else if (opcode > OPCODE.binary) {
      return this.#fail(sink, 1002, "the opcode is reserved");
    } else if (opcode === OPCODE.continuation) {
      if (this.#message === 0) return this.#fail(sink, 1002, "no message to continue");
    } else if (this.#message !== 0) {
      return this.#fail(sink, 1002, "a message begins within another");
    }
    if (end - at < 2) return INCOMPLETE;

    const second = bytes[at + 1] ?? 0;
    if (second < 0x80) return this.#fail(sink, 1002, "the frame is not masked");
    let length = second & 0x7f;
    if (opcode >= OPCODE.close && length > MAX_CONTROL_BYTES) {
      return this.#fail(sink, 1002, "a control frame is longer than 125 bytes");
    }
    let keyAt = at + 2;
    if (length === 126) {
      keyAt = at + 4;
      if (end < keyAt) return INCOMPLETE;
      length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
      if (length < 126) return this.#fail(sink, 1002, "the length is not in its shortest form");
    } else if (length === 127) {
      keyAt = at + 10;
      if (end < keyAt) return INCOMPLETE;
      const high = wordAt(bytes, at + 2);
      if (high >= 0x8000_0000) return this.#fail(sink, 1002, "the length has its highest bit set");
      length = high * 0x1_0000_0000 + wordAt(bytes, at + 6);
      if (length < 0x10000) return this.#fail(sink, 1002, "the length is not in its shortest form");
    }
    if (opcode < OPCODE.close && this.#received + length > this.#limit) {
      return this.#fail(sink, 1009, `the message is longer than ${this.#limit} bytes`);
    }
    if (end - keyAt < 4) return INCOMPLETE;

    this.#inFrame = true;
    this.#opcode = opcode;
    this.#fin = fin;
    this.#remaining = length;
    this.#key = (bytes[keyAt] ?? 0) | ((bytes[keyAt + 1] ?? 0) << 8) |
      ((bytes[keyAt + 2] ?? 0) << 16) | ((bytes[keyAt + 3] ?? 0) << 24);
    if (opcode === OPCODE.text || opcode === OPCODE.binary) this.#message = opcode;
    return keyAt + 4 - at;
  }

  /** Keeps the start of a header for the next chunk. */
  #keepHeader(bytes: Uint8Array, at: number): void {
    this.#header = new Uint8Array(MAX_HEADER_BYTES);
    this.#header.set(bytes.subarray(at));
    this.#headerLength = bytes.length - at;
  }

  /** Adds to a header that was cut until it is whole; gives how many bytes of the chunk that took. */
  #continueHeader(bytes: Uint8Array, at: number, sink: FrameSink): number {
    const header = this.#header ??= new Uint8Array(MAX_HEADER_BYTES);
    for (let i = at; i < bytes.length; i++) {
      header[this.#headerLength++] = bytes[i] ?? 0;
      const size = this.#readHeader(header, 0, this.#headerLength, sink);
      if (size === INCOMPLETE) continue;
      this.#header = undefined;
      this.#headerLength = 0;
      return size === WRONG ? WRONG : i + 1 - at;
    }
    return INCOMPLETE;
  }

  /** Reads what is there of a control frame's payload; gives where it ends. */
  #readControl(bytes: Buffer, at: number, end: number, sink: FrameSink): number {
    const take = Math.min(this.#remaining, end - at);
    unmask(bytes, at, at + take, this.#key);
    const stop = at + take;
    if (this.#control === undefined && take === this.#remaining) {
      this.#inFrame = false;
      this.#reportControl(bytes, at, stop, sink);
      return stop;
    }
    this.#key = rotateKey(this.#key, take);
    const control = this.#control ??= Buffer.allocUnsafeSlow(this.#remaining);
    control.set(bytes.subarray(at, stop), this.#controlLength);
    this.#controlLength += take;
    this.#remaining -= take;
    if (this.#remaining === 0) {
      this.#inFrame = false;
      this.#control = undefined;
      this.#controlLength = 0;
      this.#reportControl(control, 0, control.length, sink);
    }
    return stop;
  }

  #reportControl(bytes: Buffer, start: number, end: number, sink: FrameSink): void {
    if (this.#opcode === OPCODE.ping) sink.pinged(viewOf(bytes, start, end));
    else if (this.#opcode === OPCODE.pong) sink.ponged(viewOf(bytes, start, end));
    else this.#reportClose(bytes, start, end, sink);
  }

  #reportClose(bytes: Buffer, start: number, end: number, sink: FrameSink): void {
    if (start === end) {
      this.stop();
      return sink.closedByPeer(undefined, "");
    }
    if (end - start === 1) return void this.#fail(sink, 1002, "the close code has one byte");
    const code = ((bytes[start] ?? 0) << 8) | (bytes[start + 1] ?? 0);
    if (!isCloseCode(code)) {
      return void this.#fail(sink, 1002, `the close code ${code} must not be sent`);
    }
    if (utf8After(UTF8_COMPLETE, bytes, start + 2, end) !== UTF8_COMPLETE) {
      return void this.#fail(sink, 1007, "the close reason is not UTF-8");
    }
    this.stop();
    sink.closedByPeer(code, bytes.toString("utf8", start + 2, end));
  }

  /** Reads what is there of a data frame's payload; gives where it ends. */
  #readData(bytes: Buffer, at: number, end: number, sink: FrameSink): number {
    const take = Math.min(this.#remaining, end - at);
    const stop = at + take;
    const foreign = unmask(bytes, at, stop, this.#key);
    const isText = this.#message === OPCODE.text;
    if (isText && (foreign !== 0 || this.#utf8 !== UTF8_COMPLETE)) {
      this.#ascii = false;
      this.#utf8 = utf8After(this.#utf8, bytes, at, stop);
      if (this.#utf8 === UTF8_WRONG) {
        this.#fail(sink, 1007, "the text is not UTF-8");
        return stop;
      }
    }
    const isLast = this.#fin && take === this.#remaining;
    if (isLast && this.#utf8 !== UTF8_COMPLETE) {
      this.#fail(sink, 1007, "the text ends within a character");
      return stop;
    }
    if (isLast && this.#received === 0) {
      this.#reportMessage(bytes, at, stop, sink);
      return stop;
    }
    if (take > 0) this.#keepData(bytes, at, stop);
    this.#key = rotateKey(this.#key, take);
    this.#remaining -= take;
    if (this.#remaining === 0) this.#inFrame = false;
    if (isLast && this.#bytes !== undefined) {
      this.#reportMessage(this.#bytes, 0, this.#received, sink);
    }
    return stop;
  }

  /** Adds to the bytes of the message; their memory doubles, up to what the message can still become. */
  #keepData(bytes: Buffer, start: number, end: number): void {
    const needed = this.#received + end - start;
    let kept = this.#bytes;
    if (kept === undefined || kept.length < needed) {
      const most = this.#fin ? this.#received + this.#remaining : this.#limit;
      const wanted = Math.max(needed, (kept?.length ?? 0) * 2, FIRST_BUFFER_BYTES);
      const grown = Buffer.allocUnsafeSlow(Math.min(wanted, most));
      if (kept !== undefined) grown.set(kept.subarray(0, this.#received));
      kept = grown;
      this.#bytes = kept;
    }
    kept.set(bytes.subarray(start, end), this.#received);
    this.#received = needed;
  }

  #reportMessage(bytes: Buffer, start: number, end: number, sink: FrameSink): void {
    const isText = this.#message === OPCODE.text;
    const ascii = this.#ascii;
    this.#inFrame = false;
    this.#message = 0;
    this.#bytes = undefined;
    this.#received = 0;
    this.#ascii = true;
    // Checked before: ASCII is read as Latin-1, the fastest way to a string, and UTF-8 loses nothing.
    if (isText) sink.text(bytes.toString(ascii ? "latin1" : "utf8", start, end));
    else sink.binary(viewOf(bytes, start, end));
  }

  #fail(sink: FrameSink, code: FramingErrorCode, detail: string): typeof WRONG {
    this.stop();
    sink.framingError(code, FRAMING_ERROR_REASONS[code], detail);
    return WRONG;
  }
}

/** A plain view: `Buffer`'s own `slice` would mean something else to its readers. */
function viewOf(bytes: Buffer, start: number, end: number): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start);
}

/** The unsigned big-endian 32-bit integer at `at`. */
function wordAt(bytes: Uint8Array, at: number): number {
  return (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) |
    (bytes[at + 3] ?? 0)) >>> 0;
}
