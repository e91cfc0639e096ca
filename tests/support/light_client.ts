/**
 * A reliable JSON client that weighs next to nothing, for tests with thousands of them: it connects, recovers,
 * acknowledges on demand, and drops what it has seen already, as official clients do.
 */
import { upgradeTo } from "./upgrade_request.ts";

/** What a message frame says. */
export interface LightMessage {
  readonly sequenceId: number;
  readonly data: unknown;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Longest wait for anything, in milliseconds; a test that reaches it has failed. */
const DEADLINE_MS = 25_000;

/** One logical connection. */
export class LightClient {
  readonly #deliver: (message: LightMessage) => void;
  #socket: Deno.TcpConn | undefined;
  #reading: Promise<void> = Promise.resolve();
  #connectionId = "";
  #token = "";
  #highest = 0;
  #buffer = new Uint8Array(1024);
  #filled = 0;
  #onConnected: (() => void) | undefined;
  #waiter: { readonly sequenceId: number; readonly resolve: () => void } | undefined;
  /** Sequence ids that were skipped. */
  gaps = 0;
  /** Replayed messages that it had already. */
  repeated = 0;

  /** `deliver` gets every message once. */
  constructor(deliver: (message: LightMessage) => void) {
    this.#deliver = deliver;
  }

  /** Opens a new connection; returns at its `connected`. */
  connect(url: string): Promise<void> {
    return this.#open(url);
  }

  /** Comes back on a new socket; returns at its `connected`. */
  recover(url: string): Promise<void> {
    const id = `awps_connection_id=${this.#connectionId}`;
    return this.#open(`${url}?${id}&awps_reconnection_token=${this.#token}`);
  }

  /** Waits until the message with that sequence id is there. */
  received(sequenceId: number): Promise<void> {
    if (this.#highest >= sequenceId) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiter = { sequenceId, resolve };
    return withDeadline(promise, `message ${sequenceId}, the last one is ${this.#highest}`);
  }

  /** Says that everything up to `sequenceId` is there; waits for nothing. */
  acknowledge(sequenceId: number): void {
    this.#send(1, encoder.encode(JSON.stringify({ type: "sequenceAck", sequenceId })));
  }

  /** Says goodbye for good and waits for the answer. */
  async close(): Promise<void> {
    this.#send(8, Uint8Array.of(1000 >> 8, 1000 & 255));
    await withDeadline(this.#reading, "a close frame");
  }

  /** Ends the socket without a close frame. */
  cut(): void {
    this.#socket?.close();
    this.#socket = undefined;
  }

  #send(opcode: number, payload: Uint8Array): void {
    const frame = new Uint8Array(6 + payload.length); // the mask stays zero
    frame[0] = 0x80 | opcode;
    frame[1] = 0x80 | payload.length;
    frame.set(payload, 6);
    // A few bytes into an empty socket buffer: done at once, or the socket is cut and nobody cares.
    this.#socket?.write(frame).catch(ignoreClosed);
  }

  async #open(url: string): Promise<void> {
    const { hostname, port } = new URL(url);
    await this.#reading;
    const socket = await Deno.connect({ hostname, port: Number(port) });
    this.#socket = socket;
    this.#filled = 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onConnected = resolve;
    await socket.write(encoder.encode(upgradeTo(url, "json.reliable.webpubsub.azure.v1")));
    this.#reading = this.#read(socket);
    await withDeadline(promise, `"connected"`);
  }

  async #read(socket: Deno.TcpConn): Promise<void> {
    let headDone = false;
    try {
      while (true) {
        if (this.#filled === this.#buffer.length) {
          const larger = new Uint8Array(this.#buffer.length * 2);
          larger.set(this.#buffer);
          this.#buffer = larger;
        }
        const length = await socket.read(this.#buffer.subarray(this.#filled));
        if (length === null || this.#socket !== socket) return;
        this.#filled += length;
        if (!headDone) {
          const end = decoder.decode(this.#buffer.subarray(0, this.#filled)).indexOf("\r\n\r\n");
          if (end < 0) continue;
          headDone = true;
          this.#consume(end + 4);
        }
        this.#parse();
      }
    } catch (error) {
      ignoreClosed(error);
    }
  }

  #parse(): void {
    let at = 0;
    while (this.#filled - at >= 2) {
      const opcode = (this.#buffer[at] ?? 0) & 15;
      let length = (this.#buffer[at + 1] ?? 0) & 127;
      let start = at + 2;
      if (length === 126) {
        if (this.#filled - at < 4) break;
        length = ((this.#buffer[at + 2] ?? 0) << 8) | (this.#buffer[at + 3] ?? 0);
        start += 2;
      }
      if (this.#filled < start + length) break;
      if (opcode === 1) this.#frame(decoder.decode(this.#buffer.subarray(start, start + length)));
      at = start + length;
      if (opcode === 8) return this.cut();
    }
    this.#consume(at);
  }

  #consume(length: number): void {
    this.#buffer.copyWithin(0, length, this.#filled);
    this.#filled -= length;
  }

  #frame(text: string): void {
    const frame = JSON.parse(text);
    if (frame.event === "connected") {
      this.#connectionId = frame.connectionId;
      this.#token = frame.reconnectionToken;
      this.#onConnected?.();
    } else if (frame.type === "message") {
      if (frame.sequenceId <= this.#highest) {
        this.repeated++;
        return;
      }
      if (frame.sequenceId !== this.#highest + 1) this.gaps++;
      this.#highest = frame.sequenceId;
      this.#deliver(frame);
      if (this.#waiter !== undefined && this.#highest >= this.#waiter.sequenceId) {
        this.#waiter.resolve();
        this.#waiter = undefined;
      }
    }
  }
}

function ignoreClosed(error: unknown): void {
  if (
    error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted ||
    error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe
  ) return;
  throw error;
}

async function withDeadline(promise: Promise<void>, what: string): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(() => reject(new Error(`not received in time: ${what}`)), DEADLINE_MS);
  await Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
