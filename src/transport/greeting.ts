/**
 * A connection of which nobody knows yet what it wants: reads its request head, once and within a time.
 */
import type { Socket } from "node:net";
import type { Cancel, Platform } from "../platform.ts";
import { type HeadRefusal, type RequestHead, RequestHeadReader } from "./request_head.ts";

/** Time that a client has to send its request head, in milliseconds (ours). */
const HEAD_MS = 10_000;

/** Takes a connection over with what it said; the socket is paused. */
export type Greeted = (socket: Socket, head: RequestHead | HeadRefusal) => void;

/** Lives until the head is there. Afterwards nothing of it is left on the socket, which may stay open for days. */
export class Greeting {
  readonly #socket: Socket;
  readonly #greeted: Greeted;
  readonly #reader = new RequestHeadReader();
  readonly #cancel: Cancel;
  readonly #onData = (chunk: Uint8Array) => this.#read(chunk);
  readonly #onClose = () => this.#cancel();

  constructor(socket: Socket, platform: Platform, greeted: Greeted) {
    this.#socket = socket;
    this.#greeted = greeted;
    this.#cancel = platform.after(HEAD_MS, () => socket.destroy());
    socket.on("close", this.#onClose);
    socket.on("data", this.#onData);
  }

  #read(chunk: Uint8Array): void {
    const head = this.#reader.push(chunk);
    if (head === undefined) return;
    const socket = this.#socket;
    this.#cancel();
    socket.pause();
    socket.off("data", this.#onData);
    socket.off("close", this.#onClose);
    this.#greeted(socket, head);
  }
}
