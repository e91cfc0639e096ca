/**
 * What comes in on one TCP socket: the chunks that are not worked off yet, the parser that reads their frames, and
 * whether the socket is read on.
 */
import type { Socket } from "node:net";
import { MAX_UNREAD_CHUNKS } from "../limits.ts";
import { FrameParser, type FrameSink } from "./websocket_frames.ts";

/** The incoming bytes of one client. */
export class WayIn {
  readonly #socket: Socket;
  readonly #parser = new FrameParser();
  /** The oldest chunk that is not worked off, and those behind it. */
  #oldest: Uint8Array | undefined = undefined;
  #later: Uint8Array[] | undefined = undefined;
  #held = false;
  #paused = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Whether all that came is worked off. */
  get isEmpty(): boolean {
    return this.#oldest === undefined;
  }

  /** Whether nothing may be worked on, because a command waits. */
  get isHeld(): boolean {
    return this.#held;
  }

  /** Whether the socket is not read on. */
  get isPaused(): boolean {
    return this.#paused;
  }

  /** Whether no frame is read any more: the client has closed, broken the framing, or `stop` was called. */
  get isFinished(): boolean {
    return this.#parser.finished;
  }

  /** Whether so much is unread that no more should come. */
  get hasMuch(): boolean {
    return this.#later !== undefined && this.#later.length >= MAX_UNREAD_CHUNKS;
  }

  /** Takes a chunk, behind all that wait. */
  add(chunk: Uint8Array): void {
    if (this.#oldest === undefined) this.#oldest = chunk;
    else (this.#later ??= []).push(chunk);
  }

  /** Reads at most so many frames of the oldest chunk; gives how many it were. */
  read(frames: number, sink: FrameSink): number {
    const chunk = this.#oldest;
    if (chunk === undefined) return 0;
    // Before the work: a chunk that makes it throw is not tried again.
    this.#oldest = this.#later?.shift();
    if (this.#later?.length === 0) this.#later = undefined;
    const read = this.#parser.push(chunk, sink, frames);
    if (read < chunk.length) this.#putBack(chunk.subarray(read));
    return this.#parser.frames;
  }

  /** From within a report too: nothing is worked on until `release`. */
  hold(): void {
    this.#held = true;
    this.#parser.pause();
  }

  /** Ends a hold. */
  release(): void {
    this.#held = false;
  }

  /** The socket is read no further. */
  pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#socket.pause();
  }

  /** The socket is read on. */
  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#socket.resume();
  }

  /** Reads nothing any more, and drops what is unread. */
  stop(): void {
    this.#oldest = undefined;
    this.#later = undefined;
    this.#parser.stop();
  }

  #putBack(chunk: Uint8Array): void {
    if (this.#oldest !== undefined) (this.#later ??= []).unshift(this.#oldest);
    this.#oldest = chunk;
  }
}
