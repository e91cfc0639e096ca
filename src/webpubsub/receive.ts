/**
 * What comes from a client's socket: a frame is read as soon as it is there, and carried out in its turn.
 */
import { depart } from "../hub/close.ts";
import type { Hub } from "../hub/hub.ts";
import { inOrder } from "../hub/in_order.ts";
import { MAX_CLIENT_MESSAGE_BYTES } from "../limits.ts";
import { utf8Length } from "../protocol/event.ts";
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
  if (isTooLarge(data)) return depart(hub, connection, "messageTooLarge");
  const command = connection.codec.decode(data);
  if (command.type === "sequenceAck") return acknowledge(hub, connection, command.sequenceId);
  inOrder(hub, connection, command, data.length, carryOut);
}

function isTooLarge(data: string | Uint8Array): boolean {
  if (data.length > MAX_CLIENT_MESSAGE_BYTES) return true;
  // A UTF-16 unit takes at most three bytes: short texts need no count.
  return typeof data === "string" && data.length * 3 > MAX_CLIENT_MESSAGE_BYTES &&
    utf8Length(data) > MAX_CLIENT_MESSAGE_BYTES;
}
