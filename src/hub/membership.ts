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
  return connection === undefined ? "absent" : joinAll(hub, [connection], [group]);
}

/** Takes a connection out of a group. */
export function removeConnectionFromGroup(hub: Hub, connectionId: string, group: string): void {
  const connection = hub.find(connectionId);
  if (connection !== undefined) hub.groups.leave(connection.slot, group);
}

/** Takes a connection out of all its groups. */
export function removeConnectionFromAllGroups(hub: Hub, connectionId: string): void {
  const connection = hub.find(connectionId);
  if (connection !== undefined) hub.groups.leaveAll(connection.slot);
}

/** Adds the user's connections of this moment; those that have room join even if another has none. */
export function addUserToGroup(hub: Hub, userId: string, group: string): AddOutcome {
  const connections = hub.membersOf(hub.users, userId);
  return connections.length === 0 ? "absent" : joinAll(hub, connections, [group]);
}

/** Takes every connection of a user out of a group. */
export function removeUserFromGroup(hub: Hub, userId: string, group: string): void {
  for (const { slot } of hub.membersOf(hub.users, userId)) hub.groups.leave(slot, group);
}

/** Takes every connection of a user out of all groups. */
export function removeUserFromAllGroups(hub: Hub, userId: string): void {
  for (const { slot } of hub.membersOf(hub.users, userId)) hub.groups.leaveAll(slot);
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
  const outcome = joinAll(hub, select(hub, { kind: "hub" }, selection), groups);
  return outcome === "full" ? "full" : "done";
}

/** Takes every selected connection of the hub out of all `groups`; all are chosen before the first change. */
export function removeFromGroups(
  hub: Hub,
  groups: readonly string[],
  selection: Selection = EVERYBODY,
): void {
  for (const { slot } of select(hub, { kind: "hub" }, selection)) {
    for (const group of groups) hub.groups.leave(slot, group);
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

/** Joins whom it can; the last refusal, if there was one. */
function joinAll(
  hub: Hub,
  connections: readonly Connection[],
  groups: readonly string[],
): "done" | "tooMany" | "full" {
  let refusal: "done" | "tooMany" | "full" = "done";
  for (const connection of connections) {
    for (const group of groups) {
      const outcome = hub.join(connection, group);
      if (outcome === "tooMany" || outcome === "full") refusal = outcome;
    }
  }
  return refusal;
}
