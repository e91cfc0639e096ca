/**
 * A client's socket on `Deno.upgradeWebSocket`. Two things the runtime leaves to us: frames sent before the socket is
 * open wait here, and what a slow client does not take is bounded and can expire.
 */
import type { ClientSocket, SocketEvents } from "../hub/client_socket.ts";
import type { Meter } from "../ports.ts";
import { MAX_CLIENT_MESSAGE_BYTES, RUNTIME_BUFFER_BYTES } from "../limits.ts";
import type { Platform } from "../platform.ts";
import { type Frame, utf8Length } from "../protocol/event.ts";
import type { Awaited, SocketDeadlines } from "./deadlines.ts";
import type { OpenSockets } from "./open_sockets.ts";
import { Outbox } from "./outbox.ts";
import type { Pump, Pumped } from "./pump.ts";
import { WaterMark } from "./water_mark.ts";

/** For the operator, in the words of the other transport. */
const TOO_LARGE = `the message is longer than ${MAX_CLIENT_MESSAGE_BYTES} bytes`;

/** What sockets of one transport share. */
export interface SocketContext {
  readonly platform: Platform;
  readonly meter: Meter;
  readonly pump: Pump;
  readonly open: OpenSockets;
  readonly deadlines: SocketDeadlines;
}

/** One listener object per socket instead of four closures: an idle connection is mostly its socket. */
export class DenoSocket implements ClientSocket, Pumped, Awaited, EventListenerObject {
  readonly #socket: WebSocket;
  readonly #context: SocketContext;
  #events: SocketEvents | undefined = undefined;
  #outbox: Outbox | undefined = undefined;
  /** There while the queue is looked after. */
  #mark: WaterMark | undefined = undefined;
  /** Bytes given to the runtime so far. */
  #given = 0;
  #opened = false;
  #over = false;
  #closed = false;
  /** Bytes given to the runtime since it was last asked how much it holds. */
  #unasked = 0;
  /** The close frame that follows the queue. */
  #closing: { readonly code: number; readonly reason: string } | undefined = undefined;

  constructor(socket: WebSocket, context: SocketContext) {
    this.#socket = socket;
    this.#context = context;
    context.open.add();
    context.deadlines.opening.add(this);
    socket.binaryType = "arraybuffer";
    // The runtime drops its record of a listener that has had its one event: 300 bytes of an idle client.
    socket.addEventListener("open", this, { once: true });
    socket.addEventListener("message", this);
    socket.addEventListener("error", this);
    socket.addEventListener("close", this);
  }

  listen(events: SocketEvents): void {
    this.#events = events;
  }

