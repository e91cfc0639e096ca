/**
 * The batching transport: a front that reads one request head. WebSocket upgrades on client paths are handshaken and
 * framed by us, so that writes can be joined; everything else is spliced to the inner HTTP server.
 */
import net from "node:net";
import type { Hubs } from "../hub/hubs.ts";
import { REQUEST_HEAD_MS } from "../limits.ts";
import { accept, type AcceptContext, type Decision } from "./accept.ts";
import { type BatchingContext, BatchingSocket } from "./batching_socket.ts";
import { isClientTarget } from "./client_url.ts";
import { findReturning, serveNew, serveReturning } from "./client.ts";
import { type Greeted, Greeting } from "./greeting.ts";
import { headersOf, type HeadRefusal, type RequestHead } from "./request_head.ts";
import { asksForWebSocket } from "./upgrade.ts";
import { plainAnswer, switchingProtocols } from "./websocket_handshake.ts";

/** What the batching transport needs. */
export interface BatchingFrontContext extends AcceptContext, BatchingContext {
  readonly hubs: Hubs;
  /** Seconds between two pings to a silent client. */
  keepAliveSeconds(hub: string): number;
}

/** Listens for clients and for everybody else. */
export class BatchingFront {
  readonly #context: BatchingFrontContext;
  readonly #innerPort: number;
  readonly #server: net.Server;
  /** Spliced and unfinished connections; clients of hubs are closed by the hub. */
  readonly #others: Others = new Set();
  readonly #forget = forgetter(this.#others);
  readonly #greeted: Greeted = (greeting, head) => void this.#serve(greeting, head);

  /** @param innerPort port of the inner HTTP server on 127.0.0.1 */
  constructor(context: BatchingFrontContext, innerPort: number) {
    this.#context = context;
    this.#innerPort = innerPort;
    this.#server = net.createServer(
      { noDelay: true, allowHalfOpen: true },
      (socket) => this.#greet(socket),
    );
  }

  /**
   * Opens the port; gives its number.
   *
   * @throws Deno.errors.AddrInUse when it is taken
   */
  listen(hostname: string, port: number): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    this.#server.once("error", (error: Error & { code?: string }) => {
      reject(error.code === "EADDRINUSE" ? new Deno.errors.AddrInUse(error.message) : error);
    });
    this.#server.listen({ host: hostname, port, backlog: 4096 }, () => {
      const address = this.#server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
    return promise;
  }

  /** Takes no more connections, and ends those that are no clients of hubs. */
  close(): void {
    this.#server.close();
    for (const socket of this.#others) socket.destroy();
  }

  #greet(socket: net.Socket): void {
    this.#others.add(socket);
    socket.on("error", ignoreError);
    socket.on("close", this.#forget);
    new Greeting(socket, this.#context.platform, this.#greeted);
  }

  async #serve(greeting: Greeting, head: RequestHead | HeadRefusal): Promise<void> {
    const { socket } = greeting;
    if (head.kind === "refused") {
      return this.#refuse(greeting, plainAnswer(head.status, head.message));
    }
    const headers = isClientTarget(head.target) ? headersOf(head) : undefined;
    if (headers === undefined || !asksForWebSocket(headers)) {
      greeting.handOver();
      return this.#splice(socket, head.bytes);
    }
    try {
      const decision = await accept({
        method: head.method,
        version: head.version,
        target: head.target,
        headers,
        whenGone: (task) => {
          socket.once("close", task);
          return () => socket.off("close", task);
        },
      }, this.#context);
      this.#carryOut(greeting, head, decision);
    } catch (error) {
      this.#context.hubs.context.log.error("handshake failed", { error: String(error) });
      this.#refuse(greeting, plainAnswer(500, "Internal server error"));
    }
  }

  #carryOut(greeting: Greeting, head: RequestHead, decision: Decision): void {
    const { hubs } = this.#context;
    const { socket } = greeting;
    switch (decision.kind) {
      case "refused": {
        const { status, message, headers } = decision;
        return this.#refuse(greeting, plainAnswer(status, message, headers));
      }
      case "accepted": {
        const client = this.#client(socket, decision.admission.identity.hub);
        serveNew(hubs, decision.admission, client);
        return this.#start(
          greeting,
          client,
          switchingProtocols(decision.key, decision.answer),
          head,
        );
      }
      case "recovery": {
        const { connection, answer } = findReturning(hubs, decision);
        const client = this.#client(socket, decision.hub);
        serveReturning(hubs, connection, client);
        this.#start(greeting, client, switchingProtocols(decision.key, answer), head);
      }
    }
  }

  #client(socket: net.Socket, hub: string): BatchingSocket {
    this.#others.delete(socket);
    socket.off("close", this.#forget);
    return new BatchingSocket(socket, this.#context.keepAliveSeconds(hub), this.#context);
  }

  /** The 101 goes out before the batch that holds `connected`: that is flushed at the end of the turn. */
  #start(greeting: Greeting, client: BatchingSocket, answer: Uint8Array, head: RequestHead): void {
    greeting.socket.write(answer);
    client.start([head.bytes.subarray(head.length), ...greeting.handOver()]);
  }

  /** A plain answer, and a time to read it: who has sent more than was read would else lose it to a reset. */
  #refuse(greeting: Greeting, answer: Uint8Array): void {
    const { socket } = greeting;
    greeting.handOver();
    if (socket.destroyed) return;
    socket.resume();
    socket.end(answer);
    const cancel = this.#context.platform.after(REQUEST_HEAD_MS, () => socket.destroy());
    socket.once("close", cancel);
  }

  #splice(socket: net.Socket, first: Uint8Array): void {
    const inner = net.connect({ port: this.#innerPort, host: "127.0.0.1", noDelay: true });
    inner.on("error", () => {});
    inner.once("close", () => socket.destroySoon());
    socket.once("close", () => inner.destroy());
    inner.write(first);
    socket.on("data", (chunk: Uint8Array) => {
      if (!inner.write(chunk)) socket.pause();
    });
    inner.on("drain", () => socket.resume());
    inner.on("data", (chunk: Uint8Array) => {
      if (!socket.write(chunk)) inner.pause();
    });
    socket.on("drain", () => inner.resume());
    socket.on("end", () => inner.end());
    inner.on("end", () => socket.end());
  }
}

type Others = Set<net.Socket>;

/** A listener for the close of any socket: one for all, because an open connection is mostly what its socket holds. */
function forgetter(others: Others): (this: net.Socket) => void {
  return function () {
    others.delete(this);
  };
}

/** What goes wrong on a socket shows as its close. */
function ignoreError(): void {}
