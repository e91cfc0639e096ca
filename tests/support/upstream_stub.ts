/**
 * Event handlers for tests: a well-behaved one that records what it gets and answers by script, and hostile ones that
 * speak raw TCP and break every promise of HTTP.
 */

/** One request as the handler got it. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly target: string;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Answers a request that is no validation. */
export type HandlerScript = (request: ReceivedRequest) => Response | Promise<Response>;

/** A local handler on a free port. Validations pass; other requests are answered by `script`. */
export class UpstreamStub implements AsyncDisposable {
  readonly requests: ReceivedRequest[] = [];
  script: HandlerScript;
  /** Answers OPTIONS and GET. */
  validate: HandlerScript = () =>
    new Response(null, { status: 200, headers: { "WebHook-Allowed-Origin": "*" } });
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #stop = new AbortController();

  constructor(script: HandlerScript = () => new Response(null, { status: 204 })) {
    this.script = script;
    this.#server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", signal: this.#stop.signal, onListen() {} },
      (request) => this.#answer(request),
    );
  }

  /** `http://127.0.0.1:port` */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** The events: everything but validations. */
  get events(): ReceivedRequest[] {
    return this.requests.filter((request) => request.method === "POST");
  }

  async #answer(request: Request): Promise<Response> {
    const { method, headers, url } = request;
    const body = new Uint8Array(await request.arrayBuffer());
    const target = url.slice(url.indexOf("/", "http://".length));
    const received = { method, target, headers, body };
    this.requests.push(received);
    return method === "POST" ? this.script(received) : this.validate(received);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Not `shutdown`: on Deno 2.4 it waits for idle connections.
    this.#stop.abort();
    await this.#server.finished;
  }
}

/** How a hostile handler treats an event. Validations pass, so that it gets one. */
export type Hostility =
  | "neverAnswers"
  | "status500"
  | "status429"
  | "redirects"
  | "declaresHugeBody"
  | "streamsHugeBody"
  | "wrongContentType"
  | "resets"
  | "halfHead"
  | "halfBody"
  | "oneByteAtATime"
  | "notHttp";

/** How much is streamed by `streamsHugeBody`, in bytes: more than any reader should take. */
const STREAMED_BYTES = 64 * 1024 * 1024;

const encoder = new TextEncoder();

/** A handler from hell on a free port. */
export class HostileUpstream implements AsyncDisposable {
  readonly #listener: Deno.TcpListener;
  readonly #connections = new Set<Deno.TcpConn>();
  readonly #timers = new Set<ReturnType<typeof setInterval>>();
  readonly #serving: Promise<void>;
  /** Events that came in, retries counted. */
  posts = 0;
  /** Bytes of streamed answers that were taken off our hands. */
  streamed = 0;

  /** `paceMs` is the pause between the bytes of `oneByteAtATime`. */
  constructor(readonly hostility: Hostility, readonly paceMs: number = 1000) {
    this.#listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
    this.#serving = this.#serve();
  }

  /** `http://127.0.0.1:port` */
  get url(): string {
    return `http://127.0.0.1:${(this.#listener.addr as Deno.NetAddr).port}`;
  }

  /** Connections that are open. */
  get connections(): number {
    return this.#connections.size;
  }

  async #serve(): Promise<void> {
    const running = new Set<Promise<void>>();
    try {
      for await (const connection of this.#listener) {
        this.#connections.add(connection);
        running.add(this.#converse(connection));
      }
    } catch (error) {
      if (!isClosed(error)) throw error;
    }
    await Promise.all(running);
  }

  async #converse(connection: Deno.TcpConn): Promise<void> {
    const reader = connection.readable.getReader({ mode: "byob" });
    let text = "";
    try {
      for (;;) {
        const size = this.hostility === "resets" ? 64 : 4096;
        const { value, done } = await reader.read(new Uint8Array(size));
        if (done || value === undefined) return;
        text += new TextDecoder("latin1").decode(value);
        if (this.hostility === "resets" && text.startsWith("POST")) {
          this.posts++;
          return; // closing a socket with unread bytes resets it
        }
        const end = text.indexOf("\r\n\r\n");
        if (end < 0) continue;
        const length = Number(/^content-length: (\d+)/im.exec(text.slice(0, end))?.[1] ?? "0");
        if (text.length < end + 4 + length) continue;
        const isValidation = !text.startsWith("POST");
        text = text.slice(end + 4 + length);
        if (isValidation) await this.#write(connection, 200, { "WebHook-Allowed-Origin": "*" }, "");
        else if (!await this.#abuse(connection)) return;
      }
    } catch (error) {
      if (!isClosed(error)) throw error;
    } finally {
      this.#close(connection);
    }
  }

  /** `false` when the connection is to be closed. */
  async #abuse(connection: Deno.TcpConn): Promise<boolean> {
    this.posts++;
    switch (this.hostility) {
      case "neverAnswers":
        return true;
      case "status500":
        await this.#write(connection, 500, {}, "internal secrets");
        return true;
      case "status429":
        await this.#write(connection, 429, { "Retry-After": "1" }, "");
        return true;
      case "redirects":
        await this.#write(connection, 302, { Location: `${this.url}/elsewhere?code=s3` }, "");
        return true;
      case "declaresHugeBody":
        await this.#raw(connection, "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nx");
        return true;
      case "streamsHugeBody": {
        await this.#raw(connection, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        const chunk = `10000\r\n${"x".repeat(0x10000)}\r\n`;
        for (; this.streamed < STREAMED_BYTES; this.streamed += 0x10000) {
          await this.#raw(connection, chunk);
        }
        return false;
      }
      case "wrongContentType":
        await this.#write(connection, 200, { "Content-Type": "text/html" }, "<p>hi");
        return true;
      case "resets": // has happened before the request was read
        return false;
      case "halfHead":
        await this.#raw(connection, "HTTP/1.1 200 OK\r\nContent-Ty");
        return false;
      case "halfBody":
        await this.#raw(connection, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
        return false;
      case "oneByteAtATime":
        await this.#raw(connection, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
        this.#trickle(connection);
        return true;
      case "notHttp":
        await this.#raw(connection, "220 mail.example.test ESMTP\r\n");
        return false;
    }
  }

  #trickle(connection: Deno.TcpConn): void {
    const timer = setInterval(() => {
      this.#raw(connection, "x").catch(() => {
        clearInterval(timer);
        this.#timers.delete(timer);
      });
    }, this.paceMs);
    this.#timers.add(timer);
  }

  #write(
    connection: Deno.TcpConn,
    status: number,
    headers: Record<string, string>,
    body: string,
  ): Promise<void> {
    const lines = Object.entries({ ...headers, "Content-Length": `${body.length}` });
    const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
    return this.#raw(connection, `HTTP/1.1 ${status} Status\r\n${head}\r\n${body}`);
  }

  async #raw(connection: Deno.TcpConn, text: string): Promise<void> {
    const bytes = encoder.encode(text);
    for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
  }

  #close(connection: Deno.TcpConn): void {
    if (!this.#connections.delete(connection)) return;
    try {
      connection.close();
    } catch (error) {
      if (!isClosed(error)) throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#listener.close();
    for (const connection of this.#connections) this.#close(connection);
    await this.#serving;
  }
}

function isClosed(error: unknown): boolean {
  return error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted ||
    error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe ||
    error instanceof Deno.errors.NotConnected || error instanceof TypeError;
}
