/**
 * The verbs that publish. Clients, REST and event handlers all come through here.
 */
import type { Metadata, Payload } from "../protocol/command.ts";
import type { Connection } from "../session/connection.ts";
import { Outgoing } from "../session/outgoing.ts";
import { deliverTo, fanOutToHub, fanOutToMembers, NO_SLOT } from "./fan_out.ts";
import type { Hub } from "./hub.ts";
import type { Selection, Target } from "./target.ts";
import { deadline } from "./ttl.ts";

/** What is published. */
export interface Content {
  readonly payload: Payload;
  readonly metadata: Metadata | undefined;
  /** 0 = no limit, else 1-300. */
  readonly ttlSeconds: number;
}

/** A send of the application server. Returns when the message is in the outgoing queue of every receiver. */
export function sendFromServer(
  hub: Hub,
  target: Target,
  content: Content,
  selection: Selection,
): void {
  const outgoing = new Outgoing({
    type: "message",
    group: target.kind === "group" ? target.group : undefined,
    fromUserId: undefined,
    payload: content.payload,
    metadata: content.metadata,
  }, deadline(hub, content.ttlSeconds));
  switch (target.kind) {
    case "hub":
      return fanOutToHub(hub, outgoing, selection);
    case "group":
      return fanOutToMembers(
        hub,
        hub.groups.membersOf(target.group),
        outgoing,
        NO_SLOT,
        selection,
      );
    case "user":
      return fanOutToMembers(
        hub,
        hub.users.membersOf(target.userId),
        outgoing,
        NO_SLOT,
        selection,
      );
    case "connection": {
      const connection = hub.find(target.connectionId);
      if (connection !== undefined) deliverTo(hub, connection, outgoing);
    }
  }
}

/** A publish of a client to a group; `noEcho` leaves out that one connection, not its user's others. */
export function sendFromClient(
  hub: Hub,
  sender: Connection,
  group: string,
  content: Content,
  noEcho: boolean,
): void {
  const outgoing = new Outgoing({
    type: "message",
    group,
    fromUserId: sender.identity.userId,
    payload: content.payload,
    metadata: content.metadata,
  }, deadline(hub, content.ttlSeconds));
  const members = hub.groups.membersOf(group);
  // An ended sender's slot may have gone to somebody else already.
  const except = noEcho && sender.phase !== "ended" ? sender.slot : NO_SLOT;
  fanOutToMembers(hub, members, outgoing, except, undefined);
}

/** The answer of an event handler to one client. */
export function reply(
  hub: Hub,
  connection: Connection,
  payload: Payload,
  metadata: Metadata | undefined,
): void {
  const message = {
    type: "message",
    group: undefined,
    fromUserId: undefined,
    payload,
    metadata,
  } as const;
  deliverTo(hub, connection, new Outgoing(message, 0));
}
