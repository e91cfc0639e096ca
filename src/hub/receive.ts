/**
 * What a client asks for, carried out strictly in order: a frame starts when the one before it is done, an event's
 * handler call included. Connections do not wait for each other.
 */
import { badRequestAck, duplicateAck, forbiddenAck, INTERNAL_ACK_ERROR } from "../errors.ts";
import { MAX_CLIENT_MESSAGE_BYTES } from "../limits.ts";
import type { Command } from "../protocol/command.ts";
import { utf8Length } from "../protocol/event.ts";
import type { Connection } from "../session/connection.ts";
import { Inbox } from "../session/inbox.ts";
import type { Outlet } from "../session/outlet.ts";
import { closeConnection } from "./close.ts";
import type { Hub } from "./hub.ts";
import type { HandlerAnswer } from "./ports.ts";
import { reply, sendFromClient } from "./send.ts";

type EventCommand = Extract<Command, { type: "event" }>;

/** Takes one WebSocket message of a client: a string is a text message, bytes are a binary one. */
export function receive(
  hub: Hub,
  connection: Connection,
  outlet: Outlet,
  data: string | Uint8Array,
): void {
  // Frames that were on their way when the connection ended or moved to another socket.
  if (!connection.isServedBy(outlet)) return;
  if (isTooLarge(data)) return closeConnection(hub, connection, "messageTooLarge");
  const command = connection.codec.decode(data);
  if (command.type === "sequenceAck") return connection.acknowledge(command.sequenceId);
  const { inbox } = connection;
  if (inbox === undefined) {
    const pending = carryOut(hub, connection, command);
    if (pending !== undefined) void carryOn(hub, connection, pending);
  } else if (!inbox.offer(command, data.length)) {
    hub.context.meter.add("waiting_frames_exceeded", 1);
    closeConnection(hub, connection, "tooManyWaitingFrames");
  }
}

/** Waits for the running event, then works off what has come behind it. Never rejects. */
async function carryOn(hub: Hub, connection: Connection, first: Pending): Promise<void> {
  const inbox = first.inbox;
  let pending: Pending | undefined = first;
  while (true) {
    if (pending !== undefined) {
      const answer = await pending.answer;
      if (!inbox.signal.aborted) settle(hub, connection, pending.command, answer);
    }
    const next = inbox.take();
    if (next === undefined) break;
    pending = carryOut(hub, connection, next);
  }
  connection.inbox = undefined;
}

/** An event that is with its handler. */
interface Pending {
  readonly command: EventCommand;
  readonly inbox: Inbox;
  readonly answer: Promise<HandlerAnswer>;
}

/** Carries out one command; gives what is left to wait for. */
function carryOut(hub: Hub, connection: Connection, command: Command): Pending | undefined {
  switch (command.type) {
    case "ping":
      connection.tell({ type: "pong" });
      return undefined;
    case "malformed":
      hub.context.log.debug("malformed frame", {
        hub: hub.name,
        connection: connection.id,
        detail: command.detail,
      });
      closeConnection(
        hub,
        connection,
        command.code === 1003 ? "wrongFrameKind" : "malformedFrame",
        command.reason,
      );
      return undefined;
    case "sequenceAck":
      connection.acknowledge(command.sequenceId);
      return undefined;
    case "joinGroup":
    case "leaveGroup":
      if (!isDuplicate(connection, command.ackId)) changeMembership(hub, connection, command);
      return undefined;
    case "sendToGroup":
      if (!isDuplicate(connection, command.ackId)) publish(hub, connection, command);
      return undefined;
    case "event":
      return isDuplicate(connection, command.ackId) ? undefined : raise(hub, connection, command);
  }
}

function isDuplicate(connection: Connection, ackId: bigint | undefined): boolean {
  if (ackId === undefined || !connection.acks.has(ackId)) return false;
  connection.tell({ type: "ack", ackId, error: duplicateAck(ackId) });
  return true;
}

