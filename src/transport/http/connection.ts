/**
 * One TCP connection that speaks HTTP/1.1: reads requests one after the other, has each answered, and keeps the answers
 * in order. A request that is an upgrade takes the connection over.
 *
 * Rules: RFC 9112 section 9; RFC 9110 section 10.1.1.
 */
import { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import {
  HTTP_IDLE_MS,
  LINGER_BYTES,
  LINGER_MS,
  MAX_EARLY_BYTES,
  MAX_REST_BODY_BYTES,
  MAX_UNTAKEN_BYTES,
  OUTBOUND_STALL_MS,
  READ_TURN_MS,
  REQUEST_HEAD_MS,
  REST_HOLD_MS,
  TURN_REQUESTS,
} from "../../limits.ts";
import type { Platform } from "../../platform.ts";
import { stopReading } from "../read_stop.ts";
import { BodyPace } from "./body_pace.ts";
import type { BodyRoom } from "./body_room.ts";
import type { BodyTurns, TurnTaker } from "./body_turns.ts";
import type { Connections, Timed } from "./connections.ts";
import { Exchange, type HttpRequest } from "./exchange.ts";
import type { Refusal } from "./flaws.ts";
import { fieldsFor, type HeaderFields } from "./header_fields.ts";
import { freeBytes, ownBytes, tailBytes } from "../../bytes.ts";
import { type RequestHead, RequestHeadReader } from "./request_head.ts";
import { judgeRequest, type RequestFacts } from "./request_rules.ts";
import type { RepeatedResponse } from "./repeated_response.ts";
import { type HttpDate, type HttpResponse, plainText } from "./response.ts";
import type { RequestTaker, RequestTurns } from "./request_turns.ts";

/** What connections of one listener share. */
export interface HttpContext {
  readonly platform: Platform;
  readonly connections: Connections;
  readonly date: HttpDate;
  /** Makes the bytes of all answers. */
  readonly answers: RepeatedResponse;
  /** What all bodies take their bytes from, those of other listeners too. */
  readonly room: BodyRoom;
  readonly turns: BodyTurns;
  readonly requestTurns: RequestTurns;
  /** Whether no further request is taken. */
  isStopping(): boolean;
  /** Whether a request is for those who take a connection over, whatever becomes of it. */
  isUpgrade(facts: RequestFacts): boolean;
  /** Gets such a request; ends with `refuse` or `handOver`. */
  upgrade(connection: HttpConnection, request: UpgradeHead): void;
  /** Answers any other request. */
  answer(request: HttpRequest): HttpResponse | Promise<HttpResponse>;
  /** A fault of ours; it has ended the connection. */
  failed(error: unknown): void;
}

/** The head of a request that may take the connection over. */
export interface UpgradeHead {
  readonly method: string;
  readonly version: string;
  readonly target: string;
  readonly headers: HeaderFields;
}

type State =
  /** Requests are read. */
  | "open"
  /** Somebody decides about an upgrade. */
  | "upgrading"
  /** The last answer is out; what still comes is thrown away. */
  | "lingering"
  /** The socket is somebody else's. */
  | "handedOver";

const CONTINUE = Buffer.from("HTTP/1.1 100 Continue\r\n\r\n");
const NOTHING = new Uint8Array();

/** One connection. */
export class HttpConnection implements Timed, TurnTaker, RequestTaker {
  readonly socket: Socket;
  readonly #context: HttpContext;
  readonly #onData = (chunk: Uint8Array) => this.#take(chunk);
  readonly #onEnd = () => this.#end();
  readonly #onClose = () => this.#close();
  readonly #onDrain = () => this.#guarded(() => this.#goOn());
  #state: State = "open";
  dueAt: number;
  /** Reads a head that has begun. */
  #head: RequestHeadReader | undefined = undefined;
  /** The request that is being read and answered. */
  #exchange: Exchange | undefined = undefined;
  #expectsContinue = false;
  /** The clock of a body that is not whole. */
  #pace: BodyPace | undefined = undefined;
  #awaitsTurn = false;
  /** Requests that may still be begun in the turn that began at `#turnAt`; whether the next ones wait for another. */
  #left = 0;
  #turnAt = -Infinity;
  #awaitsRequestTurn = false;
  /** When the last answer went out. */
  #answeredAt = 0;
  /** What came behind the request that is being answered. */
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  /** Bytes that are still read after the last answer. */
  #lingerBytes = LINGER_BYTES;
  #paused = false;
  /** Whether the client sends no more. */
  #ended = false;

  constructor(socket: Socket, context: HttpContext) {
    this.socket = socket;
    this.#context = context;
    this.dueAt = context.platform.now() + REQUEST_HEAD_MS;
    context.connections.add(this);
    socket.on("data", this.#onData);
    socket.on("end", this.#onEnd);
    socket.on("close", this.#onClose);
    socket.on("drain", this.#onDrain);
  }

  /** Answers an upgrade with something else; the connection ends with it. */
  refuse(response: HttpResponse, method: string): void {
    if (this.#state === "upgrading") this.#last(response, method);
  }

  /**
   * Gives the socket away, with the bytes that came behind the head. Nothing of this connection is left on the socket,
   * which may stay open for days.
   */
  handOver(): readonly Uint8Array[] {
    this.#state = "handedOver";
    this.#forget();
    const { socket } = this;
    socket.off("data", this.#onData);
    socket.off("end", this.#onEnd);
    socket.off("close", this.#onClose);
    socket.off("drain", this.#onDrain);
    this.#resume();
    return this.#held;
  }

  stop(): void {
    if (this.#state === "lingering" || this.#exchange?.isAnswered) this.socket.destroySoon();
    else if (!this.#exchange?.isRead) this.socket.destroy();
  }

  expire(): void {
    const exchange = this.#exchange;
    if (exchange?.mayStillCome) {
      this.dueAt = Infinity;
      // Who waited for us was not slow.
      const why = this.#awaitsTurn ? "noRoom" : "tooSlow";
      this.#leaveTurns();
      this.#guarded(() => exchange.break(why));
    } else if (!this.#allowRest()) this.socket.destroy();
  }

  begin(): boolean {
    return this.#exchange?.reserve() ?? true;
  }

  readOn(): void {
    this.#awaitsTurn = false;
    this.#guarded(() => this.#readBodyOn());
  }

  #take(chunk: Uint8Array): void {
    if (this.#state === "lingering") {
      // A cut now would reset the connection, and the client might lose its answer: it is cut when its time is over.
      this.#lingerBytes -= chunk.length;
      freeBytes(chunk);
      if (this.#lingerBytes < 0) this.#pause();
    } else if (this.#held.length > 0) this.#hold(chunk);
    else {
      this.#beginTurn();
      this.#guarded(() => this.#read(chunk));
    }
  }

  /** A fault while one connection is served ends that connection, and no other. */
  #guarded(task: () => void): void {
    try {
      task();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.socket.destroy();
    this.#context.failed(error);
  }

  /** Works on what came until an answer, or the client that has to take it, is waited for. */
  #read(chunk: Uint8Array): void {
    let rest = chunk;
    while (rest.length > 0 && this.#state !== "lingering") {
      const exchange = this.#exchange;
      if (this.#state === "upgrading" || exchange?.isRead || this.#isClogged) {
        return this.#hold(rest);
      }
      if (exchange === undefined && !this.#mayBegin()) return this.#hold(rest);
      if (exchange === undefined) rest = this.#readHead(rest);
      else {
        const { length } = rest;
        const taken = this.#readBody(exchange, rest);
        rest = taken === length ? NOTHING : rest.subarray(taken);
      }
    }
  }

  /** Whether the next request is still of this turn; else it waits for another. */
  #mayBegin(): boolean {
    if (this.#left > 0) return true;
    this.#awaitsRequestTurn = true;
    this.#context.requestTurns.wait(this);
    return false;
  }

  /** What comes some time after the last turn has one of its own. */
  #beginTurn(): void {
    const now = this.#context.platform.now();
    if (now - this.#turnAt <= READ_TURN_MS) return;
    this.#turnAt = now;
    this.#left = this.#context.requestTurns.requestsAtOnce;
  }

  takeTurn(): number {
    this.#awaitsRequestTurn = false;
    this.#turnAt = this.#context.platform.now();
    this.#left = TURN_REQUESTS;
    this.#guarded(() => this.#goOn());
    // An answer may come later, and the requests behind it still belong to this turn.
    return this.#held.length === 0 ? TURN_REQUESTS - this.#left : TURN_REQUESTS;
  }

  get #isClogged(): boolean {
    if (this.socket.writableLength < MAX_UNTAKEN_BYTES) return false;
    this.#allow(OUTBOUND_STALL_MS);
    return true;
  }

  /** Gives what is left behind the request. */
  #readHead(bytes: Uint8Array): Uint8Array {
    if (this.#head === undefined) {
      this.#head = new RequestHeadReader();
      this.#allow(REQUEST_HEAD_MS);
    }
    const head = this.#head.push(bytes);
    if (head === undefined) return NOTHING;
    this.#head = undefined;
    if (head.kind === "refused") return this.#refuse(head, "GET");
    const facts = judgeRequest(head);
    if (facts.kind === "refused") return this.#refuse(facts, head.method);
    const rest = head.bytes.subarray(head.length);
    if (this.#context.isUpgrade(facts)) {
      this.#state = "upgrading";
      this.dueAt = Infinity;
      if (rest.length > 0) this.#hold(rest);
      const { method, version } = head;
      const headers = fieldsFor(head, this.#hostOf(facts));
      this.#context.upgrade(this, { method, version, target: facts.target, headers });
      return NOTHING;
    }
    // A body that goes on is put together, and its first piece freed: not so within the buffer of the head.
    const goesOn = facts.framing === "chunked" || facts.framing > rest.length;
    return this.#begin(head, facts, goesOn ? tailBytes(head.bytes, head.length) : rest);
  }

  /** The first versions of HTTP name no host: what was called is all there is to know. */
  #hostOf({ host }: RequestFacts): string {
    if (host !== undefined) return host;
    const { localAddress = "", localPort = 0 } = this.socket;
    return `${localAddress.includes(":") ? `[${localAddress}]` : localAddress}:${localPort}`;
  }

  #refuse({ status, message }: Refusal, method: string): Uint8Array {
    this.#last(plainText(status, message), method);
    return NOTHING;
  }

  /** The body's first bytes come before the question, so that most requests are answered without a wait. */
  #begin(head: RequestHead, facts: RequestFacts, rest: Uint8Array): Uint8Array {
    const headers = fieldsFor(head, this.#hostOf(facts));
    const { room } = this.#context;
    const exchange = new Exchange(head, facts, headers, room, () => this.#bodyWanted());
    this.#exchange = exchange;
    this.#left--;
    this.#pace = undefined;
    this.#expectsContinue = facts.expectsContinue;
    this.dueAt = Infinity;
    const taken = this.#readBody(exchange, rest);
    const response = this.#context.answer(exchange);
    if (response instanceof Promise) {
      void response.then((response) => {
        this.#answer(exchange, response);
        this.#goOn();
      }).catch((error: unknown) => this.#fail(error));
    } else this.#answer(exchange, response);
    return rest.subarray(taken);
  }

  /** Gives how many bytes were the body's. */
  #readBody(exchange: Exchange, bytes: Uint8Array): number {
    const { length } = bytes;
    const taken = exchange.push(bytes);
    if (taken > 0) this.#expectsContinue = false;
    if (!exchange.isRead) this.#awaitBody(exchange, taken);
    else if (exchange.isAnswered) {
      this.#exchange = undefined;
      this.#allowNext();
    } else this.dueAt = Infinity;
    // Behind a broken body nothing can be told apart.
    return exchange.isRead ? taken : length;
  }

  #awaitBody(exchange: Exchange, bytes: number): void {
    const { platform, turns } = this.#context;
    const isFirst = this.#pace === undefined;
    const now = platform.now();
    const pace = this.#pace ??= new BodyPace(now);
    pace.took(bytes, now);
    if (bytes > 0 && !turns.mayReadOn(this, bytes, isFirst)) this.#awaitsTurn = true;
    if (this.#awaitsTurn || exchange.isFull) {
      pace.hold(now);
      this.#pause();
    }
    this.dueAt = this.#awaitsTurn ? now + REST_HOLD_MS : pace.dueAt;
  }

  #readBodyOn(): void {
    const pace = this.#pace;
    if (this.#awaitsTurn || pace === undefined || this.#exchange?.isFull) return;
    if (this.#expectsContinue && !this.#exchange?.isUnasked) {
      this.socket.write(CONTINUE);
      this.#expectsContinue = false;
    }
    pace.goOn(this.#context.platform.now());
    this.dueAt = pace.dueAt;
    this.#resume();
  }

  #bodyWanted(): void {
    if (this.#awaitsTurn) return;
    if (this.#context.turns.mayBegin(this)) return this.#readBodyOn();
    this.#awaitsTurn = true;
    const now = this.#context.platform.now();
    this.#pace?.hold(now);
    this.#pause();
    this.dueAt = now + REST_HOLD_MS;
  }

  #answer(exchange: Exchange, response: HttpResponse): void {
    if (this.#exchange !== exchange || this.socket.destroyed) return;
    const { method } = exchange;
    // A client that waits for its 100 may send the body or not: nobody can tell what comes.
    const goesOn = exchange.isRead || (exchange.endsSoon && !this.#expectsContinue);
    const isLast = !exchange.keepAlive || !goesOn || this.#context.isStopping() ||
      (this.#ended && this.#held.length === 0);
    if (isLast) return this.#last(response, method);
    exchange.end();
    const connection = exchange.isOld ? "keep-alive" : undefined;
    const date = this.#allowNext();
    this.socket.write(this.#context.answers.bytes(response, { method, connection, date }));
    if (exchange.isRead) this.#exchange = undefined;
    else this.#readBodyOn();
  }

  /** The last answer, and a time to read it: a client that has sent more than was read would else lose it to a reset. */
  #last(response: HttpResponse, method: string): void {
    this.#state = "lingering";
    this.#held = [];
    if (this.#exchange?.endsSoon) this.#lingerBytes += MAX_REST_BODY_BYTES;
    this.#dropExchange();
    const { socket } = this;
    if (socket.destroyed) return;
    const date = this.#allow(LINGER_MS);
    this.#answeredAt = this.dueAt - LINGER_MS;
    socket.end(this.#context.answers.bytes(response, { method, connection: "close", date }));
    if (this.#context.isStopping()) socket.destroySoon();
    else this.#resume();
  }

  /** Goes on with what waited for an answer, or for a client that takes its answers. */
  #goOn(): void {
    if (this.#state !== "open" || this.#exchange !== undefined || this.#awaitsRequestTurn) return;
    const held = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    for (const chunk of held) {
      if (this.#held.length > 0) this.#hold(chunk);
      else this.#read(chunk);
    }
    // Not before: much may have to wait again, and more would come on top of it.
    if (this.#mayResume) this.#resume();
    if (this.#ended) this.#end();
  }

  /** The client sends no more. What it has asked for is still answered; a handshake has nobody to wait for it. */
  #end(): void {
    this.#ended = true;
    if (this.#state === "upgrading") this.socket.destroy();
    if (this.#state !== "open" || this.#held.length > 0) return;
    const exchange = this.#exchange;
    if (exchange === undefined || exchange.isAnswered) this.socket.end();
    else exchange.break("broken");
  }

  #close(): void {
    this.#forget();
    this.#exchange?.break("broken");
    this.#dropExchange();
  }

  #dropExchange(): void {
    this.#exchange?.end();
    this.#exchange = undefined;
    this.#leaveTurns();
  }

  #leaveTurns(): void {
    if (this.#awaitsTurn) this.#context.turns.leave(this);
    this.#awaitsTurn = false;
    if (this.#awaitsRequestTurn) this.#context.requestTurns.leave(this);
    this.#awaitsRequestTurn = false;
  }

  #forget(): void {
    this.#context.connections.remove(this);
  }

  /** Pausing at once would be simpler, but Deno 2.4 mixes up the bytes of a socket that is resumed in the same turn. */
  #hold(chunk: Uint8Array): void {
    this.#held.push(ownBytes(chunk));
    this.#heldBytes += chunk.length;
    if (this.#heldBytes > MAX_EARLY_BYTES) this.#pause();
  }

  #pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    stopReading(this.socket);
  }

  /** Whether more may come on top of what is held; whoever gave the last answer has seen to it. */
  get #mayResume(): boolean {
    return this.#state !== "lingering" && this.#heldBytes <= MAX_EARLY_BYTES &&
      !this.#awaitsTurn && !this.#exchange?.isFull;
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.socket.resume();
  }

  /**
   * The client has some time to take its answer, and then the rest of the time between two requests; gives the time of
   * day for the answer.
   */
  #allowNext(): string {
    const date = this.#allow(OUTBOUND_STALL_MS);
    this.#answeredAt = this.dueAt - OUTBOUND_STALL_MS;
    return date;
  }

  /** The rest of the time after an answer, if there is any. */
  #allowRest(): boolean {
    if (this.#exchange !== undefined || this.#head !== undefined) return false;
    const isTaken = this.socket.writableLength === 0;
    let ms = isTaken ? HTTP_IDLE_MS : OUTBOUND_STALL_MS;
    if (this.#state === "lingering" && isTaken) ms = LINGER_MS;
    const dueAt = this.#answeredAt + ms;
    if (this.#answeredAt === 0 || dueAt <= this.#context.platform.now()) return false;
    this.dueAt = dueAt;
    return true;
  }

  /** Gives the client so many milliseconds from now; gives the time of day for an answer. */
  #allow(ms: number): string {
    const now = this.#context.platform.now();
    this.dueAt = now + ms;
    return this.#context.date.at(now);
  }
}
