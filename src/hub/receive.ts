/**
 * What a client asks for, carried out strictly in order: a frame starts when the one before it is done, an event's
 * handler call and a send's wait for its receivers included. Connections do not wait for each other otherwise.
 */
import { badRequestAck, duplicateAck, forbiddenAck, INTERNAL_ACK_ERROR } from "../errors.ts";
import { MAX_CLIENT_MESSAGE_BYTES } from "../limits.ts";
import type { Command } from "../protocol/command.ts";
import { utf8Length } from "../protocol/event.ts";
import type { Connection } from "../session/connection.ts";
import { Inbox } from "../session/inbox.ts";
import type { Outlet } from "../session/outlet.ts";
import { closeConnection, failConnection } from "./close.ts";
import type { Waiting } from "./congestion.ts";
import type { Hub, JoinOutcome } from "./hub.ts";
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
  if (command.type === "sequenceAck") return acknowledge(hub, connection, command.sequenceId);
  const { inbox } = connection;
  if (inbox === undefined) {
    const pending = carryOut(hub, connection, command);
    if (pending !== undefined) void carryOn(hub, connection, pending);
  } else if (!inbox.offer(command, data.length)) {
    hub.context.meter.waitingFramesExceeded.add(1);
    closeConnection(hub, connection, "tooManyWaitingFrames");
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

/** A command that waits: an event for its handler, a send for its receivers. */
interface Pending {
  readonly inbox: Inbox;
  /** The command is carried out, its ack included, or given up. */
  readonly done: Promise<void>;
}

/** From now on, frames of the client wait until `done`. */
function pend(connection: Connection, done: Promise<void>): Pending {
  const inbox = connection.inbox ??= new Inbox();
  return { inbox, done };
}

/** Carries out one command; gives what is left to wait for. */
function carryOut(hub: Hub, connection: Connection, command: Command): Pending | undefined {
  switch (command.type) {
    case "ping":
      connection.tell({ type: "pong" });
      return undefined;
    case "malformed":
      hub.context.log.debug("Malformed frame", {
        hub: hub.name,
        connection: connection.id,
        problem: command.detail,
      });
      closeConnection(
        hub,
        connection,
        command.code === 1003 ? "wrongFrameKind" : "malformedFrame",
        command.reason,
      );
      return undefined;
    case "sequenceAck":
      acknowledge(hub, connection, command.sequenceId);
      return undefined;
    case "joinGroup":
    case "leaveGroup":
      if (!isDuplicate(connection, command.ackId)) changeMembership(hub, connection, command);
      return undefined;
    case "sendToGroup":
      return isDuplicate(connection, command.ackId) ? undefined : publish(hub, connection, command);
    case "event":
      return isDuplicate(connection, command.ackId) ? undefined : raise(hub, connection, command);
  }
}

function acknowledge(hub: Hub, connection: Connection, sequenceId: bigint): void {
  const now = hub.context.platform.now();
  connection.acknowledge(sequenceId, now);
  if (!hub.congestion.isCalm || connection.lagsSince !== 0) {
    hub.congestion.acknowledged(connection, now);
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
  if (connection.phase === "ended") return;
  if (!joins) {
    hub.leave(connection, group);
    return succeed(connection, ackId);
  }
  const outcome = hub.join(connection, group);
  if (outcome instanceof Promise) void answerLater(hub, connection, ackId, outcome);
  else answerJoin(hub, connection, ackId, outcome);
}

/** Frames behind a join that waits are carried out meanwhile. Never rejects. */
async function answerLater(
  hub: Hub,
  connection: Connection,
  ackId: bigint | undefined,
  outcome: Promise<JoinOutcome>,
): Promise<void> {
  try {
    answerJoin(hub, connection, ackId, await outcome);
  } catch (error) {
    failConnection(hub, connection, error);
  }
}

function answerJoin(
  hub: Hub,
  connection: Connection,
  ackId: bigint | undefined,
  outcome: JoinOutcome,
): void {
  if (outcome === "joined" || outcome === "already") return succeed(connection, ackId);
  if (ackId === undefined) return;
  const error = outcome === "tooMany"
    ? badRequestAck(hub.context.groupBound.message)
    : INTERNAL_ACK_ERROR;
  connection.tell({ type: "ack", ackId, error });
}

function publish(
  hub: Hub,
  connection: Connection,
  command: Extract<Command, { type: "sendToGroup" }>,
): Pending | undefined {
  const { group, ackId } = command;
  if (!connection.permissions.allows("sendToGroup", group)) {
    if (connection.codec.framing === "raw") closeConnection(hub, connection, "rawSendForbidden");
    else if (ackId !== undefined) {
      connection.tell({ type: "ack", ackId, error: forbiddenAck("send to", group) });
    }
    return undefined;
  }
  const waiting = sendFromClient(hub, connection, group, command, command.noEcho);
  if (waiting !== undefined) return pend(connection, succeedAfter(connection, ackId, waiting));
  succeed(connection, ackId);
  return undefined;
}

/** The ack comes when the message is in the queues; a message that was given up gets none. */
async function succeedAfter(
  connection: Connection,
  ackId: bigint | undefined,
  { delivered }: Waiting,
): Promise<void> {
  if (await delivered) succeed(connection, ackId);
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
    const waiting = settle(hub, connection, command, answer);
    return waiting === undefined ? undefined : pend(connection, waiting);
  }
  connection.inbox = inbox;
  return pend(
    connection,
    answer.then((known) =>
      inbox.signal.aborted ? undefined : settle(hub, connection, command, known)
    ),
  );
}

/**
 * The handler's answer takes effect: first the state, then the reply, then the ack. Gives what is left to wait for: the
 * reply, while the client is behind.
 */
function settle(
  hub: Hub,
  connection: Connection,
  command: EventCommand,
  answer: HandlerAnswer,
): Promise<void> | undefined {
  const { upstream, language } = hub.context;
  const outcome = language.readReply(answer, connection.codec.framing);
  if (!outcome.ok && outcome.flaw !== undefined && answer.kind === "answered") {
    upstream.reportUnusable(answer, outcome.flaw);
  }
  if (outcome.ok) {
    if (outcome.state !== undefined) connection.identity.state = outcome.state;
    if (outcome.reply !== undefined) {
      const waiting = reply(hub, connection, outcome.reply.payload, outcome.reply.metadata);
      if (waiting !== undefined) return succeedAfter(connection, command.ackId, waiting);
    }
    succeed(connection, command.ackId);
  } else if (connection.codec.framing === "raw") {
    closeConnection(hub, connection, "rawEventFailed");
  } else if (command.ackId !== undefined) {
    connection.tell({ type: "ack", ackId: command.ackId, error: INTERNAL_ACK_ERROR });
  }
  return undefined;
}

function isTooLarge(data: string | Uint8Array): boolean {
  if (data.length > MAX_CLIENT_MESSAGE_BYTES) return true;
  // A UTF-16 unit takes at most three bytes: short texts need no count.
  return typeof data === "string" && data.length * 3 > MAX_CLIENT_MESSAGE_BYTES &&
    utf8Length(data) > MAX_CLIENT_MESSAGE_BYTES;
}
