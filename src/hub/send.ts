/**
 * The verbs that publish. Clients, REST and event handlers all come through here, and through one gate: while a receiver
 * is behind, a send waits (`congestion.ts`).
 */
import type { Metadata, Payload } from "../protocol/command.ts";
import type { Message } from "../protocol/event.ts";
import { Outgoing } from "../session/outgoing.ts";
import type { Receiver } from "../session/receiver.ts";
import type { Waiting } from "./congestion.ts";
import { deliverTo, fanOutToHub, fanOutToMembers, NO_SLOT } from "./fan_out.ts";
import type { Hub } from "./hub.ts";
import { admits, isIn, select, type Selection, Subject } from "./target.ts";
import { deadline } from "./ttl.ts";
import type { Content, Origin, Target } from "./verb.ts";

/**
 * A send of the application server, or of a client `from` elsewhere. When it gives nothing, the message is in the
 * outgoing queue of every receiver; else it waits for receivers that are behind.
 */
export function sendFromServer(
  hub: Hub,
  target: Target,
  content: Content,
  selection: Selection,
  from?: Origin,
): Waiting | undefined {
  const outgoing = outgoingOf(
    hub,
    target.kind === "group" ? target.group : undefined,
    from?.userId,
    content,
  );
  if (hub.congestion.isCalm) return deliverToTarget(hub, target, outgoing, selection);
  const subject = new Subject(hub);
  return hub.congestion.pass({
    sender: undefined,
    concerns: (receiver) => isIn(hub, target, receiver) && admits(selection, subject, receiver),
    deliver: () =>
      unlessExpired(hub, outgoing, () => deliverToTarget(hub, target, outgoing, selection)),
  });
}

/**
 * A publish of a client to a group; `noEcho` leaves out that one connection, not its user's others. What it gives is as
 * for `sendFromServer`.
 */
export function sendFromClient(
  hub: Hub,
  sender: Receiver,
  group: string,
  content: Content,
  noEcho: boolean,
): Waiting | undefined {
  const outgoing = outgoingOf(hub, group, sender.identity.userId, content);
  if (hub.congestion.isCalm) return deliverToGroup(hub, sender, group, outgoing, noEcho);
  return hub.congestion.pass({
    sender,
    concerns: (receiver) =>
      !(noEcho && receiver === sender) && hub.groups.isMember(receiver.slot, group),
    deliver: () =>
      unlessExpired(hub, outgoing, () => deliverToGroup(hub, sender, group, outgoing, noEcho)),
  });
}

/** The answer of an event handler to one client. What it gives is as for `sendFromServer`. */
export function reply(
  hub: Hub,
  connection: Receiver,
  payload: Payload,
  metadata: Metadata | undefined,
): Waiting | undefined {
  const content = { payload, metadata, ttlSeconds: 0 };
  const outgoing = outgoingOf(hub, undefined, undefined, content);
  return hub.congestion.pass({
    sender: connection,
    concerns: (receiver) => receiver === connection,
    deliver: () => deliverTo(hub, connection, outgoing),
  });
}

function outgoingOf(
  hub: Hub,
  group: string | undefined,
  fromUserId: string | undefined,
  { payload, metadata, ttlSeconds }: Content,
): Outgoing {
  const message: Message = { type: "message", group, fromUserId, payload, metadata };
  return new Outgoing(message, deadline(hub, ttlSeconds));
}

function deliverToTarget(
  hub: Hub,
  target: Target,
  outgoing: Outgoing,
  selection: Selection,
): undefined {
  switch (target.kind) {
    case "hub":
      fanOutToHub(hub, outgoing, selection);
      return;
    case "group": {
      const members = hub.groups.membersOf(target.group);
      fanOutToMembers(hub, members, outgoing, NO_SLOT, selection);
      return;
    }
    case "user": {
      const connections = hub.users.membersOf(target.userId);
      fanOutToMembers(hub, connections, outgoing, NO_SLOT, selection);
      return;
    }
    case "connection":
      for (const connection of select(hub, target, selection)) deliverTo(hub, connection, outgoing);
  }
}

function deliverToGroup(
  hub: Hub,
  sender: Receiver,
  group: string,
  outgoing: Outgoing,
  noEcho: boolean,
): undefined {
  // An ended sender's slot may have gone to somebody else already.
  const except = noEcho && sender.phase !== "ended" ? sender.slot : NO_SLOT;
  fanOutToMembers(hub, hub.groups.membersOf(group), outgoing, except, undefined);
}

/** Its time may have passed while it waited. */
function unlessExpired(hub: Hub, { expiresAt }: Outgoing, deliver: () => void): void {
  if (expiresAt === 0 || expiresAt > hub.context.platform.now()) deliver();
  else hub.context.meter.messagesExpired.add(1);
}
