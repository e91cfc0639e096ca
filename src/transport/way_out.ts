/**
 * What waits on the way out of one TCP socket, in wire form. The runtime reports a write only when all of it is
 * through. So large writes are given to it in pieces: progress shows, and messages that wait here can still expire.
 */
import type { Socket } from "node:net";
import type { Meter } from "../ports.ts";
import { RUNTIME_BUFFER_BYTES, WRITE_PIECE_BYTES } from "../limits.ts";
import type { Frame } from "../protocol/event.ts";
import { Outbox } from "./outbox.ts";
import { wireOf } from "./websocket_write.ts";

/** The outgoing bytes of one client. */
export class WayOut {
  readonly #socket: Socket;
  /** What is left of a long write; goes before the outbox. */
  #rest: Uint8Array | undefined = undefined;
  #outbox: Outbox | undefined = undefined;
  /** The answer to the latest ping: the earlier ones need none (RFC 6455, 5.5.3). */
  #pong: Uint8Array | undefined = undefined;
  #given = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Whether bytes wait here for the runtime. */
  get waits(): boolean {
    return this.#outbox !== undefined || this.#rest !== undefined;
  }

  /** Whether the socket takes no more for now. */
  get isBusy(): boolean {
    return this.#outbox !== undefined || this.#rest !== undefined || !this.#takesMore;
  }

  /** Bytes that wait here and in the runtime. */
  get bytes(): number {
    return (this.#outbox?.bytes ?? 0) + this.#elsewhere;
  }

  /** Bytes that the kernel has taken over so far; never falls. */
  get takenBytes(): number {
    return this.#given - this.#socket.writableLength;
  }

  /** Writes bytes while no frame is half written. */
  write(bytes: Uint8Array): void {
    this.#given += bytes.length;
    this.#socket.write(bytes);
  }

  /** Writes whole frames while nothing waits; what the runtime should not get yet waits. */
  writeLong(frames: Uint8Array, now: number): void {
    this.#rest = frames;
    this.moveOn(now);
  }

  /** Queues a frame behind all that waits; false when the bound would be exceeded. `batched`: bytes to come before. */
  queue(frame: Frame, expiresAt: number, batched: number, now: number, meter: Meter): boolean {
    const outbox = this.#outbox ??= new Outbox(meter);
    return outbox.push(frame, expiresAt, this.#elsewhere + batched, now);
  }

  /** Answers a ping as soon as the runtime takes bytes and no frame is half written. */
  answerPing(pong: Uint8Array): void {
    this.#pong = pong;
  }

  /** Gives the runtime what it takes of what waits. */
  moveOn(now: number): void {
    while (this.#takesMore) {
      let bytes = this.#rest;
      if (bytes === undefined) {
        this.#sendPong();
        const frame = this.#outbox?.shift(now);
        if (frame === undefined) {
          this.#outbox = undefined;
          return;
        }
        bytes = wireOf(frame);
      }
      const isLong = bytes.length > WRITE_PIECE_BYTES;
      this.#rest = isLong ? bytes.subarray(WRITE_PIECE_BYTES) : undefined;
      this.write(isLong ? bytes.subarray(0, WRITE_PIECE_BYTES) : bytes);
    }
  }

  /** Drops the messages that wait: only a frame that is half written goes out to its end. */
  dropQueue(): void {
    this.#outbox = undefined;
  }

  /** Drops what waits, and writes the frame that is half written to its end: a close frame may follow now. */
  finish(): void {
    if (this.#rest !== undefined) this.write(this.#rest);
    this.clear();
  }

  /** Drops all that waits. */
  clear(): void {
    this.#rest = undefined;
    this.#outbox = undefined;
    this.#pong = undefined;
  }

  get #takesMore(): boolean {
    return this.#socket.writableLength < RUNTIME_BUFFER_BYTES;
  }

  /** Bytes that wait outside the outbox. */
  get #elsewhere(): number {
    return (this.#rest?.length ?? 0) + this.#socket.writableLength;
  }

  #sendPong(): void {
    const pong = this.#pong;
    if (pong === undefined) return;
    this.#pong = undefined;
    this.write(pong);
  }
}
