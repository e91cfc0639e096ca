/**
 * A WebSocket client on bare TCP that writes any bytes and is strict about those it gets: a frame of the server that
 * breaks RFC 6455 is written down as such. Nothing sleeps: every wait ends with a frame, the end, or the deadline.
 */
import { acceptOf } from "../../src/transport/websocket_handshake.ts";
import { binary, ping, pong, type Taken, text } from "./case.ts";
import { bytesOf, join } from "./client_frames.ts";

/** What a server sent: a frame, the end of the TCP connection, or what no server may send. */
export type Received =
  | Taken
  | { readonly type: "close"; readonly code: number | undefined; readonly reason: string }
  | { readonly type: "end" }
  | { readonly type: "forbidden"; readonly detail: string };

/** Longest wait for anything, in milliseconds; a test that reaches it has failed. */
const DEADLINE_MS = 10_000;
const KEY = "dGhlIHNhbXBsZSBub25jZQ==";

/** What a connection that was ended by either side throws on the next read or write. */
function isGone(error: unknown): boolean {
  return error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.BrokenPipe ||
    error instanceof Deno.errors.ConnectionAborted ||
    error instanceof Deno.errors.NotConnected ||
    error instanceof Deno.errors.BadResource ||
    error instanceof Deno.errors.Interrupted;
}

/** An open connection. */
export class LiveClient implements Disposable {
  readonly #conn: Deno.TcpConn;
  readonly #received: Received[] = [];
  #bytes: Uint8Array = new Uint8Array(1024);
  #filled = 0;
  #waiter: (() => void) | undefined;

  private constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
  }

  /** Connects; returns when the server has switched protocols. `url` has the scheme ws. */
  static async open(url: string): Promise<LiveClient> {
    const { hostname, port, host } = new URL(url);
    const conn = await Deno.connect({ hostname, port: Number(port) });
    conn.setNoDelay(true);
    const client = new LiveClient(conn);
    const target = url.slice(url.indexOf("/", "ws://".length));
    const head = `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\n` +
      `Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${KEY}\r\n\r\n`;
    await client.write(bytesOf(head));
    await client.#readHead();
    void client.#read();
    return client;
  }

  /** Writes all bytes; false when the server has ended the connection. */
  async write(bytes: Uint8Array): Promise<boolean> {
    try {
      for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
      return true;
    } catch (error) {
      if (isGone(error)) return false;
      throw error;
    }
  }

  /** Says that nothing more will be written; what the server sends is still read. */
  async finish(): Promise<void> {
    try {
      await this.#conn.closeWrite();
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  /** The next thing received; the end comes again and again. */
  async next(): Promise<Received> {
    while (true) {
      const [first] = this.#received;
      if (first !== undefined) {
        if (first.type !== "end") this.#received.shift();
        return first;
      }
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const timer = setTimeout(() => reject(new Error("nothing received in time")), DEADLINE_MS);
      this.#waiter = resolve;
      await promise.finally(() => clearTimeout(timer));
    }
  }

  /** Everything up to the end of the TCP connection, without that. */
  async untilEnd(): Promise<Received[]> {
    const received: Received[] = [];
    while (true) {
      const one = await this.next();
      if (one.type === "end") return received;
      received.push(one);
    }
  }

  [Symbol.dispose](): void {
    try {
      this.#conn.close();
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  #add(received: Received): void {
    this.#received.push(received);
    this.#waiter?.();
    this.#waiter = undefined;
  }

  /** One read from the socket; false at the end. */
  async #fill(): Promise<boolean> {
    if (this.#filled === this.#bytes.length) {
      this.#bytes = join(this.#bytes, new Uint8Array(this.#bytes.length));
    }
    try {
      const length = await this.#conn.read(this.#bytes.subarray(this.#filled));
      this.#filled += length ?? 0;
      return length !== null;
    } catch (error) {
      if (isGone(error)) return false;
      throw error;
    }
  }

  #consume(length: number): void {
    this.#bytes.copyWithin(0, length, this.#filled);
    this.#filled -= length;
  }

  async #readHead(): Promise<void> {
    while (true) {
      const head = new TextDecoder().decode(this.#bytes.subarray(0, this.#filled));
      const end = head.indexOf("\r\n\r\n");
      if (end >= 0) {
        const accept = /^sec-websocket-accept: *(.*)$/im.exec(head.slice(0, end))?.[1]?.trim();
        if (!head.startsWith("HTTP/1.1 101 ") || accept !== acceptOf(KEY)) {
          throw new Error(`the server did not switch protocols: ${JSON.stringify(head)}`);
        }
        return this.#consume(end + 4);
      }
      if (!(await this.#fill())) throw new Error(`no answer to the handshake: ${head}`);
    }
  }

  async #read(): Promise<void> {
    while (true) {
      for (let one = this.#parse(); one !== undefined; one = this.#parse()) this.#add(one);
      if (await this.#fill()) continue;
      if (this.#filled > 0) this.#add({ type: "forbidden", detail: "a frame without its end" });
      return this.#add({ type: "end" });
    }
  }

  /** Takes the first frame off the bytes; `undefined` while it is not whole. */
  #parse(): Received | undefined {
    if (this.#filled < 2) return undefined;
    const view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#filled);
    const first = view.getUint8(0);
    const short = view.getUint8(1);
    const start = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (this.#filled < start) return undefined;
    const length = short === 126
      ? view.getUint16(2)
      : short === 127
      ? Number(view.getBigUint64(2))
      : short;
    if (short < 128 && this.#filled < start + length) return undefined;
    const detail = flawOf(first, short, length);
    if (detail !== undefined) {
      this.#filled = 0;
      return { type: "forbidden", detail };
    }
    const payload = this.#bytes.slice(start, start + length);
    this.#consume(start + length);
    return frameOf(first & 15, payload);
  }
}

function flawOf(first: number, short: number, length: number): string | undefined {
  const opcode = first & 15;
  if (short >= 128) return "a masked frame";
  if ((first & 0x70) !== 0) return "reserved bits";
  if (![1, 2, 8, 9, 10].includes(opcode)) return `opcode ${opcode}`;
  if (first < 128) return "a fragment";
  if (opcode >= 8 && length > 125) return `a control frame of ${length} bytes`;
  if (opcode === 8 && length === 1) return "a close frame of one byte";
  if ((short === 126 && length < 126) || (short === 127 && length < 65536)) {
    return `a length of ${length} that is not in its shortest form`;
  }
  return undefined;
}

function frameOf(opcode: number, payload: Uint8Array): Received {
  switch (opcode) {
    case 1:
    case 8: {
      const bytes = opcode === 1 ? payload : payload.subarray(2);
      let value: string;
      try {
        value = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        return { type: "forbidden", detail: "text that is not UTF-8" };
      }
      if (opcode === 1) return text(value);
      const [high, low = 0] = payload;
      const code = high === undefined ? undefined : high * 256 + low;
      return { type: "close", code, reason: value };
    }
    case 2:
      return binary(payload);
    case 9:
      return ping(payload);
    default:
      return pong(payload);
  }
}
