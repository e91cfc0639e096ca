/**
 * Whether a connection, a group or a user exists.
 */
import { RestError, type RestErrorCode } from "../errors.ts";
import { connectionExists, groupExists, userExists } from "../hub/presence.ts";
import { type Answer, nameIn, type Operation, template } from "./operation.ts";

const FOUND: Answer = { status: 200 };

/** 200, or the 404 of its kind: HEAD shows the code in a header only. */
function found(exists: boolean, code: RestErrorCode, target: string): Answer {
  if (!exists) throw new RestError(code, `${target} is not found.`, target);
  return FOUND;
}

/** The three questions. */
export const EXISTENCE_OPERATIONS: readonly Operation[] = [
  {
    id: "WebPubSub_ConnectionExists",
    method: "HEAD",
    path: template("/api/hubs/{hub}/connections/{connectionId}"),
    access: "read",
    run: ({ hub, names }) =>
      found(
        hub !== undefined && connectionExists(hub, nameIn({ names }, "connectionId")),
        "Warning.Connection.NotExisted",
        "Connection",
      ),
  },
  {
    id: "WebPubSub_GroupExists",
    method: "HEAD",
    path: template("/api/hubs/{hub}/groups/{group}"),
    access: "read",
    run: ({ hub, names }) =>
      found(
        hub !== undefined && groupExists(hub, nameIn({ names }, "group")),
        "Warning.Group.NotExisted",
        "Group",
      ),
  },
  {
    id: "WebPubSub_UserExists",
    method: "HEAD",
    path: template("/api/hubs/{hub}/users/{userId}"),
    access: "read",
    run: ({ hub, names }) =>
      found(
        hub !== undefined && userExists(hub, nameIn({ names }, "userId")),
        "Warning.User.NotExisted",
        "User",
      ),
  },
];
