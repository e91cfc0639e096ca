/**
 * One request and what its body has brought so far. Whoever answers reads it as plain data.
 */
import { MAX_EARLY_BYTES, MAX_REST_BODY_BYTES } from "../../limits.ts";
import { type BodyReader, bodyReader } from "./body_reader.ts";
import { BodyBytes } from "./body_bytes.ts";
import type { BodyRoom } from "./body_room.ts";
import type { HeaderFields } from "./header_fields.ts";
import { freeBytes } from "../../bytes.ts";
import type { RequestHead } from "./request_head.ts";
import type { RequestFacts } from "./request_rules.ts";

/** Why there is no body. */
export type NoBody =
  /** It has more bytes than were wanted. */
  | "tooLong"
  /** Its end did not come, or nobody can tell where it is. */
  | "broken"
  /** The client took too long. */
  | "tooSlow"
  /** The server holds too many bytes of other bodies. */
  | "noRoom";

/** A body, whole, or why there is none. Its buffer may hold more: who keeps it for longer takes `ownBytes` of it. */
export type HttpBody = Uint8Array | NoBody;

/** A request as plain data. */
export interface HttpRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly target: string;
  readonly scheme: "http" | "https";
  readonly headers: HeaderFields;
  /** Reads the body; at once when it is there. To be called once. */
  body(limit: number): HttpBody | Promise<HttpBody>;
}

/** A request that is being read and answered. */
export class Exchange implements HttpRequest {
  readonly method: string;
  readonly target: string;
  readonly scheme = "http";
  readonly headers: HeaderFields;
  readonly keepAlive: boolean;
  /** Whether the client has to be told that the connection stays. */
  readonly isOld: boolean;
  /** Whether it has its answer; the rest of its body is read and thrown away. */
  isAnswered = false;
  readonly #reader: BodyReader;
  readonly #bytes: BodyBytes;
  readonly #declared: number;
  readonly #bodyWanted: () => void;
  readonly #keep = (data: Uint8Array) => this.#store(data);
  #limit = Infinity;
  #settle: ((body: HttpBody) => void) | undefined = undefined;
  #missing: NoBody | undefined = undefined;

  /**
   * @param room what all bodies share; {@linkcode end} gives back what this one took
   * @param bodyWanted is told when somebody waits for a body that is not there yet
   */
  constructor(
    head: RequestHead,
    facts: RequestFacts,
    headers: HeaderFields,
    room: BodyRoom,
    bodyWanted: () => void,
  ) {
    this.method = head.method;
    this.target = facts.target;
    this.headers = headers;
    this.keepAlive = facts.keepAlive;
    this.isOld = head.version === "HTTP/1.0";
    this.#reader = bodyReader(facts.framing);
    this.#declared = facts.framing === "chunked" ? Infinity : facts.framing;
    this.#bytes = new BodyBytes(room, this.#declared);
    this.#bodyWanted = bodyWanted;
  }

  /** Whether all of the body is read, so that the next byte is the next request's. */
  get isRead(): boolean {
    return this.#reader.state === "done";
  }

  /** Whether somebody waits, or may come to wait, for more of the body. */
  get mayStillCome(): boolean {
    return !this.isRead && !this.isAnswered && this.#missing === undefined;
  }

  /** Whether the rest of the body comes, and is short enough to be read for nothing. */
  get endsSoon(): boolean {
    return this.#declared <= MAX_REST_BODY_BYTES && this.#missing !== "broken" &&
      this.#missing !== "tooSlow";
  }

  /** Whether nobody has asked for the body yet. */
  get isUnasked(): boolean {
    return this.#limit === Infinity && !this.isAnswered;
  }

  /** Whether so much has come unasked that the rest should wait. */
  get isFull(): boolean {
    return this.isUnasked && this.#bytes.length > MAX_EARLY_BYTES;
  }

  /** Bytes of the body, which may be gone afterwards; gives how many were its own. */
  push(bytes: Uint8Array): number {
    const taken = this.#reader.push(bytes, this.#keep);
    if (this.#reader.state === "broken") this.break("broken");
    else if (this.isRead) this.#finish();
    return taken;
  }

  /** Takes room for a whole body that somebody waits for; `false` when there is none now. */
  reserve(): boolean {
    return !this.mayStillCome || this.isUnasked || this.#bytes.reserve();
  }

  /** The rest of the body will not come. */
  break(why: NoBody): void {
    if (!this.isRead) this.#fail(why);
  }

  /** The answer is out, or nobody is left to take it: no byte of the body is wanted any more. */
  end(): void {
    this.isAnswered = true;
    this.#bytes.drop();
  }

  body(limit: number): HttpBody | Promise<HttpBody> {
    this.#limit = limit;
    if (this.#bytes.length > limit) this.#fail("tooLong");
    const body = this.#soFar();
    if (body !== undefined) return body;
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.#bodyWanted();
    });
  }

  #soFar(): HttpBody | undefined {
    if (this.#missing !== undefined) return this.#missing;
    return this.isRead ? this.#bytes.bytes : undefined;
  }

  #finish(): void {
    const settle = this.#settle;
    const body = settle === undefined ? undefined : this.#soFar();
    if (body === undefined) return;
    this.#settle = undefined;
    settle?.(body);
  }

  #fail(why: NoBody): void {
    this.#missing ??= why;
    this.#bytes.drop();
    this.#finish();
  }

  #store(data: Uint8Array): void {
    if (this.#missing !== undefined || this.isAnswered) return freeBytes(data);
    if (this.#bytes.length + data.length > this.#limit) return this.#fail("tooLong");
    if (!this.#bytes.add(data, this.isRead)) this.#fail("noRoom");
  }
}
