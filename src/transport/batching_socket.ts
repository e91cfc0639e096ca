/**
 * A client's socket on a bare TCP connection with frames of our own: what one turn queues is written in one piece.
 */
import { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import type { ClientSocket, SocketEvents } from "../hub/client_socket.ts";
import type { Meter } from "../ports.ts";
import { BEATS_PER_SECOND, CLOSE_ANSWER_MS, RUNTIME_BUFFER_BYTES } from "../limits.ts";
import type { Platform } from "../platform.ts";
import type { Frame } from "../protocol/event.ts";
import type { Batch, Batcher, Flushable } from "./batch.ts";
import type { OpenSockets } from "./open_sockets.ts";
import { type Beating, type Heartbeat } from "./heartbeat.ts";
import type { Pump, Pumped } from "./pump.ts";
import type { Reader, ReadQueue } from "./read_queue.ts";
import { WaterMark } from "./water_mark.ts";
import { WayIn } from "./way_in.ts";
import { WayOut } from "./way_out.ts";
import type { FrameSink } from "./websocket_frames.ts";
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
export class BatchingSocket implements ClientSocket, FrameSink, Pumped, Flushable, Reader, Beating {
  readonly #socket: Socket;
  readonly #context: BatchingContext;
  readonly #in: WayIn;
  readonly #out: WayOut;
  #events: SocketEvents | undefined = undefined;
  #batch: Batch | undefined = undefined;
  /** There while the queue is looked after. */
  #mark: WaterMark | undefined = undefined;
  queued = false;
  worked = 0;
  workedAt = 0;
  /** The peer has sent everything. */
  #ended = false;
  #closing: Uint8Array | undefined = undefined;
  #closeSent = false;
  #started = false;
  #over = false;
  lastHeard: number;
  patience: number;

  /** @param keepAliveSeconds silence after which the client is pinged */
  constructor(socket: Socket, keepAliveSeconds: number, context: BatchingContext) {
    this.#socket = socket;
    this.#in = new WayIn(socket);
    this.#out = new WayOut(socket);
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
    socket.on("drain", () => this.#guarded(() => this.pump()));
    socket.on("end", () => this.#end());
    socket.on("close", () => this.#guarded(() => this.#gone()));
    this.#guarded(() => this.#events?.opened());
    for (const chunk of early) if (chunk.length > 0) this.#take(chunk);
  }

  get bufferedBytes(): number {
    return this.#out.bytes + (this.#batch?.length ?? 0);
  }

  get takenBytes(): number {
    return this.#out.takenBytes;
  }

  send(frame: Frame, expiresAt: number): void {
    if (this.#over || this.#closing !== undefined) return;
    if (this.#out.isBusy) this.#wait(frame, expiresAt);
    else this.#add(wireOf(frame));
  }

  close(code: number, reason: string): void {
    if (this.#over || this.#closing !== undefined) return;
    // 1005 stands for "no code" in reports; on the wire there is none.
    this.#closing = closeFrame(code === 1005 ? undefined : code, reason);
    // What comes from now on is not carried out: the peer's close frame must not wait for it.
    this.resumeReading();
    if (!this.#out.waits) this.#sendClose();
    else this.#context.pump.watch(this);
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
    this.#put(batch.bytes);
    this.#endAfterClose();
  }

  pump(): boolean {
    const { waits } = this.#out;
    this.#out.moveOn(this.#context.platform.now());
    if (waits && !this.#out.waits) {
      if (this.#closing !== undefined) this.#sendClose();
      this.#endAfterClose();
    }
    this.#mark?.level(this.bufferedBytes, this.#events);
    if (this.hasWork) this.#context.reads.again(this);
    return this.#out.waits;
  }

  moves(moves: boolean): void {
    this.#mark?.moves(moves, this.#events);
  }

  stall(): void {
    if (this.#over) return;
    const { bufferedBytes } = this;
    this.#out.dropQueue();
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
    if (!this.#over && this.#closing === undefined && !this.#out.isBusy) this.#add(EMPTY_PING);
  }

  giveUp(): void {
    // Its silence is our doing.
    if (this.#in.isPaused && !this.#closeSent) {
      this.lastHeard = this.#context.heartbeat.now;
      return;
    }
    const events = this.#events;
    this.drop();
    events?.broken();
  }

  get hasWork(): boolean {
    // A client whose own queue is high is not answered before it has read: its requests wait.
    return !this.#in.isEmpty && !this.#in.isHeld && this.#mark?.isHigh !== true;
  }

  get hasMuch(): boolean {
    return this.#in.hasMuch;
  }

  work(frames: number): number {
    let worked = 0;
    while (worked < frames && this.hasWork) worked += this.#in.read(frames - worked, this);
    return worked;
  }

  pause(): void {
    this.#in.pause();
  }

  rest(): void {
    if (!this.#in.isEmpty) return this.#in.pause();
    if (this.#ended) this.#socket.end();
    if (!this.#in.isPaused) return;
    this.lastHeard = this.#context.heartbeat.now;
    this.#in.resume();
  }

  pauseReading(): void {
    this.#in.hold();
  }

  resumeReading(): void {
    if (!this.#in.isHeld) return;
    this.#in.release();
    this.#context.reads.again(this);
  }

  fail(error: unknown): void {
    // Its state may be anything now: nothing is read any more, and what was about to be written may be the cause.
    this.#in.stop();
    this.#batch = undefined;
    const events = this.#events;
    if (events === undefined) this.#socket.destroy();
    else events.failed(error);
  }

  text(data: string): void {
    this.#events?.message(data);
  }

  binary(data: Uint8Array): void {
    this.#events?.message(data);
  }

  pinged(payload: Uint8Array): void {
    if (this.#over || this.#closing !== undefined) return;
    if (this.#out.isBusy) this.#out.answerPing(pongFrame(payload));
    else this.#add(pongFrame(payload));
  }

  /** Any byte is a sign of life: a pong says no more. */
  ponged(): void {}

  /** It gets the same back, unless it answers a close frame of ours. */
  closedByPeer(code: number | undefined, reason: string): void {
    const events = this.#events;
    this.#closing ??= closeFrame(code, reason);
    this.#out.finish();
    this.#sendClose();
    this.#finish();
    this.flush();
    this.#socket.end();
    try {
      events?.closed(code ?? 1005, reason);
    } catch (error) {
      events?.failed(error);
    }
  }

  /** The hub closes the client. */
  framingError(code: FramingErrorCode, _reason: string, detail: string): void {
    this.#events?.violated(code, detail);
  }

  #take(chunk: Uint8Array): void {
    // A peer that was sent a close frame has its time for the answer, whatever else it sends.
    if (!this.#closeSent) this.lastHeard = this.#context.heartbeat.now;
    if (this.#in.isFinished) return;
    this.#in.add(chunk);
    this.#context.reads.take(this);
  }

  /** A client that sends no more gets no more: WebSocket has no half-open state. What it has sent counts. */
  #end(): void {
    this.#ended = true;
    if (this.#in.isEmpty || this.#in.isFinished) this.#socket.end();
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
      this.#put(bytes);
    }
  }

  /** Writes to a socket for which nothing waits. */
  #put(frames: Uint8Array): void {
    if (frames.length <= RUNTIME_BUFFER_BYTES) return this.#out.write(frames);
    this.#out.writeLong(frames, this.#context.platform.now());
    this.#lookAfter();
  }

  /** After a violation nothing is read any more, not even the peer's close frame: ours is the last word. */
  #endAfterClose(): void {
    if (this.#closeSent && this.#in.isFinished && !this.#out.waits && this.#batch === undefined) {
      this.#socket.end();
    }
  }

  /** The queue has grown. */
  #lookAfter(): void {
    this.#context.pump.watch(this);
    this.#mark ??= new WaterMark();
    this.#mark.level(this.bufferedBytes, this.#events);
  }

  #wait(frame: Frame, expiresAt: number): void {
    const { platform, meter } = this.#context;
    const batched = this.#batch?.length ?? 0;
    const isQueued = this.#out.queue(frame, expiresAt, batched, platform.now(), meter);
    if (isQueued) this.#lookAfter();
    else this.stall();
  }

  #sendClose(): void {
    if (this.#closeSent || this.#closing === undefined) return;
    this.#closeSent = true;
    // Nothing follows it, no pong either.
    this.#out.clear();
    this.#add(this.#closing);
    // The peer has to answer soon; the heartbeat sees to it.
    this.lastHeard = this.#context.heartbeat.now;
    this.patience = CLOSING_BEATS;
  }

  #gone(): void {
    // What came before the end counts.
    this.#context.reads.finish(this);
    const events = this.#events;
    this.#finish();
    this.#context.heartbeat.remove(this);
    this.#context.open.remove();
    try {
      events?.broken();
    } catch (error) {
      events?.failed(error);
    }
  }

  /** An event of the socket: what goes wrong concerns this client alone. */
  #guarded(task: () => void): void {
    try {
      task();
    } catch (error) {
      this.fail(error);
    }
  }

  /** Nothing is reported any more, and only what is batched is still written. */
  #finish(): void {
    this.#over = true;
    this.#events = undefined;
    this.#out.clear();
    this.#in.stop();
    this.#context.pump.forget(this);
  }
}
