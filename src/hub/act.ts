/**
 * What a client may do in its hub, whatever its language: join, leave, publish, raise an event. Each tells what came of
 * it; how a client hears of that is for its language to say.
 */
import type { Receiver } from "../session/receiver.ts";
import type { Hub, JoinOutcome } from "./hub.ts";
import type { HandlerAnswer, HandlerRequest } from "./ports.ts";
import { sendFromClient } from "./send.ts";
import { type Content, NOBODY, type Outcome } from "./verb.ts";

/** Why nothing was done: the client has no permission, or it has said goodbye already. */
export type NotDone = "forbidden" | "gone";

/** Takes a client into a group. Answers later where an observer has to be waited for; the client is a member at once. */
export function join(
  hub: Hub,
  connection: Receiver,
  group: string,
): JoinOutcome | NotDone | Promise<JoinOutcome> {
  return mayNot(connection, group) ?? hub.join(connection, group);
}

/** Takes a client out of a group; who is not in it is out of it. */
export function leave(hub: Hub, connection: Receiver, group: string): "done" | NotDone {
  const reason = mayNot(connection, group);
  if (reason === undefined) hub.leave(connection, group);
  return reason ?? "done";
}

function mayNot(connection: Receiver, group: string): NotDone | undefined {
  if (!connection.permissions.allows("joinLeaveGroup", group)) return "forbidden";
  // A client that has said goodbye is in no group any more; its slot may be somebody else's.
  return connection.phase === "ended" ? "gone" : undefined;
}

/** What became of a publish; `failed`: whoever is on other nodes may not have it. */
export type Published = "done" | "failed" | NotDone;

/**
 * Sends to a group; answers later while receivers are behind, or other nodes have to be waited for. `noEcho`: not to
 * the sender itself.
 */
export function publish(
  hub: Hub,
  connection: Receiver,
  group: string,
  content: Content,
  noEcho: boolean,
): Published | Promise<Published> {
  if (!connection.permissions.allows("sendToGroup", group)) return "forbidden";
  const waiting = sendFromClient(hub, connection, group, content, noEcho);
  if (waiting === undefined) return toOthers(hub, connection, group, content, noEcho);
  return waiting.delivered.then((delivered) =>
    delivered ? toOthers(hub, connection, group, content, noEcho) : "gone"
  );
}

/** What the members here have goes to those on other nodes, if there are any. */
function toOthers(
  hub: Hub,
  connection: Receiver,
  group: string,
  content: Content,
  noEcho: boolean,
): "done" | "failed" | Promise<"done" | "failed"> {
  const { backplane } = hub.context;
  if (backplane === undefined) return "done";
  const { payload, metadata, ttlSeconds } = content;
  const outcome = backplane.spread({
    do: "send",
    hub: hub.name,
    to: { kind: "group", group },
    content: { payload, metadata, ttlSeconds },
    except: noEcho ? { connectionIds: [connection.id], filter: undefined } : NOBODY,
    from: { userId: connection.identity.userId },
  }, "done");
  return outcome instanceof Promise ? outcome.then(reached) : reached(outcome);
}

function reached(outcome: Outcome): "done" | "failed" {
  return outcome === "done" ? "done" : "failed";
}

/** Raises an event of the client; the answer is there at once when no handler takes the event. */
export function raise(
  hub: Hub,
  connection: Receiver,
  event: string,
  request: HandlerRequest,
  signal: AbortSignal,
): HandlerAnswer | Promise<HandlerAnswer> {
  const { identity } = connection;
  const id = connection.nextEventId();
  return hub.context.upstream.userEvent(identity, id, event, request, signal);
}
