/**
 * Delivery of one message to many connections: the loop that everything else is there for.
 */
import type { MemberRange } from "../group_index/group_index.ts";
import type { Outgoing } from "../session/outgoing.ts";
import type { Receiver } from "../session/receiver.ts";
import { departAll, failConnection } from "./close.ts";
import type { Hub } from "./hub.ts";
import { admits, type Selection, Subject } from "./target.ts";

/** Stands for no slot: the sender is not left out, or there is none. */
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
  let lost: Lost | undefined;
  for (let i = start; i < end; i++) {
    const slot = words[i] ?? NO_SLOT;
    if (slot === exceptSlot) continue;
    const connection = hub.at(slot);
    if (connection === undefined) continue;
    if (selection !== undefined && subject !== undefined) {
      if (!admits(selection, subject, connection)) continue;
    }
    const why = deliver(hub, connection, outgoing, now);
    if (why !== undefined) (lost ??= new Map()).set(connection, why);
  }
  if (lost !== undefined) endLost(hub, lost);
}

/** Delivers to every connection of the hub, except those whom `selection` leaves out. */
export function fanOutToHub(hub: Hub, outgoing: Outgoing, selection: Selection): void {
  const now = hub.context.platform.now();
  const subject = new Subject(hub);
  let lost: Lost | undefined;
  for (const connection of hub.connections()) {
    if (!admits(selection, subject, connection)) continue;
    const why = deliver(hub, connection, outgoing, now);
    if (why !== undefined) (lost ??= new Map()).set(connection, why);
  }
  if (lost !== undefined) endLost(hub, lost);
}

/** Delivers to one connection. */
export function deliverTo(hub: Hub, connection: Receiver, outgoing: Outgoing): void {
  const why = deliver(hub, connection, outgoing, hub.context.platform.now());
  if (why !== undefined) endLost(hub, new Map([[connection, why]]));
}

/** Receivers that have to end, and why: the full replay buffer, or what delivering to them threw. */
type Lost = Map<Receiver, Failure>;
type Failure = typeof OVERFULL | { readonly thrown: unknown };

const OVERFULL = "overfull";

/** Delivers to one of many. What fails concerns this receiver alone; gives it, if anything. */
function deliver(
  hub: Hub,
  connection: Receiver,
  outgoing: Outgoing,
  now: number,
): Failure | undefined {
  try {
    if (!connection.deliver(outgoing, now)) return OVERFULL;
    if (connection.lagsSince !== 0) hub.congestion.buffersMuch(connection, now);
    return undefined;
  } catch (thrown) {
    return { thrown };
  }
}

function endLost(hub: Hub, lost: Lost): void {
  const overfull: Receiver[] = [];
  for (const [connection, why] of lost) {
    if (why === OVERFULL) overfull.push(connection);
    else failConnection(hub, connection, why.thrown);
  }
  departAll(hub, overfull, "replayBufferFull");
}
