/**
 * The commands of Web PubSub clients: what each does in the hub, and how its client hears of the outcome: by an ack where
 * it asked for one, by a close where its language has no acks.
 */
import {
  type AckError,
  badRequestAck,
  duplicateAck,
  forbiddenAck,
  INTERNAL_ACK_ERROR,
} from "../errors.ts";
import { join, leave, type NotDone, publish, type Published, raise } from "../hub/act.ts";
import { depart, failConnection } from "../hub/close.ts";
import type { Waiting } from "../hub/congestion.ts";
import type { Hub, JoinOutcome } from "../hub/hub.ts";
import type { HandlerAnswer } from "../hub/ports.ts";
import { reply } from "../hub/send.ts";
import type { Command } from "../protocol/command.ts";
import type { Connection } from "../session/connection.ts";
import { Inbox } from "../session/inbox.ts";
import { readReply } from "./answer.ts";
import { eventRequest } from "./request.ts";

type EventCommand = Extract<Command, { type: "event" }>;
type MembershipCommand = Extract<Command, { type: "joinGroup" | "leaveGroup" }>;
type SendCommand = Extract<Command, { type: "sendToGroup" }>;
type Request = EventCommand | MembershipCommand | SendCommand;

/** Carries out one command; gives what is left to wait for. */
export function carryOut(
  hub: Hub,
  connection: Connection,
  command: Command,
): Promise<void> | undefined {
  switch (command.type) {
    case "ping":
      connection.tell({ type: "pong" });
      return undefined;
    case "malformed":
      depart(hub, connection, command.code === 1003 ? "wrongFrameKind" : "malformedFrame", {
        words: command.reason,
        log: { problem: command.detail },
      });
      return undefined;
    case "sequenceAck":
      acknowledge(hub, connection, command.sequenceId);
      return undefined;
    default:
      return carryOutRequest(hub, connection, command);
  }
}

/** A request is carried out once: one with an ackId that was answered with success is told so, and does nothing. */
function carryOutRequest(
  hub: Hub,
  connection: Connection,
  command: Request,
): Promise<void> | undefined {
  const { ackId } = command;
  if (ackId !== undefined && connection.acks.has(ackId)) {
    connection.tell({ type: "ack", ackId, error: duplicateAck(ackId) });
    return undefined;
  }
  switch (command.type) {
    case "sendToGroup":
      return send(hub, connection, command);
    case "event":
      return raiseEvent(hub, connection, command);
    default:
      changeMembership(hub, connection, command);
      return undefined;
  }
}

function succeed(connection: Connection, ackId: bigint | undefined): void {
  if (ackId === undefined) return;
  connection.acks.add(ackId);
  connection.tell({ type: "ack", ackId, error: undefined });
}

function fail(connection: Connection, ackId: bigint | undefined, error: AckError): void {
  if (ackId !== undefined) connection.tell({ type: "ack", ackId, error });
}

function changeMembership(
  hub: Hub,
  connection: Connection,
  command: MembershipCommand,
): void {
  const { group } = command;
  if (command.type === "leaveGroup") {
    return answerMembership(hub, connection, command, leave(hub, connection, group));
  }
  const outcome = join(hub, connection, group);
  if (outcome instanceof Promise) void answerLater(hub, connection, command, outcome);
  else answerMembership(hub, connection, command, outcome);
}

/** Frames behind a join that waits are carried out meanwhile. Never rejects. */
async function answerLater(
  hub: Hub,
  connection: Connection,
  command: MembershipCommand,
  outcome: Promise<JoinOutcome>,
): Promise<void> {
  try {
    answerMembership(hub, connection, command, await outcome);
  } catch (error) {
    failConnection(hub, connection, error);
  }
}

