/**
 * HTTP/1.1 on a bare socket: sends targets, headers and bodies that `fetch` would tidy up or refuse, several on one
 * connection, and shows the answers byte by byte.
 */
import { Buffer } from "node:buffer";
import { once } from "node:events";
import net from "node:net";
import { inSeconds, signToken } from "../support/rest_client.ts";

/** Longest wait for an answer, in milliseconds; a test that reaches it has failed. */
const DEADLINE_MS = 10_000;

/** An answer as it came. */
export interface RawAnswer {
  readonly status: number;
  /** Status line and header lines, without the line `date`. */
  readonly head: string;
  /** Values by lower-case name; repeated ones joined by `, `. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** What is needed to reach a server. */
export interface Reachable {
  readonly endpoint: string;
  readonly accessKey: string;
}

/** What a call may have besides method and target. */
export interface RawInit {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Bodies without a length: sent as these chunks. */
  readonly chunks?: readonly string[];
  /** `null`: no token; otherwise in place of the right one. */
  readonly token?: string | null;
}

/** A keep-alive connection. */
export class RawHttp implements Disposable {
  readonly #socket: net.Socket;
  readonly #server: Reachable;
  #buffer: Buffer = Buffer.alloc(0);
  #ended = false;
  #wake: (() => void) | undefined;

  private constructor(socket: net.Socket, server: Reachable) {
    this.#socket = socket;
    this.#server = server;
    socket.on("error", () => {});
    socket.on("data", (chunk: Buffer) => {
      this.#buffer = Buffer.concat([this.#buffer, chunk]);
      this.#wake?.();
    });
    socket.on("close", () => {
      this.#ended = true;
      this.#wake?.();
    });
  }

  /** Connects to the port of the server's own listener. */
  static async open(server: Reachable, port = new URL(server.endpoint).port): Promise<RawHttp> {
    const socket = net.connect(Number(port), "127.0.0.1");
    await once(socket, "connect");
    socket.setNoDelay(true);
    return new RawHttp(socket, server);
  }

  /** Whether the server has closed the connection. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Sends bytes as they are. */
  write(bytes: string | Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** Sends no more, and goes on reading. */
  leave(): void {
    this.#socket.end();
  }

  /** Sends one call and waits for its answer. */
  call(method: string, target: string, init: RawInit = {}): Promise<RawAnswer> {
    this.write(requestBytes(this.#server, method, target, init));
    return this.answer(method);
  }

  /** The next answer; `method` decides whether it has a body. */
  async answer(method: string): Promise<RawAnswer> {
    const end = await this.#find("\r\n\r\n");
    const head = this.#take(end, 4).toString("latin1");
    const [statusLine = "", ...lines] = head.split("\r\n");
    const headers = new Map<string, string>();
    for (const line of lines) {
      const colon = line.indexOf(":");
      const name = line.slice(0, colon).toLowerCase();
      const value = line.slice(colon + 1).trim();
      headers.set(name, headers.has(name) ? `${headers.get(name)}, ${value}` : value);
    }
    const status = Number(statusLine.split(" ")[1]);
    const shown = [statusLine, ...lines.filter((line) => !/^date:/i.test(line))].join("\r\n");
    const body = method === "HEAD" || status === 204 ? "" : await this.#body(headers);
    return { status, head: shown, headers, body };
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  async #body(headers: ReadonlyMap<string, string>): Promise<string> {
    if (headers.get("transfer-encoding") === "chunked") {
      let body = "";
      while (true) {
        const size = parseInt(this.#take(await this.#find("\r\n"), 2).toString(), 16);
        while (this.#buffer.length < size + 2) await this.#more();
        body += this.#take(size, 2).toString();
        if (size === 0) return body;
      }
    }
    const length = Number(headers.get("content-length") ?? 0);
    while (this.#buffer.length < length) await this.#more();
    return this.#take(length, 0).toString();
  }

  async #find(mark: string): Promise<number> {
    while (true) {
      const at = this.#buffer.indexOf(mark);
      if (at >= 0) return at;
      await this.#more();
    }
  }

  #take(length: number, behind: number): Buffer {
    const taken = this.#buffer.subarray(0, length);
    this.#buffer = this.#buffer.subarray(length + behind);
    return taken;
  }

  async #more(): Promise<void> {
    if (this.#ended) throw new Error("the server closed the connection before its answer ended");
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(() => reject(new Error("no answer in time")), DEADLINE_MS);
    this.#wake = resolve;
    await promise.finally(() => clearTimeout(timer));
  }
}

/** One call on a connection of its own. */
export async function raw(
  server: Reachable,
  method: string,
  target: string,
  init: RawInit = {},
): Promise<RawAnswer> {
  using http = await RawHttp.open(server);
  return await http.call(method, target, init);
}

/** The bytes of a request, with a token for its path unless another is given. */
export function requestBytes(
  server: Reachable,
  method: string,
  target: string,
  { headers = {}, body, chunks, token }: RawInit = {},
): Uint8Array {
  const bearer = token === undefined ? tokenFor(server, target) : token;
  const bytes = Buffer.from(body ?? "");
  const given = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  const lines = [`${method} ${target} HTTP/1.1`];
  if (!given.has("host")) lines.push(`Host: ${new URL(server.endpoint).host}`);
  if (bearer !== null) lines.push(`Authorization: Bearer ${bearer}`);
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  if (chunks !== undefined) lines.push("Transfer-Encoding: chunked");
  else if (!given.has("content-length") && (bytes.length > 0 || method === "POST")) {
    lines.push(`Content-Length: ${bytes.length}`);
  }
  const parts: Uint8Array[] = [Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), bytes];
  for (const chunk of chunks ?? []) {
    parts.push(Buffer.from(`${Buffer.byteLength(chunk).toString(16)}\r\n${chunk}\r\n`));
  }
  if (chunks !== undefined) parts.push(Buffer.from("0\r\n\r\n"));
  return Buffer.concat(parts);
}

/** A REST token for the path of `target`. */
export function tokenFor(server: Reachable, target: string): string {
  return signToken({ aud: server.endpoint + target, exp: inSeconds(60) }, server.accessKey);
}
