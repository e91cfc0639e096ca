/**
 * The verbs over groups. Adding twice is one membership, removing a stranger is no error; membership grants no
 * permission, and changing it changes none.
 */
import type { Receiver } from "../session/receiver.ts";
import type { Hub, JoinOutcome } from "./hub.ts";
import { isNamed, select, type Selection } from "./target.ts";
import type { MemberPage, Outcome, Target } from "./verb.ts";

/**
 * Adds the connections of this moment that `selection` picks to `groups`, different ones. Everything is judged before
 * the first change. A named connection, or one of a user, that has no room for all of them is a reason to refuse. One
 * among those of a hub or a group is not, and is left with what it has room for: any client could fill itself up to
 * spoil the call for others. Answers later where an observer of memberships has to be waited for.
 */
export function addToGroups(
  hub: Hub,
  who: Target,
  groups: readonly string[],
  selection: Selection,
): Outcome | Promise<Outcome> {
  if (hub.context.groupBound.isExceededBy(groups)) return "tooMany";
  const connections = select(hub, who, selection);
  if (connections.length === 0) return isNamed(who) ? "absent" : "done";
  const overfull = isNamed(who)
    ? connections.find((connection) => !hub.hasRoomFor(connection, groups))
    : undefined;
  if (overfull !== undefined) {
    hub.context.groupBound.reached(hub.name, overfull.id);
    return "tooMany";
  }
  return hub.groups.hasRoomForAll(groups) ? joinAll(hub, connections, groups) : "full";
}

/** Takes the connections that `selection` picks out of groups; all are chosen before the first change. */
export function removeFromGroups(
  hub: Hub,
  who: Target,
  groups: readonly string[] | "all",
  selection: Selection,
): void {
  for (const connection of select(hub, who, selection)) {
    if (groups === "all") hub.leaveAll(connection);
    else for (const group of groups) hub.leave(connection, group);
  }
}

/**
 * Up to `limit` members of a group with ids behind `after` (`""`: from the start), ascending by connection id, and
 * whether more follow. A member that leaves between two pages causes no other one to be skipped or repeated.
 */
export function listGroup(hub: Hub, group: string, after: string, limit: number): MemberPage {
  const behind = hub.membersOf(hub.groups, group)
    .filter((connection) => connection.id > after)
    .sort((a, b) => a.id < b.id ? -1 : 1);
  const members = behind.slice(0, limit).map((connection) => ({
    connectionId: connection.id,
    userId: connection.identity.userId ?? null,
  }));
  return { members, more: behind.length > limit };
}

/** Joins every connection that has room. */
function joinAll(
  hub: Hub,
  connections: readonly Receiver[],
  groups: readonly string[],
): "done" | Promise<"done"> {
  let awaited: Promise<JoinOutcome>[] | undefined;
  for (const connection of connections) {
    for (const group of groups) {
      const outcome = hub.join(connection, group);
      if (outcome instanceof Promise) (awaited ??= []).push(outcome);
    }
  }
  return awaited === undefined ? "done" : Promise.all(awaited).then(() => "done");
}
