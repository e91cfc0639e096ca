/**
 * A bare WebSocket client of the load generators: counts messages, answers pings, decodes nothing, so that the
 * generator does not become what is measured.
 */
import { Buffer } from "node:buffer";
import net from "node:net";

/** Where and how a client connects. */
export interface Door {
  readonly port: number;
  /** Path and query. */
  readonly path: string;
  readonly protocol?: string | undefined;
  /** Messages that the client sends at once after the handshake, for instance to get into a group. */
  readonly opening?: readonly string[] | undefined;
  /** Messages that the server sends after the handshake, by itself or for the opening, before those that count. */
  readonly greeting: number;
  /** Whether messages go out as binary ones. */
  readonly binary?: boolean;
  /** Servers that put several messages into one frame: bytes of each. */
  readonly bytesPerMessage?: number | undefined;
}

const HEAD_END = "\r\n\r\n";
const PONG = Buffer.from([0x8a, 0x80, 0, 0, 0, 0]);
const NONE: Buffer = Buffer.alloc(0);
/** In place of an opcode between two frames. */
const NO_FRAME = -1;

/** One masked frame; the mask is zero. */
export function clientFrame(payload: string | Uint8Array, binary = false): Buffer {
  const bytes = Buffer.from(payload as string);
  const { length } = bytes;
  const opcode = binary ? 0x82 : 0x81;
  const head = length < 126
    ? [opcode, 0x80 | length]
    : length < 65_536
    ? [opcode, 0x80 | 126, length >> 8, length & 255]
    : [opcode, 0x80 | 127, 0, 0, 0, 0, length >>> 24, length >> 16, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), bytes]);
}

/** An open client. */
export class BareClient {
  /** Messages since the greeting. */
  received = 0;
  /** Whether either side has ended the connection. */
  closed = false;
  readonly #door: Door;
  readonly #socket: net.Socket;
  readonly #opened = Promise.withResolvers<BareClient>();
  readonly #onMessages: (count: number, client: BareClient) => void;
  #rest: Buffer = NONE;
  #open = false;
  #greeted = 0;
  #bytes = 0;
  /** Of the frame that has begun: its opcode, and how much of its payload is still to come. */
  #opcode = NO_FRAME;
  #payload = 0;

  private constructor(door: Door, onMessages: (count: number, client: BareClient) => void) {
    this.#door = door;
    this.#onMessages = onMessages;
    this.#socket = net.connect({ port: door.port, host: "127.0.0.1", noDelay: true });
    this.#socket.on("connect", () => this.#socket.write(upgradeRequest(door)));
    this.#socket.on("data", (chunk: Buffer) => this.#read(chunk));
    this.#socket.on("error", (error) => this.#opened.reject(error));
    this.#socket.on("close", () => {
      this.closed = true;
      this.#opened.reject(new Error("Cannot connect: closed early"));
    });
  }

  /** Connects; resolves after handshake and greeting. */
  static connect(
    door: Door,
    onMessages: (count: number, client: BareClient) => void,
  ): Promise<BareClient> {
    return new BareClient(door, onMessages).#opened.promise;
  }

  /** Sends one message. */
  send(payload: string): void {
    this.write(clientFrame(payload, this.#door.binary));
  }

  /** Sends frames; resolves when more would not only pile up here. */
  write(frames: Uint8Array): Promise<void> | undefined {
    if (this.#socket.write(frames) || this.closed) return undefined;
    const { promise, resolve } = Promise.withResolvers<void>();
    const done = () => {
      this.#socket.off("drain", done);
      this.#socket.off("close", done);
      resolve();
    };
    this.#socket.on("drain", done);
    this.#socket.on("close", done);
    return promise;
  }

  /** Stops reading. */
  pause(): void {
    this.#socket.pause();
  }

  /** Cuts the connection; `resetting`: without a farewell of TCP. */
  destroy(resetting = false): void {
    if (resetting) this.#socket.resetAndDestroy();
    else this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    let data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = NONE;
    if (!this.#open) {
      const end = data.indexOf(HEAD_END);
      if (end < 0) {
        this.#rest = Buffer.from(data);
        return;
      }
      const head = data.toString("latin1", 0, end);
      if (!head.startsWith("HTTP/1.1 101")) {
        this.#opened.reject(new Error(`Cannot connect: the answer is ${JSON.stringify(head)}`));
        return;
      }
      this.#open = true;
      data = data.subarray(end + HEAD_END.length);
      for (const text of this.#door.opening ?? []) this.send(text);
      if (this.#door.greeting === 0) this.#opened.resolve(this);
    }
    const count = this.#count(data);
    if (count > 0) this.#take(count);
  }

  #take(count: number): void {
    const { greeting } = this.#door;
    if (this.#greeted < greeting) {
      const taken = Math.min(greeting - this.#greeted, count);
      this.#greeted += taken;
      count -= taken;
      this.#bytes = 0;
      if (this.#greeted === greeting) this.#opened.resolve(this);
      if (count === 0) return;
    }
    const { bytesPerMessage } = this.#door;
    if (bytesPerMessage !== undefined) {
      count = Math.floor(this.#bytes / bytesPerMessage) - this.received;
    }
    this.received += count;
    this.#onMessages(count, this);
  }

  /** Data frames that end in `data`; payloads are stepped over, so that large ones cost no copies. */
  #count(data: Buffer): number {
    let found = 0;
    let at = 0;
    while (true) {
      const some = Math.min(this.#payload, data.length - at);
      at += some;
      this.#payload -= some;
      if (this.#payload > 0) break;
      if (this.#opcode !== NO_FRAME) found += this.#frameEnded();
      const head = headLength(data, at);
      if (head === undefined) {
        if (at < data.length) this.#rest = Buffer.from(data.subarray(at));
        break;
      }
      this.#opcode = (data[at] ?? 0) & 15;
      this.#payload = head === 2
        ? (data[at + 1] ?? 0) & 127
        : head === 4
        ? data.readUInt16BE(at + 2)
        : data.readUInt32BE(at + 6);
      this.#bytes += this.#opcode < 8 ? this.#payload : 0;
      at += head;
    }
    return found;
  }

  #frameEnded(): number {
    const opcode = this.#opcode;
    this.#opcode = NO_FRAME;
    if (opcode < 8) return 1;
    if (opcode === 9) this.#socket.write(PONG);
    else if (opcode === 8) {
      this.closed = true;
      this.#opened.reject(new Error("Cannot connect: closed early"));
    }
    return 0;
  }
}

/** Bytes of the frame head at `at`; nothing while it is not whole. */
function headLength(data: Buffer, at: number): number | undefined {
  if (data.length - at < 2) return undefined;
  const short = (data[at + 1] ?? 0) & 127;
  const length = short === 126 ? 4 : short === 127 ? 10 : 2;
  return data.length - at < length ? undefined : length;
}

/** Connects one client a door, `atOnce` at a time. */
export async function connectAll(
  doors: readonly Door[],
  atOnce: number,
  onMessages: (count: number, client: BareClient) => void,
): Promise<BareClient[]> {
  const clients: BareClient[] = [];
  for (let i = 0; i < doors.length; i += atOnce) {
    const some = doors.slice(i, i + atOnce).map((door) => BareClient.connect(door, onMessages));
    clients.push(...await Promise.all(some));
  }
  return clients;
}

function upgradeRequest({ port, path, protocol }: Door): string {
  return `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\n` +
    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
    (protocol === undefined ? "" : `Sec-WebSocket-Protocol: ${protocol}\r\n`) + "\r\n";
}
