/**
 * Permissions of single connections: grant, revoke, check.
 */
import type { PermissionKind } from "../auth/permissions.ts";
import { RestError } from "../errors.ts";
import { type Answer, type Call, nameIn, type Operation, template } from "./operation.ts";
import { answerTo, type Concern, whenKnown } from "./outcome.ts";
import type { RestServices } from "./services.ts";

/** Both names in any letter case; the numbers are those of the .NET client's enumeration. */
const KINDS: Readonly<Record<string, PermissionKind>> = {
  sendtogroup: "sendToGroup",
  joinleavegroup: "joinLeaveGroup",
  "1": "sendToGroup",
  "2": "joinLeaveGroup",
};

const NOT_EXISTED = "Info.Connection.NotExisted";
const PATH = template("/api/hubs/{hub}/permissions/{permission}/connections/{connectionId}");

/** Tells whether a path segment names a permission. */
export function isPermissionName(name: string): boolean {
  return Object.hasOwn(KINDS, name.toLowerCase());
}

function kindOf(call: Call): PermissionKind {
  return KINDS[nameIn(call, "permission").toLowerCase()] ?? "sendToGroup";
}

/** Answers with `success` when the change is in force. */
function change(
  call: Call,
  services: RestServices,
  what: "grant" | "revoke",
  success: Answer,
  concern: Concern,
): Answer | Promise<Answer> {
  const outcome = services.reach.perform({
    do: what,
    hub: call.hubName,
    connectionId: nameIn(call, "connectionId"),
    permission: kindOf(call),
    group: call.query.targetName,
  });
  return answerTo(outcome, success, concern, services);
}

/** In force at once, for that connection only; `targetName` is always a literal group name. */
export const PERMISSION_OPERATIONS: readonly Operation[] = [
  {
    id: "WebPubSub_GrantPermission",
    method: "PUT",
    path: PATH,
    access: "write",
    checkQuery: (query) => void query.targetName,
    run: (call, services) => {
      const absent = { code: NOT_EXISTED, id: nameIn(call, "connectionId") } as const;
      return change(call, services, "grant", { status: 200 }, { target: "Connection", absent });
    },
  },
  {
    id: "WebPubSub_RevokePermission",
    method: "DELETE",
    path: PATH,
    access: "write",
    checkQuery: (query) => void query.targetName,
    run: (call, services) =>
      change(call, services, "revoke", { status: 204 }, { target: "Connection" }),
  },
  {
    id: "WebPubSub_CheckPermission",
    method: "HEAD",
    path: PATH,
    access: "read",
    checkQuery: (query) => void query.targetName,
    run: (call, { reach }) => {
      const connectionId = nameIn(call, "connectionId");
      const may = reach.ask({
        ask: "may",
        hub: call.hubName,
        connectionId,
        permission: kindOf(call),
        group: call.query.targetName,
      });
      return whenKnown(may, (allowed) => {
        if (allowed) return { status: 200 };
        throw new RestError(
          NOT_EXISTED,
          `Connection \`${connectionId}\` is not found.`,
          "Connection",
        );
      });
    },
  },
];
