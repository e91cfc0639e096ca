/**
 * A client's socket on a bare TCP connection with frames of our own: what one turn queues is written in one piece.
 */
import { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import type { Meter } from "../hub/ports.ts";
import { CLOSE_ANSWER_MS, RUNTIME_BUFFER_BYTES } from "../limits.ts";
import type { Platform } from "../platform.ts";
import type { Frame } from "../protocol/event.ts";
import type { Batch, Batcher, Flushable } from "./batch.ts";
import type { OpenSockets } from "./drain.ts";
import { type Beating, BEATS_PER_SECOND, type Heartbeat } from "./heartbeat.ts";
import { Outbox } from "./outbox.ts";
import type { Pump, Pumped } from "./pump.ts";
import type { Reader, ReadQueue } from "./read_queue.ts";
import type { ClientSocket, SocketEvents } from "./socket.ts";
import { FrameParser, type FrameSink } from "./websocket_frames.ts";
import type { FramingErrorCode } from "./websocket_protocol.ts";
import { closeFrame, EMPTY_PING, pongFrame, wireOf } from "./websocket_write.ts";

/** Half of the time that a peer has to answer a close frame, in beats. */
const CLOSING_BEATS = CLOSE_ANSWER_MS / 2000 * BEATS_PER_SECOND;

/** What sockets of one transport share. */
export interface BatchingContext {
  readonly platform: Platform;
  readonly meter: Meter;
  readonly pump: Pump;
  readonly open: OpenSockets;
  readonly batcher: Batcher;
  readonly reads: ReadQueue;
  readonly heartbeat: Heartbeat;
}

/** One client. */
export class BatchingSocket implements ClientSocket, Pumped, Flushable, Reader, Beating {
  readonly #socket: Socket;
  readonly #context: BatchingContext;
  readonly #parser = new FrameParser();
  readonly #inbound = new Inbound(this);
  #events: SocketEvents | undefined = undefined;
  #batch: Batch | undefined = undefined;
  #outbox: Outbox | undefined = undefined;
  /** The answer to the latest ping, while the socket takes nothing: the earlier ones need none (RFC 6455, 5.5.3). */
  #pong: Uint8Array | undefined = undefined;
  #closing: Uint8Array | undefined = undefined;
  #closeSent = false;
  #started = false;
  #over = false;
  lastHeard: number;
  patience: number;

  /** @param keepAliveSeconds silence after which the client is pinged */
  constructor(socket: Socket, keepAliveSeconds: number, context: BatchingContext) {
    this.#socket = socket;
    this.#context = context;
    this.lastHeard = context.heartbeat.now;
    this.patience = keepAliveSeconds * BEATS_PER_SECOND;
    context.open.add();
    context.heartbeat.add(this);
  }

  listen(events: SocketEvents): void {
    this.#events = events;
  }

  /**
   * Writes the 101 answer, in one piece with what is already to be said behind it; then reads `early`, what came behind
   * the request's head, and the socket.
   */
  start(answer: Uint8Array, early: readonly Uint8Array[]): void {
    const socket = this.#socket;
    this.#started = true;
    // The client may have left while the handshake waited; its close may still be reported, to nobody then.
    if (socket.destroyed) return this.#gone();
    const first = this.#batch?.bytes;
    this.#batch = undefined;
    socket.write(first === undefined ? answer : Buffer.concat([answer, first]));
    socket.on("data", (chunk: Uint8Array) => this.#take(chunk));
    socket.on("drain", () => this.pump());
    socket.on("end", endToo);
    socket.on("close", () => this.#gone());
    this.#events?.opened();
    for (const chunk of early) if (chunk.length > 0) this.#take(chunk);
  }

  get bufferedBytes(): number {
    return (this.#outbox?.bytes ?? 0) + (this.#batch?.length ?? 0) + this.#socket.writableLength;
  }

  send(frame: Frame, expiresAt: number): void {
    if (this.#over || this.#closing !== undefined) return;
    if (this.#busy) this.#wait(frame, expiresAt);
    else this.#add(wireOf(frame));
  }

  close(code: number, reason: string): void {
    if (this.#over || this.#closing !== undefined) return;
    // 1005 stands for "no code" in reports; on the wire there is none.
    this.#closing = closeFrame(code === 1005 ? undefined : code, reason);
    if (this.#outbox === undefined) this.#sendClose();
  }

  drop(): void {
    this.#finish();
    this.#socket.destroy();
  }

  flush(): void {
    const batch = this.#batch;
    if (batch === undefined) return;
    this.#batch = undefined;
    if (this.#socket.destroyed) return;
    this.#socket.write(batch.bytes);
    // After a violation nothing is read any more, not even the peer's close frame: ours is the last word.
    if (this.#closeSent && this.#parser.finished) this.#socket.end();
  }

  pump(): boolean {
    const pong = this.#pong;
    if (pong !== undefined && this.#socket.writableLength < RUNTIME_BUFFER_BYTES) {
      this.#pong = undefined;
      if (!this.#closeSent) this.#socket.write(pong);
    }
    const outbox = this.#outbox;
    if (outbox === undefined) return false;
    const now = this.#context.platform.now();
    while (this.#socket.writableLength < RUNTIME_BUFFER_BYTES) {
      const frame = outbox.shift(now);
      if (frame === undefined) {
        this.#outbox = undefined;
        if (this.#closing !== undefined) this.#sendClose();
        return false;
      }
      this.#socket.write(wireOf(frame));
    }
    return true;
  }

  stall(): void {
    if (this.#over) return;
    const { bufferedBytes } = this;
    this.#outbox = undefined;
    // A peer that does not take what came before its close frame is cut off.
    if (this.#closing !== undefined) {
      this.#socket.destroy();
      return;
    }
    const events = this.#events;
    // Later, so that a fan-out in progress meets no change of membership.
    queueMicrotask(() => events?.stuck(bufferedBytes));
  }

  ping(): void {
    if (!this.#over && this.#closing === undefined && !this.#busy) this.#add(EMPTY_PING);
  }

  giveUp(): void {
    const events = this.#events;
    this.drop();
    events?.broken();
  }

  read(chunk: Uint8Array): void {
    if (!this.#parser.finished) this.#parser.push(chunk, this.#inbound);
  }

  /** A whole message came in. */
  received(data: string | Uint8Array): void {
    this.#events?.message(data);
  }

  /** The client wants its bytes back. */
  pinged(payload: Uint8Array): void {
    if (this.#over || this.#closing !== undefined) return;
    if (this.#busy) this.#pong = pongFrame(payload);
    else this.#add(pongFrame(payload));
  }

  /** The client sent a close frame: it gets the same back, unless it answers one of ours. */
  closedByPeer(code: number | undefined, reason: string): void {
    const events = this.#events;
    this.#closing ??= closeFrame(code, reason);
    this.#sendClose();
    this.#finish();
    this.flush();
    this.#socket.end();
    events?.closed(code ?? 1005, reason);
  }

  /** The client broke the framing; the hub closes it. */
  violated(code: FramingErrorCode): void {
    this.#events?.violated(code);
  }

  /** Whether the socket takes no more for now. */
  get #busy(): boolean {
    return this.#outbox !== undefined || this.#socket.writableLength >= RUNTIME_BUFFER_BYTES;
  }

  #take(chunk: Uint8Array): void {
    // A peer that was sent a close frame has its time for the answer, whatever else it sends.
    if (!this.#closeSent) this.lastHeard = this.#context.heartbeat.now;
    if (!this.#parser.finished) this.#context.reads.take(this, chunk);
  }

  #add(wire: Uint8Array): void {
    if (this.#batch === undefined) {
      this.#batch = this.#context.batcher.root.and(wire);
      this.#context.batcher.touch(this);
    } else this.#batch = this.#batch.and(wire);
    // Before the 101 answer nothing may be written: a whole replay then is one batch.
    if (this.#started && this.#batch.length > RUNTIME_BUFFER_BYTES) {
      const { bytes } = this.#batch;
      this.#batch = undefined;
      this.#socket.write(bytes);
    }
  }

  #wait(frame: Frame, expiresAt: number): void {
    const { platform, meter, pump } = this.#context;
    const outbox = this.#outbox ??= new Outbox(meter);
    const elsewhere = this.#socket.writableLength + (this.#batch?.length ?? 0);
    if (outbox.push(frame, expiresAt, elsewhere, platform.now())) pump.watch(this);
    else this.stall();
  }

  #sendClose(): void {
    if (this.#closeSent || this.#closing === undefined) return;
    this.#closeSent = true;
    this.#add(this.#closing);
    // The peer has to answer soon; the heartbeat sees to it.
    this.lastHeard = this.#context.heartbeat.now;
    this.patience = CLOSING_BEATS;
  }

  #gone(): void {
    // What came before the end counts.
    this.#context.reads.drain();
    const events = this.#events;
    this.#finish();
    this.#context.heartbeat.remove(this);
    this.#context.open.remove();
    events?.broken();
  }

  /** Nothing is reported any more, and only what is batched is still written. */
  #finish(): void {
    this.#over = true;
    this.#events = undefined;
    this.#outbox = undefined;
    this.#pong = undefined;
    this.#parser.stop();
    this.#context.pump.forget(this);
  }
}

/** A client that sends no more gets no more: WebSocket has no half-open state. */
function endToo(this: Socket): void {
  this.end();
}

/** The parser's reports; their names would clash with those of the way out. */
class Inbound implements FrameSink {
  readonly #socket: BatchingSocket;

  constructor(socket: BatchingSocket) {
    this.#socket = socket;
  }
  text(data: string): void {
    this.#socket.received(data);
  }
  binary(data: Uint8Array): void {
    this.#socket.received(data);
  }
  ping(payload: Uint8Array): void {
    this.#socket.pinged(payload);
  }
  /** Any byte is a sign of life: a pong says no more. */
  pong(): void {}
  close(code: number | undefined, reason: string): void {
    this.#socket.closedByPeer(code, reason);
  }
  framingError(code: FramingErrorCode): void {
    this.#socket.violated(code);
  }
}
