/**
 * A client of the JSON subprotocol that reads no more bytes than it is told to, so that the server's queue fills. Of
 * what it reads it only counts the frames.
 */
import { Buffer } from "node:buffer";
import { upgradeTo } from "./upgrade_request.ts";

/** Bytes that are asked of the socket at once. */
const READ_BYTES = 64 * 1024;

/** One connection. */
export class PacedReader implements Disposable {
  readonly #conn: Deno.TcpConn;
  #unparsed = Buffer.alloc(0);
  #isHead = true;
  #ended = false;
  /** The id from the `connected` message. */
  connectionId = "";
  /** Bytes read so far, the handshake's answer included. */
  bytesRead = 0;
  /** Whole text and binary frames read so far. */
  dataFrames = 0;
  /** Pongs read so far. */
  pongs = 0;
  /** The close frame, once it has been read. */
  close: { readonly code: number; readonly reason: string } | undefined;

  private constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
  }

  /** Connects and reads the `connected` message. */
  static async open(url: string): Promise<PacedReader> {
    const { hostname, port } = new URL(url);
    const reader = new PacedReader(await Deno.connect({ hostname, port: Number(port) }));
    const head = upgradeTo(url, "json.webpubsub.azure.v1");
    await reader.write(new TextEncoder().encode(head));
    while (reader.dataFrames === 0) {
      if (!(await reader.read(1))) throw new Error("the server ended the connection");
    }
    return reader;
  }

  /** Writes bytes as they are; returns when the kernel has taken them all. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
  }

  /** Reads exactly `length` bytes, waiting for them; false when the connection ended before. */
  async read(length: number): Promise<boolean> {
    for (let left = length; left > 0 && !this.#ended;) left -= await this.#readSome(left);
    return !this.#ended;
  }

  /** Reads as fast as it comes, up to that many data frames in all, the close frame or the end. */
  async readAll(dataFrames = Infinity): Promise<void> {
    while (!this.#ended && this.close === undefined && this.dataFrames < dataFrames) {
      await this.#readSome(READ_BYTES);
    }
  }

  [Symbol.dispose](): void {
    this.#conn.close();
  }

  async #readSome(most: number): Promise<number> {
    const buffer = new Uint8Array(Math.min(most, READ_BYTES));
    let count: number | null;
    try {
      count = await this.#conn.read(buffer);
    } catch (error) {
      const isOver = error instanceof Deno.errors.ConnectionReset ||
        error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted;
      if (!isOver) throw error;
      count = null;
    }
    if (count === null) {
      this.#ended = true;
      return 0;
    }
    this.bytesRead += count;
    this.#unparsed = Buffer.concat([this.#unparsed, buffer.subarray(0, count)]);
    this.#parse();
    return count;
  }

  #parse(): void {
    const bytes = this.#unparsed;
    let at = 0;
    if (this.#isHead) {
      const end = bytes.indexOf("\r\n\r\n");
      if (end < 0) return;
      this.#isHead = false;
      at = end + 4;
    }
    while (at + 2 <= bytes.length) {
      const short = bytes.readUInt8(at + 1);
      const start = at + (short === 126 ? 4 : short === 127 ? 10 : 2);
      if (start > bytes.length) break;
      const length = short === 126
        ? bytes.readUInt16BE(at + 2)
        : short === 127
        ? Number(bytes.readBigUInt64BE(at + 2))
        : short;
      if (start + length > bytes.length) break;
      this.#frame(bytes.readUInt8(at) & 15, bytes.subarray(start, start + length));
      at = start + length;
    }
    this.#unparsed = bytes.subarray(at);
  }

  #frame(opcode: number, payload: Buffer): void {
    if (opcode === 8) {
      this.close = { code: payload.readUInt16BE(0), reason: payload.toString("utf8", 2) };
    }
    if (opcode === 10) this.pongs++;
    if (opcode > 2) return;
    if (this.dataFrames === 0) this.connectionId = JSON.parse(payload.toString()).connectionId;
    this.dataFrames++;
  }
}
