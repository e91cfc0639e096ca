/**
 * Who is there: the questions of REST. Connections that are away but recoverable exist.
 */
import type { PermissionKind } from "../auth/permissions.ts";
import type { Hub } from "./hub.ts";

/** Tells whether a connection of that id exists. */
export function connectionExists(hub: Hub, connectionId: string): boolean {
  return hub.find(connectionId) !== undefined;
}

/** Tells whether a group has a member. */
export function groupExists(hub: Hub, group: string): boolean {
  return hub.groups.memberCount(group) > 0;
}

/** Tells whether a user has a connection. */
export function userExists(hub: Hub, userId: string): boolean {
  return hub.users.memberCount(userId) > 0;
}

/** Tells whether a connection exists and may act on a group, whatever gave it the right. */
export function mayAct(
  hub: Hub,
  connectionId: string,
  kind: PermissionKind,
  group: string,
): boolean {
  return hub.find(connectionId)?.permissions.allows(kind, group) ?? false;
}
