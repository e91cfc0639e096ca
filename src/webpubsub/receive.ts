/**
 * What comes from a client's socket: a frame is read as soon as it is there, and carried out in its turn.
 */
import type { Hub } from "../hub/hub.ts";
import { inOrder } from "../hub/in_order.ts";
import type { Connection } from "../session/connection.ts";
import type { Outlet } from "../session/outlet.ts";
import { acknowledge, carryOut } from "./commands.ts";

/** Takes one WebSocket message of a client: a string is a text message, bytes are a binary one. */
export function receive(
  hub: Hub,
  connection: Connection,
  outlet: Outlet,
  data: string | Uint8Array,
): void {
  // Frames that were on their way when the connection ended or moved to another socket.
  if (!connection.isServedBy(outlet)) return;
  const command = connection.codec.decode(data);
  if (command.type === "sequenceAck") return acknowledge(hub, connection, command.sequenceId);
  inOrder(hub, connection, command, data.length, carryOut);
}
