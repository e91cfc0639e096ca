/**
 * How connections end: by the application, by the server, by the client, or by the network.
 */
import { CLOSE_RULES, type CloseReason, errorFields } from "../errors.ts";
import type { Connection } from "../session/connection.ts";
import type { Identity } from "../session/identity.ts";
import type { Outlet } from "../session/outlet.ts";
import type { Missed } from "./endpoint.ts";
import type { Hub } from "./hub.ts";
import type { Hubs } from "./hubs.ts";
import { select, type Selection } from "./target.ts";
import type { Target } from "./verb.ts";

const APPLICATION_CLOSED = "Application server closed the connection.";
const UNEXPECTED = "The client disconnected unexpectedly.";
const RECOVERY_EXPIRED = "The connection recovery timeout expired.";

/**
 * Ends a connection from the server's side: out of every lookup first, then the frames queued before, the
 * `disconnected` message where the reason has one, and the close frame. `text` replaces the close reason of the table.
 */
export function closeConnection(
  hub: Hub,
  connection: Connection,
  reason: CloseReason,
  text: string = CLOSE_RULES[reason].text,
): void {
  finish(hub, connection, reason, text, text);
}

/**
 * Something that was done for this connection alone threw: it ends, the log has the stack, and nobody else notices.
 * Never throws itself.
 */
export function failConnection(hub: Hub, connection: Connection, error: unknown): void {
  hub.context.log.error("Connection failed", {
    hub: hub.name,
    connection: connection.id,
    ...errorFields(error),
  });
  try {
    closeConnection(hub, connection, "internalError");
  } catch (second) {
    hub.context.log.error("Connection failed to close", {
      hub: hub.name,
      connection: connection.id,
      ...errorFields(second),
    });
  }
}

/** Ends many connections: what goes wrong with one keeps no other. */
export function closeAll(
  hub: Hub,
  connections: Iterable<Connection>,
  reason: CloseReason,
): void {
  for (const connection of connections) {
    try {
      closeConnection(hub, connection, reason);
    } catch (error) {
      failConnection(hub, connection, error);
    }
  }
}

/** REST: closes every selected connection; `reason` is the application's own word, `""` for none. */
export function closeByApplication(
  hub: Hub,
  target: Target,
  selection: Selection,
  reason: string,
): void {
  const message = reason === "" ? APPLICATION_CLOSED : `${APPLICATION_CLOSED} Reason: ${reason}`;
  for (const connection of select(hub, target, selection)) {
    try {
      finish(hub, connection, "applicationClosed", "", message);
    } catch (error) {
      failConnection(hub, connection, error);
    }
  }
}

function finish(
  hub: Hub,
  connection: Connection,
  reason: CloseReason,
  closeText: string,
  message: string,
): void {
  if (connection.phase === "ended") return;
  const rule = CLOSE_RULES[reason];
  hub.unregister(connection);
  if (rule.announced) connection.tell({ type: "disconnected", message });
  connection.end()?.close(rule.code, closeText);
  abandon(hub, connection);
  raiseDisconnected(hub, connection, message);
}

/** Gives up the command that waits, and those behind it. */
function abandon(hub: Hub, connection: Connection): void {
  connection.inbox?.abandon();
  hub.congestion.giveUpSendsOf(connection);
}

/**
 * The client sent a close frame (`code` 1005: one without a code). Frames that came before it are still carried out.
 * A reliable client may come back unless the code was 1000.
 */
export function closedByClient(
  hub: Hub,
  connection: Connection,
  outlet: Outlet,
  code: number,
  reason: string,
): void {
  if (!connection.isServedBy(outlet)) return;
  if (connection.reliable && code !== 1000) return leave(hub, connection);
  hub.unregister(connection);
  connection.end();
  const text = code === 1000 || reason !== "" ? reason : UNEXPECTED;
  const { inbox } = connection;
  if (inbox === undefined) raiseDisconnected(hub, connection, text);
  else inbox.whenEmpty(() => raiseDisconnected(hub, connection, text));
}

/** The socket broke without a close frame, or went silent. */
export function cutOff(hub: Hub, connection: Connection, outlet: Outlet): void {
  if (!connection.isServedBy(outlet)) return;
  if (connection.reliable) return leave(hub, connection);
  hub.unregister(connection);
  connection.end();
  abandon(hub, connection);
  raiseDisconnected(hub, connection, UNEXPECTED);
}

/** A `connect` handler let the client in, then there was no socket: no connection existed, but the handler counts one. */
export function neverOpened({ context }: Hubs, identity: Identity, why: Missed): void {
  const reason = why === "stopping" ? CLOSE_RULES.serverShutdown.text : UNEXPECTED;
  context.upstream.disconnected(identity, 1, reason);
}

/** A reliable connection goes away; it ends if it is not recovered within the window. */
function leave(hub: Hub, connection: Connection): void {
  connection.cut();
  hub.congestion.forget(connection);
  hub.context.away.start(connection, () => {
    try {
      expire(hub, connection);
    } catch (error) {
      failConnection(hub, connection, error);
    }
  });
}

function expire(hub: Hub, connection: Connection): void {
  hub.unregister(connection);
  connection.end();
  abandon(hub, connection);
  raiseDisconnected(hub, connection, RECOVERY_EXPIRED);
}

function raiseDisconnected(hub: Hub, connection: Connection, reason: string): void {
  hub.context.away.end(connection);
  hub.context.upstream.disconnected(connection.identity, connection.nextEventId(), reason);
  const { log, trace } = hub.context;
  log.debug("Connection ended", { hub: hub.name, connection: connection.id, reason });
  if (trace.isWatched) {
    trace.tell({ what: "close", hub: hub.name, connection: connection.id, reason });
  }
}