  get bufferedBytes(): number {
    return (this.#outbox?.bytes ?? 0) + (this.#opened ? this.#socket.bufferedAmount : 0);
  }

  get takenBytes(): number {
    return this.#opened ? this.#given - this.#socket.bufferedAmount : 0;
  }

  send(frame: Frame, expiresAt: number): void {
    if (this.#over || this.#closing !== undefined) return;
    if (this.#opened && this.#outbox === undefined && this.#runtimeTakes(frame.data.length)) {
      // An estimate: counting the bytes of a text costs as much as sending it, and the number matters only while
      // bytes wait.
      this.#given += frame.data.length;
      this.#socket.send(frame.data as string | Uint8Array<ArrayBuffer>);
      return;
    }
    const { platform, meter } = this.#context;
    const outbox = this.#outbox ??= new Outbox(meter);
    const elsewhere = this.#opened ? this.#socket.bufferedAmount : 0;
    if (!outbox.push(frame, expiresAt, elsewhere, platform.now())) this.stall();
    else if (this.#opened) this.#lookAfter();
  }

  /** The runtime reads on by itself: what comes waits in the inbox, whose bound ends the client. */
  pauseReading(): void {}

  resumeReading(): void {}

  moves(moves: boolean): void {
    this.#mark?.moves(moves, this.#events);
  }

  fail(error: unknown): void {
    const events = this.#events;
    if (events === undefined) this.#finish();
    else events.failed(error);
  }

  close(code: number, reason: string): void {
    if (this.#over || this.#closing !== undefined) return;
    this.#closing = { code, reason };
    if (this.#opened && !this.pump()) return;
    if (this.#opened) this.#context.pump.watch(this);
  }

  drop(): void {
    // The runtime has no way to cut a socket: 1001 tells clients to come back, unlike 1008.
    this.#outbox = undefined;
    this.close(1001, "");
    this.#finish();
  }

  pump(): boolean {
    const outbox = this.#outbox;
    if (outbox !== undefined) {
      const now = this.#context.platform.now();
      while (this.#runtimeTakes(0)) {
        const frame = outbox.shift(now);
        if (frame === undefined) {
          this.#outbox = undefined;
          break;
        }
        this.#unasked += frame.byteLength;
        this.#given += frame.byteLength;
        this.#socket.send(frame.data as string | Uint8Array<ArrayBuffer>);
      }
    }
    this.#mark?.level(this.bufferedBytes, this.#events);
    if (this.#outbox !== undefined) return true;
    if (this.#closing !== undefined && this.#socket.readyState === WebSocket.OPEN) {
      this.#socket.close(this.#closing.code, this.#closing.reason);
      if (!this.#closed) this.#context.deadlines.closing.add(this);
    }
    return false;
  }

  stall(): void {
    if (this.#over) return;
    const { bufferedBytes } = this;
    this.#outbox = undefined;
    // A peer that does not take what came before its close frame gets that alone.
    if (this.#closing !== undefined) return void this.pump();
    const events = this.#events;
    // Later, so that a fan-out in progress meets no change of membership.
    queueMicrotask(() => events?.stuck(bufferedBytes));
  }

  /** What goes wrong in an event of the socket concerns this client alone. */
  handleEvent(event: Event): void {
    try {
      this.#handle(event);
    } catch (error) {
      this.fail(error);
    }
  }

  #handle(event: Event): void {
    switch (event.type) {
      case "open":
        this.#opened = true;
        this.#context.deadlines.opening.remove(this);
        this.#events?.opened();
        if (this.pump()) this.#lookAfter();
        return;
      case "message": {
        if (this.#over) return;
        const { data } = event as MessageEvent<string | ArrayBuffer>;
        if (isTooLarge(data)) this.#events?.violated(1009, TOO_LARGE);
        else this.#events?.message(typeof data === "string" ? data : new Uint8Array(data));
        return;
      }
      case "error":
        return this.#report(undefined);
      case "close":
        this.#end();
        return this.#report(event as CloseEvent);
    }
  }

  /** The runtime has no way to cut a socket: it is forgotten, and whatever it still says goes nowhere. */
  abandon(): void {
    this.#end();
    this.#report(undefined);
    this.#socket.removeEventListener("message", this);
    // If it should open after all, it is told to go.
    this.#closing ??= { code: 1001, reason: "" };
  }

  #end(): void {
    const { opening, closing } = this.#context.deadlines;
    opening.remove(this);
    closing.remove(this);
    // After a keep-alive timeout the runtime fires the event twice.
    if (!this.#closed) this.#context.open.remove();
    this.#closed = true;
  }

  #report(close: CloseEvent | undefined): void {
    const events = this.#events;
    this.#finish();
    try {
      if (close === undefined || !close.wasClean) events?.broken();
      else events?.closed(close.code, close.reason);
    } catch (error) {
      events?.failed(error);
    }
  }

  /** Nothing is sent or reported any more. */
  #finish(): void {
    this.#over = true;
    this.#events = undefined;
    this.#outbox = undefined;
    this.#context.pump.forget(this);
  }

  /** The queue has grown. */
  #lookAfter(): void {
    this.#context.pump.watch(this);
    this.#mark ??= new WaterMark();
    this.#mark.level(this.bufferedBytes, this.#events);
  }

  /** Asks the runtime only when it may hold too much: the question costs as much as a send. */
  #runtimeTakes(bytes: number): boolean {
    this.#unasked += bytes;
    if (this.#unasked < RUNTIME_BUFFER_BYTES) return true;
    this.#unasked = this.#socket.bufferedAmount;
    return this.#unasked < RUNTIME_BUFFER_BYTES;
  }
}

/** The runtime's own limit is 64 times ours. */
function isTooLarge(data: string | ArrayBuffer): boolean {
  if (typeof data !== "string") return data.byteLength > MAX_CLIENT_MESSAGE_BYTES;
  if (data.length > MAX_CLIENT_MESSAGE_BYTES) return true;
  // A UTF-16 unit takes at most three bytes: short texts need no count.
  return data.length * 3 > MAX_CLIENT_MESSAGE_BYTES && utf8Length(data) > MAX_CLIENT_MESSAGE_BYTES;
}
