/**
 * A WebSocket client on a bare TCP socket: shows what SDKs hide (statuses, close frames, order of frames) and can
 * break every rule. Nothing here sleeps: every wait ends with a frame, an end, or the deadline.
 */
import { Buffer } from "node:buffer";
import { once } from "node:events";
import net from "node:net";

/** Longest wait for anything, in milliseconds; a test that reaches it has failed. */
const DEADLINE_MS = 10_000;

/** One frame or the end of the socket, as received. */
export type Received =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "binary"; readonly bytes: Uint8Array }
  | { readonly kind: "ping" | "pong"; readonly bytes: Uint8Array }
  | { readonly kind: "close"; readonly code: number | undefined; readonly reason: string }
  | { readonly kind: "end" };

/** What may be given for a handshake. */
export interface HandshakeOptions {
  readonly protocols?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Replaces the whole request head. */
  readonly head?: string;
}

/** An open (or refused) connection. */
export class RawClient implements Disposable {
  readonly #socket: net.Socket;
  #buffer = Buffer.alloc(0);
  #received: Received[] = [];
  #waiter: (() => void) | undefined;
  /** Status of the handshake's answer. */
  status = 0;
  /** Headers of the answer, lower-case names. */
  readonly headers = new Map<string, string>();
  /** Body of a refusal, as far as it came with the head. */
  body = "";

  private constructor(socket: net.Socket) {
    this.#socket = socket;
    socket.on("error", () => {});
    socket.on("close", () => this.#add({ kind: "end" }));
  }

  /** Connects and waits for the answer to the handshake. `url` has the scheme ws. */
  static async open(url: string, options: HandshakeOptions = {}): Promise<RawClient> {
    const { hostname, port, host } = new URL(url);
    const target = url.slice(url.indexOf("/", 5));
    const socket = net.connect(Number(port), hostname.replace(/^\[|\]$/g, ""));
    await once(socket, "connect");
    socket.setNoDelay(true);
    const client = new RawClient(socket);
    const head = options.head ?? [
      `GET ${target} HTTP/1.1`,
      `Host: ${host}`,
      "Upgrade: websocket",
      "Connection: Upgrade",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      ...(options.protocols ? [`Sec-WebSocket-Protocol: ${options.protocols.join(", ")}`] : []),
      ...Object.entries(options.headers ?? {}).map(([name, value]) => `${name}: ${value}`),
      "",
      "",
    ].join("\r\n");
    const answered = Promise.withResolvers<void>();
    socket.on("data", (chunk: Buffer) => {
      client.#buffer = Buffer.concat([client.#buffer, chunk]);
      if (client.status === 0) {
        const end = client.#buffer.indexOf("\r\n\r\n");
        if (end < 0) return;
        client.#readHead(client.#buffer.subarray(0, end).toString("latin1"));
        client.#buffer = client.#buffer.subarray(end + 4);
        client.body = client.#buffer.toString();
        answered.resolve();
      }
      if (client.status === 101) client.#parse();
    });
    socket.on("close", () => answered.resolve());
    socket.write(head);
    await answered.promise;
    return client;
  }

  /** The next thing received. */
  async next(): Promise<Received> {
    while (this.#received.length === 0) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const timer = setTimeout(() => reject(new Error("nothing received in time")), DEADLINE_MS);
      this.#waiter = resolve;
      await promise.finally(() => clearTimeout(timer));
    }
    const [first] = this.#received;
    if (first !== undefined && first.kind !== "end") this.#received.shift();
    return first ?? { kind: "end" };
  }

  /** The next frame, which has to be text, as parsed JSON. */
  async json(): Promise<Record<string, unknown>> {
    return JSON.parse(await this.text());
  }

  /** The next frame, which has to be text. */
  async text(): Promise<string> {
    const received = await this.next();
    if (received.kind !== "text") throw new Error(`not a text frame: ${JSON.stringify(received)}`);
    return received.text;
  }

  /** Everything up to the close frame or the end, and that. */
  async untilClosed(): Promise<{ before: Received[]; last: Received }> {
    const before: Received[] = [];
    while (true) {
      const received = await this.next();
      if (received.kind === "close" || received.kind === "end") return { before, last: received };
      before.push(received);
    }
  }

  /** Sends one message in one masked frame. */
  send(data: string | Uint8Array): void {
    const bytes = typeof data === "string" ? Buffer.from(data) : data;
    this.sendFrame(typeof data === "string" ? 1 : 2, bytes);
  }

  /** Sends any frame. */
  sendFrame(opcode: number, payload: Uint8Array, fin = true): void {
    const length = payload.length;
    const extra = length < 126 ? 0 : length < 65536 ? 2 : 8;
    const frame = Buffer.alloc(2 + extra + 4 + length);
    frame[0] = (fin ? 0x80 : 0) | opcode;
    frame[1] = 0x80 | (extra === 0 ? length : extra === 2 ? 126 : 127);
    if (extra === 2) frame.writeUInt16BE(length, 2);
    if (extra === 8) frame.writeBigUInt64BE(BigInt(length), 2);
    frame.set(payload, 2 + extra + 4);
    this.#socket.write(frame);
  }

  /** Sends a close frame; without a code, an empty one. */
  close(code?: number, reason = ""): void {
    if (code === undefined) return this.sendFrame(8, new Uint8Array());
    const payload = Buffer.alloc(2 + Buffer.byteLength(reason));
    payload.writeUInt16BE(code, 0);
    payload.write(reason, 2);
    this.sendFrame(8, payload);
  }

  /** Writes bytes as they are. */
  write(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** Stops reading, so that the server's queue fills; `resume` goes on. */
  pause(): void {
    this.#socket.pause();
  }

  /** Reads again. */
  resume(): void {
    this.#socket.resume();
  }

  /** Cuts the TCP connection without a close frame. */
  drop(): void {
    this.#socket.destroy();
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  #add(received: Received): void {
    this.#received.push(received);
    this.#waiter?.();
    this.#waiter = undefined;
  }

  #readHead(head: string): void {
    const [statusLine = "", ...lines] = head.split("\r\n");
    this.status = Number(statusLine.split(" ")[1]);
    for (const line of lines) {
      const colon = line.indexOf(":");
      this.headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
    }
  }

  #parse(): void {
    while (this.#buffer.length >= 2) {
      const opcode = (this.#buffer[0] ?? 0) & 15;
      let length = (this.#buffer[1] ?? 0) & 127;
      let start = 2;
      if (length === 126) {
        if (this.#buffer.length < 4) return;
        length = this.#buffer.readUInt16BE(2);
        start = 4;
      } else if (length === 127) {
        if (this.#buffer.length < 10) return;
        length = Number(this.#buffer.readBigUInt64BE(2));
        start = 10;
      }
      if (this.#buffer.length < start + length) return;
      const bytes = new Uint8Array(this.#buffer.subarray(start, start + length));
      this.#buffer = this.#buffer.subarray(start + length);
      this.#add(frameOf(opcode, bytes));
    }
  }
}

function frameOf(opcode: number, bytes: Uint8Array): Received {
  switch (opcode) {
    case 1:
      return { kind: "text", text: new TextDecoder().decode(bytes) };
    case 2:
      return { kind: "binary", bytes };
    case 8: {
      const code = bytes.length >= 2 ? Buffer.from(bytes).readUInt16BE(0) : undefined;
      return { kind: "close", code, reason: new TextDecoder().decode(bytes.subarray(2)) };
    }
    case 9:
      return { kind: "ping", bytes };
    default:
      return { kind: "pong", bytes };
  }
}