function succeed(connection: Connection, ackId: bigint | undefined): void {
  if (ackId === undefined) return;
  connection.acks.add(ackId);
  connection.tell({ type: "ack", ackId, error: undefined });
}

function changeMembership(
  hub: Hub,
  connection: Connection,
  command: Extract<Command, { type: "joinGroup" | "leaveGroup" }>,
): void {
  const { group, ackId } = command;
  const joins = command.type === "joinGroup";
  if (!connection.permissions.allows("joinLeaveGroup", group)) {
    if (ackId !== undefined) {
      const error = forbiddenAck(joins ? "join" : "leave", group);
      connection.tell({ type: "ack", ackId, error });
    }
    return;
  }
  // A client that has said goodbye is in no group any more; its slot may be somebody else's.
  if (connection.phase !== "ended") {
    if (!joins) hub.groups.leave(connection.slot, group);
    else if (!enters(hub, connection, group, ackId)) return;
  }
  succeed(connection, ackId);
}

/** False when there is no room, which the client is told. */
function enters(
  hub: Hub,
  connection: Connection,
  group: string,
  ackId: bigint | undefined,
): boolean {
  const outcome = hub.join(connection, group);
  if (outcome === "joined" || outcome === "already") return true;
  if (ackId !== undefined) {
    const error = outcome === "tooMany"
      ? badRequestAck(hub.context.groupBound.message)
      : INTERNAL_ACK_ERROR;
    connection.tell({ type: "ack", ackId, error });
  }
  return false;
}

function publish(
  hub: Hub,
  connection: Connection,
  command: Extract<Command, { type: "sendToGroup" }>,
): void {
  const { group, ackId } = command;
  if (!connection.permissions.allows("sendToGroup", group)) {
    if (connection.codec.framing === "raw") closeConnection(hub, connection, "rawSendForbidden");
    else if (ackId !== undefined) {
      connection.tell({ type: "ack", ackId, error: forbiddenAck("send to", group) });
    }
    return;
  }
  sendFromClient(hub, connection, group, command, command.noEcho);
  succeed(connection, ackId);
}

function raise(hub: Hub, connection: Connection, command: EventCommand): Pending | undefined {
  const { upstream, language } = hub.context;
  const inbox = connection.inbox ?? new Inbox();
  const answer = upstream.userEvent(
    connection.identity,
    connection.nextEventId(),
    command.event,
    language.eventRequest(command.payload, command.metadata),
    inbox.signal,
  );
  if (!(answer instanceof Promise)) {
    settle(hub, connection, command, answer);
    return undefined;
  }
  connection.inbox = inbox;
  return { command, inbox, answer };
}

/** The handler's answer takes effect: first the state, then the reply, then the ack. */
function settle(
  hub: Hub,
  connection: Connection,
  command: EventCommand,
  answer: HandlerAnswer,
): void {
  const { upstream, language } = hub.context;
  const outcome = language.readReply(answer, connection.codec.framing);
  if (!outcome.ok && outcome.flaw !== undefined && answer.kind === "answered") {
    upstream.reportUnusable(answer, outcome.flaw);
  }
  if (outcome.ok) {
    if (outcome.state !== undefined) connection.identity.state = outcome.state;
    if (outcome.reply !== undefined) {
      reply(hub, connection, outcome.reply.payload, outcome.reply.metadata);
    }
    succeed(connection, command.ackId);
  } else if (connection.codec.framing === "raw") {
    closeConnection(hub, connection, "rawEventFailed");
  } else if (command.ackId !== undefined) {
    connection.tell({ type: "ack", ackId: command.ackId, error: INTERNAL_ACK_ERROR });
  }
}

function isTooLarge(data: string | Uint8Array): boolean {
  if (data.length > MAX_CLIENT_MESSAGE_BYTES) return true;
  // A UTF-16 unit takes at most three bytes: short texts need no count.
  return typeof data === "string" && data.length * 3 > MAX_CLIENT_MESSAGE_BYTES &&
    utf8Length(data) > MAX_CLIENT_MESSAGE_BYTES;
}
