/**
 * Delivery of one message to many connections: the loop that everything else is there for.
 */
import type { MemberRange } from "../group_index/group_index.ts";
import type { Connection } from "../session/connection.ts";
import type { Outgoing } from "../session/outgoing.ts";
import { closeConnection } from "./close.ts";
import type { Hub } from "./hub.ts";
import { admits, type Selection, Subject } from "./target.ts";

/** The slot of nobody: nobody is left out as the sender. */
export const NO_SLOT = -1;

/**
 * Delivers to `members`, except the one in `exceptSlot` and those whom `selection` leaves out. Joins and
 * leaves cannot happen during the loop: connections that must end are ended after it, so the range stays valid.
 */
export function fanOutToMembers(
  hub: Hub,
  members: MemberRange,
  outgoing: Outgoing,
  exceptSlot: number,
  selection: Selection | undefined,
): void {
  const now = hub.context.platform.now();
  const { words, start, end } = members;
  const subject = selection === undefined ? undefined : new Subject(hub);
  let overfull: Connection[] | undefined;
  for (let i = start; i < end; i++) {
    const slot = words[i] ?? NO_SLOT;
    if (slot === exceptSlot) continue;
    const connection = hub.at(slot);
    if (connection === undefined) continue;
    if (selection !== undefined && subject !== undefined) {
      if (!admits(selection, subject, connection)) continue;
    }
    if (!connection.deliver(outgoing, now)) (overfull ??= []).push(connection);
  }
  if (overfull !== undefined) endOverfull(hub, overfull);
}

/** Delivers to every connection of the hub, except those whom `selection` leaves out. */
export function fanOutToHub(hub: Hub, outgoing: Outgoing, selection: Selection): void {
  const now = hub.context.platform.now();
  const subject = new Subject(hub);
  let overfull: Connection[] | undefined;
  for (const connection of hub.connections()) {
    if (!admits(selection, subject, connection)) continue;
    if (!connection.deliver(outgoing, now)) (overfull ??= []).push(connection);
  }
  if (overfull !== undefined) endOverfull(hub, overfull);
}

/** Delivers to one connection. */
export function deliverTo(hub: Hub, connection: Connection, outgoing: Outgoing): void {
  if (!connection.deliver(outgoing, hub.context.platform.now())) endOverfull(hub, [connection]);
}

function endOverfull(hub: Hub, connections: readonly Connection[]): void {
  hub.context.meter.add("replay_buffers_full", connections.length);
  for (const connection of connections) closeConnection(hub, connection, "replayBufferFull");
}
