/**
 * What a client asks for, carried out strictly in order: a frame starts when the one before it is done, an event's
 * handler call and a send's wait for its receivers included. Connections do not wait for each other otherwise.
 */
import { depart, failConnection } from "../hub/close.ts";
import type { Hub } from "../hub/hub.ts";
import { MAX_CLIENT_MESSAGE_BYTES } from "../limits.ts";
import { utf8Length } from "../protocol/event.ts";
import type { Connection } from "../session/connection.ts";
import type { Outlet } from "../session/outlet.ts";
import { acknowledge, carryOut, type Pending } from "./commands.ts";

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
  const { inbox } = connection;
  if (inbox === undefined) {
    const pending = carryOut(hub, connection, command);
    if (pending !== undefined) void carryOn(hub, connection, pending);
  } else if (!inbox.offer(command, data.length)) {
    depart(hub, connection, "tooManyWaitingFrames");
  } else if (inbox.isFull) connection.pauseReading();
}

/** Waits for the pending command, then works off what has come behind it. Never rejects. */
async function carryOn(hub: Hub, connection: Connection, first: Pending): Promise<void> {
  const { inbox } = first;
  let pending: Pending | undefined = first;
  while (true) {
    try {
      if (pending !== undefined) await pending.done;
      const next = inbox.take();
      if (next === undefined) break;
      pending = carryOut(hub, connection, next);
    } catch (error) {
      pending = undefined;
      failConnection(hub, connection, error);
    }
  }
  connection.inbox = undefined;
  connection.resumeReading();
}

function isTooLarge(data: string | Uint8Array): boolean {
  if (data.length > MAX_CLIENT_MESSAGE_BYTES) return true;
  // A UTF-16 unit takes at most three bytes: short texts need no count.
  return typeof data === "string" && data.length * 3 > MAX_CLIENT_MESSAGE_BYTES &&
    utf8Length(data) > MAX_CLIENT_MESSAGE_BYTES;
}
