/**
 * The batching transport: our own HTTP over TCP sockets. WebSocket upgrades on client paths are handshaken and framed by
 * us, so that writes can be joined; every other request is answered in this process.
 */
import net from "node:net";
import { errorFields } from "../errors.ts";
import { LISTEN_BACKLOG } from "../limits.ts";
import type { Log } from "../ports.ts";
import { Arrivals } from "./arrivals.ts";
import { accept, type AcceptContext, type Accepted, isForClients } from "./accept.ts";
import { type BatchingContext, BatchingSocket } from "./batching_socket.ts";
import type { BodyRoom } from "./http/body_room.ts";
import { BodyTurns } from "./http/body_turns.ts";
import { HttpConnection, type HttpContext, type UpgradeHead } from "./http/connection.ts";
import { Connections } from "./http/connections.ts";
import { RepeatedResponse } from "./http/repeated_response.ts";
import { RequestTurns } from "./http/request_turns.ts";
import { HttpDate, plainText } from "./http/response.ts";
import { type GuardContext, ListenerGuard } from "./listener_guard.ts";
import { switchingProtocols } from "./websocket_handshake.ts";

/** What the batching transport needs. */
export interface BatchingFrontContext extends AcceptContext, BatchingContext, GuardContext {
  readonly log: Log;
  /** Seconds between two pings to a silent client. */
  keepAliveSeconds(hub: string): number;
  /** Answers what is not for clients. */
  readonly answer: HttpContext["answer"];
  /** What bodies of requests take their bytes from. */
  readonly room: BodyRoom;
}

/** Unread at first: {@linkcode Arrivals} says when it begins. */
const OPTIONS = { noDelay: true, allowHalfOpen: true, pauseOnConnect: true };

/** Listens for clients and for everybody else. */
export class BatchingFront {
  readonly #context: BatchingFrontContext;
  readonly #server: net.Server;
  readonly #guard: ListenerGuard;
  /** Takes what goes wrong with the listener. */
  #onError: (error: Error) => void = () => {};
  #address = { host: "", port: 0, backlog: LISTEN_BACKLOG };
  /** Connections that are no clients of hubs; those are closed by the hub. */
  readonly #connections: Connections;

  constructor(context: BatchingFrontContext) {
    this.#context = context;
    this.#connections = new Connections(context.platform);
    const http: HttpContext = {
      platform: context.platform,
      connections: this.#connections,
      date: new HttpDate(),
      answers: new RepeatedResponse(),
      room: context.room,
      turns: new BodyTurns(context.platform, context.room),
      requestTurns: new RequestTurns(context.platform),
      isStopping: () => context.isStopping(),
      isUpgrade: ({ target }) => isForClients(target, context.endpoints),
      upgrade: (connection, request) => void this.#serve(connection, request),
      answer: context.answer,
      failed: (error) => this.#failed("Connection failed", error),
    };
    const arrivals = new Arrivals(context.platform);
    this.#server = net.createServer(OPTIONS, (socket) => {
      socket.on("error", ignoreError);
      if (!context.descriptors.admit(socket)) return this.#guard.shut();
      new HttpConnection(socket, http);
      arrivals.take(socket);
    });
    this.#server.on("error", (error) => this.#onError(error));
    this.#guard = new ListenerGuard(context, {
      shut: () => void this.#server.close(),
      open: () => this.#listen(),
    });
  }

  /**
   * Opens the port; gives its number.
   *
   * @throws Deno.errors.AddrInUse when it is taken
   */
  async listen(hostname: string, port: number): Promise<number> {
    this.#address = { host: hostname, port, backlog: LISTEN_BACKLOG };
    await this.#listen();
    return this.#address.port;
  }

  async #listen(): Promise<void> {
    const server = this.#server;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#onError = (error: Error & { code?: string }) => {
      reject(error.code === "EADDRINUSE" ? new Deno.errors.AddrInUse(error.message) : error);
    };
    server.listen(this.#address, resolve);
    await promise;
    this.#onError = (error) => this.#guard.shut(error);
    const address = server.address();
    if (typeof address === "object" && address !== null) this.#address.port = address.port;
    this.#guard.watch();
  }

  /** Takes no more connections, and ends those that are no clients of hubs; resolves when they have ended. */
  close(): Promise<void> {
    this.#guard.stop();
    this.#server.close();
    return this.#connections.stop();
  }

  async #serve(connection: HttpConnection, request: UpgradeHead): Promise<void> {
    const { socket } = connection;
    const { method } = request;
    const whenGone = (task: () => void) => {
      socket.once("close", task);
      return () => socket.off("close", task);
    };
    try {
      const decision = await accept({ ...request, whenGone }, this.#context);
      if (decision.kind === "accepted") return this.#begin(connection, decision);
      const { status, message, headers } = decision;
      connection.refuse(plainText(status, message, headers), method);
    } catch (error) {
      this.#failed("Handshake failed", error);
      connection.refuse(plainText(500, "Internal server error"), method);
    }
  }

  #begin(connection: HttpConnection, { key, hub, welcome }: Accepted): void {
    const early = connection.handOver();
    const seconds = this.#context.keepAliveSeconds(hub);
    const client = new BatchingSocket(connection.socket, seconds, this.#context);
    try {
      welcome.start(client);
    } catch (error) {
      // Nobody listens to the client yet: without a close it would stay, and be heard by nobody.
      this.#failed("Handshake failed", error);
      client.close(1011, "Internal server error");
    }
    client.start(switchingProtocols(key, welcome.answer), early);
  }

  #failed(what: string, error: unknown): void {
    this.#context.log.error(what, errorFields(error));
  }
}

/** What goes wrong on a socket shows as its close. */
function ignoreError(): void {}
