/**
 * Joins a client's socket to its connection in the hub.
 */
import { ENDS } from "../ends.ts";
import { type Admission, announce, connect, recover } from "../hub/connect.ts";
import type { ClientSocket } from "../hub/client_socket.ts";
import type { Hub } from "../hub/hub.ts";
import type { Hubs } from "../hub/hubs.ts";
import { SocketListener } from "../hub/socket_listener.ts";
import type { Connection } from "../session/connection.ts";
import { receive } from "./receive.ts";

/** Listens to one socket of a connection. */
class Client extends SocketListener<Connection> {
  readonly #isNew: boolean;

  constructor(hub: Hub, connection: Connection, socket: ClientSocket, isNew: boolean) {
    super(hub, connection, socket);
    this.#isNew = isNew;
  }

  opened(): void {
    if (this.#isNew && this.client.phase === "open") announce(this.hub, this.client);
  }

  message(data: string | Uint8Array): void {
    receive(this.hub, this.client, this.socket, data);
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
