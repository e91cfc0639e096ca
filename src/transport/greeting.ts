/**
 * A connection of which nobody knows yet what it wants: reads its request head, once and within a time, and holds what
 * comes behind it until somebody takes the connection over.
 */
import type { Socket } from "node:net";
import { MAX_EARLY_BYTES, REQUEST_HEAD_MS } from "../limits.ts";
import type { Cancel, Platform } from "../platform.ts";
import { type HeadRefusal, type RequestHead, RequestHeadReader } from "./request_head.ts";

/** Gets a connection with what it said. */
export type Greeted = (greeting: Greeting, head: RequestHead | HeadRefusal) => void;

/** Lives until the connection is taken over. Nothing of it is left on the socket then, which may stay open for days. */
export class Greeting {
  readonly socket: Socket;
  readonly #greeted: Greeted;
  readonly #reader = new RequestHeadReader();
  readonly #cancel: Cancel;
  readonly #onData = (chunk: Uint8Array) => this.#read(chunk);
  readonly #onClose = () => this.#cancel();
  /** Nothing more will come: no head, or nobody to wait for the answer to a handshake. */
  readonly #onEnd = () => this.socket.destroy();
  #done = false;
  #early: Uint8Array[] = [];
  #earlyBytes = 0;
  #paused = false;

  constructor(socket: Socket, platform: Platform, greeted: Greeted) {
    this.socket = socket;
    this.#greeted = greeted;
    this.#cancel = platform.after(REQUEST_HEAD_MS, () => socket.destroy());
    socket.on("close", this.#onClose);
    socket.on("data", this.#onData);
    socket.on("end", this.#onEnd);
  }

  /** Takes the connection over, with the chunks that came behind the one that ended the head. */
  handOver(): readonly Uint8Array[] {
    const { socket } = this;
    socket.off("data", this.#onData);
    socket.off("close", this.#onClose);
    socket.off("end", this.#onEnd);
    if (this.#paused) socket.resume();
    return this.#early;
  }

  #read(chunk: Uint8Array): void {
    if (this.#done) return this.#hold(chunk);
    const head = this.#reader.push(chunk);
    if (head === undefined) return;
    this.#done = true;
    this.#cancel();
    this.#greeted(this, head);
  }

  /** Pausing at once would be simpler, but Deno 2.4 mixes up the bytes of a socket that is resumed in the same turn. */
  #hold(chunk: Uint8Array): void {
    this.#early.push(chunk);
    this.#earlyBytes += chunk.length;
    if (this.#earlyBytes <= MAX_EARLY_BYTES || this.#paused) return;
    this.#paused = true;
    this.socket.pause();
  }
}
