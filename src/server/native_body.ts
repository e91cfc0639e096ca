/**
 * The body of one request of the runtime's HTTP server, read within our own bounds: the runtime has none for time, and
 * reserves the whole declared length for the first byte.
 */
import {
  BODY_GRACE_MS,
  LINGER_MS,
  MAX_PLAIN_READ_BYTES,
  MIN_BODY_RATE,
  NATIVE_LINGER_BYTES,
  NATIVE_READ_BYTES,
  REST_HOLD_MS,
} from "../limits.ts";
import { freeBytes } from "../bytes.ts";
import type { Platform } from "../platform.ts";
import type { RestBody, RestResponse } from "../rest/request.ts";
import { BodyBytes } from "../transport/http/body_bytes.ts";
import { BodyPace } from "../transport/http/body_pace.ts";
import type { BodyRoom } from "../transport/http/body_room.ts";
import type { Connections, Timed } from "../transport/http/connections.ts";

/** What bodies of one listener share. */
export interface NativeBodies {
  readonly platform: Platform;
  readonly room: BodyRoom;
  /** Looks after those that are waited for. */
  readonly waiting: Connections;
}

/** Why an answer breaks off on purpose: no fault of ours. */
export class CutOff extends Error {
  override readonly name = "CutOff";
}

/**
 * Reads a stream in pieces of a size, where it can: a body that came with its head is not such a stream, and chunks that
 * make no sense would be waited for for ever.
 */
interface SizedReader extends Pick<ReadableStreamDefaultReader, "cancel" | "releaseLock"> {
  read(size: number): Promise<Uint8Array | undefined>;
}

function sizedReader(stream: ReadableStream<Uint8Array>, hasLength: boolean): SizedReader {
  const [reader, read] = readOf(stream, hasLength);
  return {
    read: async (size) => (await read(size)).value,
    cancel: () => reader.cancel(),
    releaseLock: () => reader.releaseLock(),
  };
}

function readOf(stream: ReadableStream<Uint8Array>, hasLength: boolean) {
  const sized = hasLength ? byobReader(stream) : undefined;
  if (sized !== undefined) {
    return [sized, (size: number) => sized.read(new Uint8Array(size))] as const;
  }
  const reader = stream.getReader();
  return [reader, () => reader.read()] as const;
}