function answerMembership(
  hub: Hub,
  connection: Connection,
  { type, group, ackId }: MembershipCommand,
  outcome: JoinOutcome | NotDone | "done",
): void {
  switch (outcome) {
    case "done":
    case "joined":
    case "already":
      return succeed(connection, ackId);
    case "gone":
      return;
    case "forbidden":
      return fail(connection, ackId, forbiddenAck(type === "joinGroup" ? "join" : "leave", group));
    case "tooMany":
      return fail(connection, ackId, badRequestAck(hub.context.groupBound.message));
    case "full":
      return fail(connection, ackId, INTERNAL_ACK_ERROR);
  }
}

function send(hub: Hub, connection: Connection, command: SendCommand): Promise<void> | undefined {
  const { group } = command;
  const outcome = publish(hub, connection, group, command, command.noEcho);
  if (outcome instanceof Promise) {
    return outcome.then((known) => answerSend(hub, connection, command, known));
  }
  answerSend(hub, connection, command, outcome);
  return undefined;
}

/** The ack comes when the message is in the queues; a message that was given up gets none. */
function answerSend(
  hub: Hub,
  connection: Connection,
  { group, ackId }: SendCommand,
  outcome: Published,
): void {
  switch (outcome) {
    case "done":
      return succeed(connection, ackId);
    case "gone":
      return;
    case "failed":
      return fail(connection, ackId, INTERNAL_ACK_ERROR);
    case "forbidden":
      if (!connection.codec.hasAcks) {
        depart(hub, connection, "rawSendForbidden");
      } else fail(connection, ackId, forbiddenAck("send to", group));
  }
}

/** The ack comes when the reply is in the client's queue; a reply that was given up gets none. */
async function succeedAfter(
  connection: Connection,
  ackId: bigint | undefined,
  { delivered }: Waiting,
): Promise<void> {
  if (await delivered) succeed(connection, ackId);
}

function raiseEvent(
  hub: Hub,
  connection: Connection,
  command: EventCommand,
): Promise<void> | undefined {
  const inbox = connection.inbox ?? new Inbox<Command>();
  const request = eventRequest(command.payload, command.metadata);
  const answer = raise(hub, connection, command.event, request, inbox.signal);
  if (!(answer instanceof Promise)) return answerEvent(hub, connection, command, answer);
  connection.inbox = inbox;
  return answer.then((known) =>
    inbox.signal.aborted ? undefined : answerEvent(hub, connection, command, known)
  );
}

/**
 * The handler's answer takes effect: first the state, then the reply, then the ack. Gives what is left to wait for: the
 * reply, while the client is behind.
 */
function answerEvent(
  hub: Hub,
  connection: Connection,
  command: EventCommand,
  answer: HandlerAnswer,
): Promise<void> | undefined {
  const outcome = readReply(answer, connection.codec);
  if (!outcome.ok && outcome.flaw !== undefined && answer.kind === "answered") {
    hub.context.upstream.reportUnusable(answer, outcome.flaw);
  }
  if (outcome.ok) {
    if (outcome.state !== undefined) connection.identity.state = outcome.state;
    if (outcome.reply !== undefined) {
      const waiting = reply(hub, connection, outcome.reply.payload, outcome.reply.metadata);
      if (waiting !== undefined) return succeedAfter(connection, command.ackId, waiting);
    }
    succeed(connection, command.ackId);
  } else if (!connection.codec.hasAcks) {
    depart(hub, connection, isUnhandled(answer) ? "rawEventUnhandled" : "rawEventFailed");
  } else fail(connection, command.ackId, INTERNAL_ACK_ERROR);
  return undefined;
}

function isUnhandled(answer: HandlerAnswer): boolean {
  return answer.kind === "failed" && answer.why === "noHandler";
}

/** The client has everything up to `sequenceId`. */
export function acknowledge(hub: Hub, connection: Connection, sequenceId: bigint): void {
  const now = hub.context.platform.now();
  connection.acknowledge(sequenceId, now);
  if (!hub.congestion.isCalm || connection.lagsSince !== 0) {
    hub.congestion.acknowledged(connection, now);
  }
}
