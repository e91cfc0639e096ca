/**
 * Joins a client's socket to its connection in the hub.
 */
import { type End, ENDS } from "../ends.ts";
import { closedByClient, cutOff, depart, failConnection } from "../hub/close.ts";
import { type Admission, announce, connect, recover } from "../hub/connect.ts";
import type { ClientSocket, SocketEvents } from "../hub/client_socket.ts";
import type { Hub } from "../hub/hub.ts";
import type { Hubs } from "../hub/hubs.ts";
import type { Connection } from "../session/connection.ts";
import { receive } from "./receive.ts";

const VIOLATIONS: Readonly<Record<1002 | 1007 | 1009, End>> = {
  1002: "framingViolated",
  1007: "malformedFrame",
  1009: "messageTooLarge",
};

/** Listens to one socket of a connection. */
class Client implements SocketEvents {
  readonly #hub: Hub;
  readonly #connection: Connection;
  readonly #socket: ClientSocket;
  readonly #isNew: boolean;

  constructor(hub: Hub, connection: Connection, socket: ClientSocket, isNew: boolean) {
    this.#hub = hub;
    this.#connection = connection;
    this.#socket = socket;
    this.#isNew = isNew;
  }

  opened(): void {
    if (this.#isNew && this.#connection.phase === "open") announce(this.#hub, this.#connection);
  }

  message(data: string | Uint8Array): void {
    receive(this.#hub, this.#connection, this.#socket, data);
  }

  closed(code: number, reason: string): void {
    closedByClient(this.#hub, this.#connection, this.#socket, code, reason);
  }

  broken(): void {
    cutOff(this.#hub, this.#connection, this.#socket);
  }

  violated(code: 1002 | 1007 | 1009, detail: string): void {
    if (!this.#connection.isServedBy(this.#socket)) return;
    depart(this.#hub, this.#connection, VIOLATIONS[code], { log: { problem: detail } });
  }

  stuck(bufferedBytes: number): void {
    if (!this.#connection.isServedBy(this.#socket)) return;
    depart(this.#hub, this.#connection, "slowConsumer", { log: { bufferedBytes } });
    // A reliable client is away now: the socket that stands still is of no use to it.
    if (this.#connection.phase === "away") this.#socket.drop();
  }

  behind(): void {
    if (!this.#connection.isServedBy(this.#socket)) return;
    this.#hub.congestion.queueHigh(this.#connection);
  }

  caughtUp(): void {
    if (!this.#connection.isServedBy(this.#socket)) return;
    this.#hub.congestion.queueLow(this.#connection);
  }

  failed(error: unknown): void {
    const serves = this.#connection.isServedBy(this.#socket);
    failConnection(this.#hub, this.#connection, error);
    // What fails at its end, or after it, is not asked for a close frame.
    if (!serves) this.#socket.drop();
  }
}

/** A client that was let in: registered before its 101 answer goes out. */
export function serveNew(hubs: Hubs, admission: Admission, socket: ClientSocket): void {
  const connection = connect(hubs, admission, socket);
  const hub = hubs.open(connection.identity.hub);
  socket.listen(new Client(hub, connection, socket, true));
}

/** Continues a connection on a new socket: a refusal is a close with 1008 after the 101, never an HTTP error. */
export function serveReturning(
  hubs: Hubs,
  connection: Connection | undefined,
  socket: ClientSocket,
): void {
  if (connection === undefined) {
    const { code, text } = ENDS.recoveryRefused;
    return socket.close(code, text);
  }
  const hub = hubs.open(connection.identity.hub);
  // Listening first: a replay that is too much for the socket must not go unheard.
  socket.listen(new Client(hub, connection, socket, false));
  recover(hub, connection, socket);
}
