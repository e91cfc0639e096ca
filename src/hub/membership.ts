/**
 * The verbs over groups. Adding twice is one membership, removing a stranger is no error; membership grants no
 * permission, and changing it changes none.
 */
import type { Connection } from "../session/connection.ts";
import type { Hub } from "./hub.ts";
import { EVERYBODY, select, type Selection } from "./target.ts";

/** A member of a group as listings show it. */
export interface Member {
  readonly connectionId: string;
  readonly userId: string | null;
}

/** What became of adding; `absent`: there is nobody to add. */
export type AddOutcome = "done" | "absent" | "tooMany" | "full";

/** Adds one connection. */
export function addConnectionToGroup(hub: Hub, connectionId: string, group: string): AddOutcome {
  const connection = hub.find(connectionId);
  return connection === undefined ? "absent" : joinAll(hub, [connection], [group], true);
}

/** Takes a connection out of a group. */
export function removeConnectionFromGroup(hub: Hub, connectionId: string, group: string): void {
  const connection = hub.find(connectionId);
  if (connection !== undefined) hub.leave(connection, group);
}

/** Takes a connection out of all its groups. */
export function removeConnectionFromAllGroups(hub: Hub, connectionId: string): void {
  const connection = hub.find(connectionId);
  if (connection !== undefined) hub.leaveAll(connection);
}

/** Adds the user's connections of this moment; if one has no room, none joins. */
export function addUserToGroup(hub: Hub, userId: string, group: string): AddOutcome {
  const connections = hub.membersOf(hub.users, userId);
  return connections.length === 0 ? "absent" : joinAll(hub, connections, [group], true);
}

/** Takes every connection of a user out of a group. */
export function removeUserFromGroup(hub: Hub, userId: string, group: string): void {
  for (const connection of hub.membersOf(hub.users, userId)) hub.leave(connection, group);
}

/** Takes every connection of a user out of all groups. */
export function removeUserFromAllGroups(hub: Hub, userId: string): void {
  for (const connection of hub.membersOf(hub.users, userId)) hub.leaveAll(connection);
}

/**
 * Adds every selected connection of the hub to all `groups`; all are chosen before the first change. `tooMany` when there
 * are more groups than any connection may be in: then nothing changes. A connection that has no room for all of them is
 * left with what it has room for, and is no reason to fail: any client could fill itself up to spoil the call for others.
 */
export function addToGroups(
  hub: Hub,
  groups: readonly string[],
  selection: Selection = EVERYBODY,
): AddOutcome {
  if (hub.context.groupBound.isExceededBy(groups)) return "tooMany";
  return joinAll(hub, select(hub, { kind: "hub" }, selection), groups, false);
}

/** Takes every selected connection of the hub out of all `groups`; all are chosen before the first change. */
export function removeFromGroups(
  hub: Hub,
  groups: readonly string[],
  selection: Selection = EVERYBODY,
): void {
  for (const connection of select(hub, { kind: "hub" }, selection)) {
    for (const group of groups) hub.leave(connection, group);
  }
}

/**
 * Up to `limit` members of a group with ids behind `after` (`""`: from the start), ascending by connection id, and
 * whether more follow. A member that leaves between two pages makes nobody be skipped or repeated.
 */
export function listGroup(
  hub: Hub,
  group: string,
  after: string,
  limit: number,
): { readonly members: readonly Member[]; readonly more: boolean } {
  const behind = hub.membersOf(hub.groups, group)
    .filter((connection) => connection.id > after)
    .sort((a, b) => a.id < b.id ? -1 : 1);
  const members = behind.slice(0, limit).map((connection) => ({
    connectionId: connection.id,
    userId: connection.identity.userId ?? null,
  }));
  return { members, more: behind.length > limit };
}

/** Joins all or refuses; `spoils`: one that has no room for all is a reason to refuse. */
function joinAll(
  hub: Hub,
  connections: readonly Connection[],
  groups: readonly string[],
  spoils: boolean,
): "done" | "tooMany" | "full" {
  const overfull = spoils
    ? connections.find((connection) => !hub.hasRoomFor(connection, groups))
    : undefined;
  if (overfull !== undefined) {
    hub.context.groupBound.reached(hub.name, overfull.id);
    return "tooMany";
  }
  if (connections.length > 0 && !hub.groups.hasRoomForAll(groups)) return "full";
  for (const connection of connections) {
    for (const group of groups) void hub.join(connection, group);
  }
  return "done";
}
