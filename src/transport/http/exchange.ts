/**
 * One request and what its body has brought so far. Whoever answers reads it as plain data.
 */
import { Buffer } from "node:buffer";
import { MAX_EARLY_BYTES } from "../../limits.ts";
import { type BodyReader, bodyReader } from "./body_reader.ts";
import type { HeaderFields } from "./header_fields.ts";
import type { RequestHead } from "./request_head.ts";
import type { RequestFacts } from "./request_rules.ts";

/**
 * A body, whole; `tooLong` when it has more bytes than were wanted, `broken` when its end did not come or nobody can
 * tell where it is.
 */
export type HttpBody = Uint8Array | "tooLong" | "broken";

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

const NOTHING = new Uint8Array();

/** A request that is being read and answered. */
export class Exchange implements HttpRequest {
  readonly method: string;
  readonly target: string;
  readonly scheme = "http";
  readonly headers: HeaderFields;
  readonly keepAlive: boolean;
  /** Whether the client has to be told that the connection stays. */
  readonly isOld: boolean;
  readonly #reader: BodyReader;
  readonly #bodyWanted: () => void;
  readonly #keep = (data: Uint8Array) => this.#store(data);
  #data: Uint8Array = NOTHING;
  #length = 0;
  #limit = Infinity;
  #settle: ((body: HttpBody) => void) | undefined = undefined;
  #broken = false;

  /** @param bodyWanted is told when somebody waits for a body that is not there yet */
  constructor(
    head: RequestHead,
    facts: RequestFacts,
    headers: HeaderFields,
    bodyWanted: () => void,
  ) {
    this.method = head.method;
    this.target = facts.target;
    this.headers = headers;
    this.keepAlive = facts.keepAlive;
    this.isOld = head.version === "HTTP/1.0";
    this.#reader = bodyReader(facts.framing);
    this.#bodyWanted = bodyWanted;
  }

  /** Whether all of the body is read, so that the next byte is the next request's. */
  get isRead(): boolean {
    return this.#reader.state === "done";
  }

  /** Whether so much has come unasked that the rest should wait. */
  get isFull(): boolean {
    return this.#limit === Infinity && this.#length > MAX_EARLY_BYTES;
  }

  /** Bytes of the body; gives how many were its own. */
  push(bytes: Uint8Array): number {
    const taken = this.#reader.push(bytes, this.#keep);
    if (this.#reader.state === "broken") this.break();
    else if (this.isRead) this.#finish();
    return taken;
  }

  /** The rest of the body will not come. */
  break(): void {
    if (this.isRead) return;
    this.#broken = true;
    this.#finish();
  }

  body(limit: number): HttpBody | Promise<HttpBody> {
    this.#limit = limit;
    const body = this.#soFar();
    if (body !== undefined) return body;
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.#bodyWanted();
    });
  }

  #soFar(): HttpBody | undefined {
    if (this.#length > this.#limit) {
      this.#data = NOTHING;
      return "tooLong";
    }
    if (this.#broken) return "broken";
    return this.isRead ? compact(this.#data.subarray(0, this.#length)) : undefined;
  }

  #finish(): void {
    const settle = this.#settle;
    const body = settle === undefined ? undefined : this.#soFar();
    if (body === undefined) return;
    this.#settle = undefined;
    settle?.(body);
  }

  /** Memory follows the bytes that came, whatever length was declared. */
  #store(data: Uint8Array): void {
    const needed = this.#length + data.length;
    if (needed > this.#limit) {
      this.#length = needed;
      return this.#finish();
    }
    if (this.#length === 0) this.#data = data;
    else {
      // The first piece is a view of what the socket gave, and never has room.
      if (needed > this.#data.length) {
        const grown = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#length));
        grown.set(this.#data.subarray(0, this.#length));
        this.#data = grown;
      }
      this.#data.set(data, this.#length);
    }
    this.#length = needed;
  }
}

/** A message may be kept for long: it must not keep a request that is much larger than itself. */
function compact(body: Uint8Array): Uint8Array {
  return 2 * body.length < body.buffer.byteLength ? new Uint8Array(body) : body;
}
