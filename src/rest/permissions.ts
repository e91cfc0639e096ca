/**
 * Permissions of single connections: grant, revoke, check.
 */
import type { PermissionKind } from "../auth/permissions.ts";
import { RestError } from "../errors.ts";
import { mayAct } from "../hub/presence.ts";
import { MAX_LITERAL_RULES } from "../limits.ts";
import type { Connection } from "../session/connection.ts";
import { type Answer, type Call, nameIn, type Operation, template } from "./operation.ts";

/** Both names in any letter case; the numbers are those of the .NET client's enumeration. */
const KINDS: Readonly<Record<string, PermissionKind>> = {
  sendtogroup: "sendToGroup",
  joinleavegroup: "joinLeaveGroup",
  "1": "sendToGroup",
  "2": "joinLeaveGroup",
};

const PATH = template("/api/hubs/{hub}/permissions/{permission}/connections/{connectionId}");

/** Tells whether a path segment names a permission. */
export function isPermissionName(name: string): boolean {
  return Object.hasOwn(KINDS, name.toLowerCase());
}

function kindOf(call: Call): PermissionKind {
  return KINDS[nameIn(call, "permission").toLowerCase()] ?? "sendToGroup";
}

function connectionOf(call: Call): Connection | undefined {
  return call.hub?.find(nameIn(call, "connectionId"));
}

function ok(outcome: "ok" | "conflict", status: number): Answer {
  if (outcome === "ok") return { status };
  throw new RestError(
    "Error.Connection.Conflict",
    `A connection holds at most ${MAX_LITERAL_RULES} group rules per permission.`,
    "Connection",
  );
}

function absent(id: string): RestError {
  return new RestError(
    "Info.Connection.NotExisted",
    `Connection \`${id}\` is not found.`,
    "Connection",
  );
}

/** In force at once, for that connection only; `targetName` is always a literal group name. */
export const PERMISSION_OPERATIONS: readonly Operation[] = [
  {
    id: "WebPubSub_GrantPermission",
    method: "PUT",
    path: PATH,
    access: "write",
    checkQuery: (query) => void query.targetName,
    run: (call) => {
      const connection = connectionOf(call);
      if (connection === undefined) throw absent(nameIn(call, "connectionId"));
      return ok(connection.permissions.grant(kindOf(call), call.query.targetName), 200);
    },
  },
  {
    id: "WebPubSub_RevokePermission",
    method: "DELETE",
    path: PATH,
    access: "write",
    checkQuery: (query) => void query.targetName,
    run: (call) => {
      const connection = connectionOf(call);
      if (connection === undefined) return { status: 204 };
      return ok(connection.permissions.revoke(kindOf(call), call.query.targetName), 204);
    },
  },
  {
    id: "WebPubSub_CheckPermission",
    method: "HEAD",
    path: PATH,
    access: "read",
    checkQuery: (query) => void query.targetName,
    run: (call) => {
      const id = nameIn(call, "connectionId");
      if (call.hub !== undefined && mayAct(call.hub, id, kindOf(call), call.query.targetName)) {
        return { status: 200 };
      }
      throw absent(id);
    },
  },
];
