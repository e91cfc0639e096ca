/**
 * The part of a TCP socket that an HTTP connection uses, without a network: the test says what comes in and sees what
 * goes out.
 */
import { Buffer } from "node:buffer";
import { EventEmitter } from "node:events";
import type { Socket } from "node:net";

/** One end of a connection. */
export class FakeSocket extends EventEmitter {
  readonly localAddress = "127.0.0.1";
  readonly localPort = 8080;
  destroyed = false;
  /** Whether the server has said that nothing more comes. */
  ended = false;
  paused = false;
  /** Bytes that the client has not taken. */
  writableLength = 0;
  /** Everything that was written, one char a byte. */
  written = "";

  /** For those who want the real one. */
  get asSocket(): Socket {
    return this as unknown as Socket;
  }

  write(bytes: Uint8Array): boolean {
    if (!this.destroyed) this.written += Buffer.from(bytes).toString("latin1");
    return true;
  }

  end(bytes?: Uint8Array): void {
    if (bytes !== undefined) this.write(bytes);
    this.ended = true;
  }

  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.emit("close");
  }

  destroySoon(): void {
    this.destroy();
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  /** Bytes come in, one char a byte. */
  comes(text: string): void {
    this.emit("data", Buffer.from(text, "latin1"));
  }

  /** The client sends no more. */
  clientEnds(): void {
    this.emit("end");
  }

  /** Statuses of the answers so far, interim ones included. */
  get statuses(): number[] {
    return [...this.written.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  }
}
