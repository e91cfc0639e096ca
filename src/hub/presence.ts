/**
 * Who is there: the questions of REST. Connections that are away but recoverable exist.
 */
import type { PermissionKind } from "../auth/permissions.ts";
import type { Hub } from "./hub.ts";
import type { Target } from "./verb.ts";

/** Tells whether there is a connection in the target set. */
export function exists(hub: Hub, who: Target): boolean {
  switch (who.kind) {
    case "hub":
      return hub.size > 0;
    case "connection":
      return hub.find(who.connectionId) !== undefined;
    case "group":
      return hub.groups.memberCount(who.group) > 0;
    case "user":
      return hub.users.memberCount(who.userId) > 0;
  }
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
