/**
 * A TCP proxy that cuts connections at chosen bytes: inside a frame, between frames, or inside the handshake.
 */
import { Buffer } from "node:buffer";
import { once } from "node:events";
import net from "node:net";

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

/** Decides on every new connection; `undefined` lets it live. Asked again, with `at`, when a plan is armed late. */
export type CutPlan = () => Cut | undefined;

const END_OF_HEAD = Buffer.from("\r\n\r\n");

/** One direction of one connection: counts what passes. */
class Meter {
  #past = 0;
  #tail: Buffer = Buffer.alloc(0);
  #headDone = false;

  /** How many bytes of `chunk` may pass before the cut; all of it when the cut is not reached. */
  allowance(chunk: Buffer, cut: Cut): number {
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

/** Listens on a free port of the loopback and forwards to one server. */
export class ChaosProxy implements AsyncDisposable {
  readonly #server: net.Server;
  readonly #targetPort: number;
  readonly #sockets = new Set<net.Socket>();
  readonly #live = new Set<() => void>();
  /** Consulted at each new connection. */
  plan: CutPlan = () => undefined;
  /** Called at each cut. */
  onCut: (cut: Cut | undefined) => void = () => {};
  /** Connections accepted. */
  accepted = 0;

  private constructor(targetPort: number) {
    this.#targetPort = targetPort;
    this.#server = net.createServer((client) => this.#serve(client));
  }

  /** Starts a proxy in front of a server on the loopback. */
  static async start(targetPort: number): Promise<ChaosProxy> {
    const proxy = new ChaosProxy(targetPort);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  /** Port of the proxy. */
  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("the proxy is closed");
    return address.port;
  }

  /** The same URL by way of the proxy. */
  through(url: string): string {
    const proxied = new URL(url);
    proxied.host = `127.0.0.1:${this.port}`;
    return proxied.href;
  }

  /** Cuts every connection now, both sides. */
  cutAll(): void {
    for (const end of [...this.#live]) end();
  }

  #serve(client: net.Socket): void {
    this.accepted++;
    const server = net.connect(this.#targetPort, "127.0.0.1");
    const cut = this.plan();
    const both = [client, server] as const;
    for (const socket of both) {
      socket.setNoDelay(true);
      socket.on("error", () => {}); // the other side's "close" says it all
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    }
    let over = false;
    const end = (by: Cut | undefined) => {
      if (over) return;
      over = true;
      this.#live.delete(endNow);
      client.destroy();
      if (by?.sides !== "clientOnly") server.destroy();
      this.onCut(by);
    };
    const endNow = () => end(undefined);
    this.#live.add(endNow);
    const forward = (from: net.Socket, to: net.Socket, direction: Cut["direction"]) => {
      const meter = new Meter();
      from.on("data", (chunk: Buffer) => {
        if (over) return;
        if (cut?.direction !== direction) {
          to.write(chunk);
          return;
        }
        const allowed = meter.allowance(chunk, cut);
        if (allowed === chunk.length) {
          to.write(chunk);
          return;
        }
        // What passes is flushed before the end, or the cut would fall earlier than asked for.
        if (allowed > 0) to.write(chunk.subarray(0, allowed), () => end(cut));
        else end(cut);
        from.pause();
      });
      from.on("close", () => {
        if (over) return;
        over = true;
        this.#live.delete(endNow);
        to.destroy();
      });
      from.on("end", () => to.end());
    };
    forward(client, server, "up");
    forward(server, client, "down");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}