function byobReader(stream: ReadableStream<Uint8Array>): ReadableStreamBYOBReader | undefined {
  try {
    return stream.getReader({ mode: "byob" });
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** A body, and the answer that ends its request. */
export class NativeBody implements Timed {
  readonly #request: Request;
  readonly #shared: NativeBodies;
  readonly #length: string | null;
  readonly #bytes: BodyBytes;
  #state: "unread" | "read" | "tooSlow" = "unread";
  #onLate: () => void = () => {};
  dueAt = Infinity;

  constructor(request: Request, shared: NativeBodies) {
    this.#request = request;
    this.#shared = shared;
    this.#length = request.headers.get("content-length");
    this.#bytes = new BodyBytes(shared.room, this.#declared);
  }

  get #declared(): number {
    return this.#length === null ? Infinity : Number(this.#length);
  }

  /** Reads it; to be called once. */
  async read(limit: number): Promise<RestBody> {
    if (this.#length !== null && this.#declared > limit) return "tooLong";
    const { waiting } = this.#shared;
    waiting.add(this);
    try {
      const body = await (this.#declared <= MAX_PLAIN_READ_BYTES
        ? this.#readPlainly()
        : this.#readStream(limit));
      if (body !== "tooLong" && body !== "noRoom" && body !== "tooSlow") {
        this.#state = "read";
      }
      return body;
    } catch {
      // The client has left, or its chunks make no sense: whatever the runtime calls it, there is no body.
      this.#state = "read";
      return "broken";
    } finally {
      waiting.remove(this);
    }
  }

  expire(): void {
    this.dueAt = Infinity;
    this.#state = "tooSlow";
    this.#onLate();
  }

  /** The runtime waits for requests in work by itself. */
  stop(): void {}

  /** `request.body` would make a stream, which costs more than all the rest of a small call. */
  async #readPlainly(): Promise<RestBody> {
    this.dueAt = this.#shared.platform.now() +
      Math.max(BODY_GRACE_MS, this.#declared * 1000 / MIN_BODY_RATE);
    const late = new Promise<"tooSlow">((resolve) => this.#onLate = () => resolve("tooSlow"));
    const bytes = await Promise.race([this.#request.bytes(), late]);
    if (typeof bytes !== "string" && !this.#bytes.add(bytes, true)) return "noRoom";
    return bytes;
  }

  async #readStream(limit: number): Promise<RestBody> {
    const stream = this.#request.body;
    if (stream === null) return new Uint8Array();
    const reader = sizedReader(stream, this.#length !== null);
    this.#onLate = () => void reader.cancel().catch(() => {});
    const { platform } = this.#shared;
    const pace = new BodyPace(platform.now());
    for (;;) {
      this.dueAt = pace.dueAt;
      const size = Math.min(
        NATIVE_READ_BYTES.most,
        Math.max(NATIVE_READ_BYTES.first, this.#bytes.length),
      );
      const value = await reader.read(size);
      if (this.#state === "tooSlow") return "tooSlow";
      if (value === undefined || value.length === 0) return this.#bytes.bytes;
      pace.took(value.length, platform.now());
      if (this.#bytes.length > 0 && !(await this.#hasRoom(pace))) {
        reader.releaseLock();
        return "noRoom";
      }
      const isTooLong = this.#bytes.length + value.length > limit;
      if (isTooLong || !this.#bytes.add(value, false)) {
        reader.releaseLock();
        return isTooLong ? "tooLong" : "noRoom";
      }
    }
  }

  /** Waits, within a time, until there is room for the whole body. */
  #hasRoom(pace: BodyPace): boolean | Promise<boolean> {
    if (this.#bytes.reserve()) return true;
    const { platform, room } = this.#shared;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    pace.hold(platform.now());
    this.dueAt = pace.dueAt;
    const end = (hasRoom: boolean) => {
      cancel();
      forget();
      pace.goOn(platform.now());
      resolve(hasRoom);
    };
    const cancel = platform.after(REST_HOLD_MS, () => end(false));
    const forget = room.onGiven(() => {
      if (this.#bytes.reserve()) end(true);
    });
    return promise;
  }

  /** The answer. */
  answer({ status, headers, body }: RestResponse): Response {
    this.#bytes.drop();
    const goesOn = this.#state === "unread" && this.#request.headers.has("transfer-encoding");
    return new Response(goesOn ? this.#answerThatCuts(body ?? "") : body ?? null, {
      status,
      headers,
    });
  }

  /**
   * The runtime would read chunks for as long as they come. It cuts a connection only when an answer breaks off, so the
   * whole text goes out and its end waits for the end of the body: the client has read what there is to know. A declared
   * length is not worth that: some clients send nothing before they have read the whole answer.
   */
  #answerThatCuts(text: string): ReadableStream<Uint8Array> {
    const { platform } = this.#shared;
    let cancel = () => {};
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        controller.enqueue(new TextEncoder().encode(text));
        const cut = () => controller.error(new CutOff("The request body did not end"));
        // A client that waits for the end of the answer gets it.
        cancel = platform.after(LINGER_MS, () => controller.close());
        void this.#readRest().then((isOver) => {
          cancel();
          if (isOver) controller.close();
          else cut();
        }).catch(() => cancel());
      },
      cancel: () => cancel(),
    });
  }

  /** Whether the body ended before too much of it came. */
  async #readRest(): Promise<boolean> {
    const reader = this.#request.body?.getReader();
    let left = NATIVE_LINGER_BYTES;
    while (reader !== undefined && left >= 0) {
      const { value } = await reader.read();
      if (value === undefined) return true;
      left -= value.length;
      freeBytes(value);
    }
    // A read that is under way would keep the connection open.
    await reader?.cancel();
    return reader === undefined;
  }
}
