/**
 * A TCP proxy that cuts connections at chosen bytes: inside a frame, between frames, or inside the handshake.
 */
import { Buffer } from "node:buffer";

/** Where and how one connection is to be cut. */
export interface Cut {
  /** Whose bytes are counted: the client's (`up`) or the server's (`down`). */
  readonly direction: "up" | "down";
  /** Bytes that still pass. */
  readonly bytes: number;
  /** Counts from the end of the HTTP head, so that the handshake succeeds; else from the first byte. */
  readonly afterHead: boolean;
  /**
   * `both` ends both sides. `clientOnly` leaves the server's side open and silent, as a lost route does: the server
   * learns of it only when the client comes back.
   */
  readonly sides: "both" | "clientOnly";
}

/** Decides on every new connection; `undefined` lets it live. */
export type CutPlan = () => Cut | undefined;

const END_OF_HEAD = Buffer.from("\r\n\r\n");

/** One direction of one connection: counts what passes. */
class Meter {
  #past = 0;
  #tail: Buffer = Buffer.alloc(0);
  #headDone = false;

  /** How many bytes of `chunk` may pass before the cut; all of it when the cut is not reached. */
  allowance(chunk: Uint8Array, cut: Cut): number {
    let from = 0;
    if (cut.afterHead && !this.#headDone) {
      const seen = Buffer.concat([this.#tail, chunk]);
      const end = seen.indexOf(END_OF_HEAD);
      if (end < 0) {
        this.#tail = Buffer.from(seen.subarray(-3));
        return chunk.length;
      }
      this.#headDone = true;
      from = Math.max(0, end + 4 - this.#tail.length);
    }
    const left = cut.bytes - this.#past;
    const counted = chunk.length - from;
    this.#past += counted;
    return counted < left ? chunk.length : from + left;
  }
}

/** One client and its way to the server. */
class Link {
  readonly #client: Deno.TcpConn;
  readonly #server: Deno.TcpConn;
  readonly #cut: Cut | undefined;
  readonly #onCut: (cut: Cut | undefined) => void;
  /** The client's side is over; what still comes from the server is thrown away. */
  #over = false;
  readonly done: Promise<unknown>;

  constructor(
    client: Deno.TcpConn,
    server: Deno.TcpConn,
    cut: Cut | undefined,
    onCut: (cut: Cut | undefined) => void,
  ) {
    this.#client = client;
    this.#server = server;
    this.#cut = cut;
    this.#onCut = onCut;
    this.done = Promise.all([
      this.#forward(client, server, "up"),
      this.#forward(server, client, "down"),
    ]).finally(() => this.close());
  }

  /** Cuts the client off, now. */
  cut(by: Cut | undefined): void {
    if (this.#over) return;
    this.#over = true;
    close(this.#client);
    if (by?.sides !== "clientOnly") close(this.#server);
    this.#onCut(by);
  }

  /** Ends both sides without counting it as a cut. */
  close(): void {
    this.#over = true;
    close(this.#client);
    close(this.#server);
  }

  async #forward(from: Deno.TcpConn, to: Deno.TcpConn, direction: Cut["direction"]) {
    const meter = new Meter();
    const buffer = new Uint8Array(16 * 1024);
    try {
      while (true) {
        const length = await from.read(buffer);
        if (length === null) {
          if (!this.#over) await to.closeWrite();
          return;
        }
        if (this.#over) continue;
        const chunk = buffer.subarray(0, length);
        const cut = this.#cut?.direction === direction ? this.#cut : undefined;
        const allowed = cut === undefined ? length : meter.allowance(chunk, cut);
        for (let at = 0; at < allowed;) at += await to.write(chunk.subarray(at, allowed));
        if (allowed < length) this.cut(cut);
      }
    } catch (error) {
      if (!isClosed(error)) throw error;
      // One side has gone: by a cut, which left the other as it should be, or by itself.
      if (!this.#over) this.close();
    }
  }
}

/** Listens on a free port of the loopback and forwards to one server. */
export class ChaosProxy implements AsyncDisposable {
  readonly #listener: Deno.TcpListener;
  readonly #serving: Promise<void>;
  readonly #links = new Set<Link>();
  /** Consulted at each new connection. */
  plan: CutPlan = () => undefined;
  /** Called at each cut. */
  onCut: (cut: Cut | undefined) => void = () => {};

  /** Starts in front of the server that listens on that port of the loopback. */
  constructor(targetPort: number) {
    this.#listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
    this.#serving = this.#serve(targetPort);
  }

  /** Port of the proxy. */
  get port(): number {
    return (this.#listener.addr as Deno.NetAddr).port;
  }

  /** The same URL by way of the proxy. */
  through(url: string): string {
    const proxied = new URL(url);
    proxied.host = `127.0.0.1:${this.port}`;
    return proxied.href;
  }

  /** Cuts every connection now, both sides. */
  cutAll(): void {
    for (const link of [...this.#links]) link.cut(undefined);
  }

  async #serve(port: number): Promise<void> {
    const running = new Set<Promise<void>>();
    try {
      for await (const client of this.#listener) {
        const link = this.#connect(client, port).finally(() => running.delete(link));
        running.add(link);
      }
    } catch (error) {
      if (!isClosed(error)) throw error;
    }
    for (const link of this.#links) link.close();
    await Promise.all(running);
  }

  async #connect(client: Deno.TcpConn, port: number): Promise<void> {
    const server = await Deno.connect({ port, hostname: "127.0.0.1" });
    client.setNoDelay();
    server.setNoDelay();
    const link = new Link(client, server, this.plan(), (cut) => this.onCut(cut));
    this.#links.add(link);
    await link.done;
    this.#links.delete(link);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const link of this.#links) link.close();
    await this.#serving;
  }
}

function close(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch (error) {
    if (!isClosed(error)) throw error;
  }
}

function isClosed(error: unknown): boolean {
  return error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted ||
    error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe ||
    error instanceof Deno.errors.NotConnected || error instanceof Deno.errors.ConnectionAborted;
}
