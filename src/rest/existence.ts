/**
 * Whether a connection, a group or a user exists.
 */
import { RestError, type RestErrorCode } from "../errors.ts";
import type { Target } from "../hub/verb.ts";
import { type Answer, type Call, nameIn, type Operation, template } from "./operation.ts";
import { whenKnown } from "./outcome.ts";
import type { RestServices } from "./services.ts";

const FOUND: Answer = { status: 200 };

/** 200, or the 404 of its kind: HEAD shows the code in a header only. */
function find(
  { hubName }: Call,
  { reach }: RestServices,
  who: Target,
  code: RestErrorCode,
  target: string,
): Answer | Promise<Answer> {
  return whenKnown(reach.ask({ ask: "exists", hub: hubName, who }), (exists) => {
    if (!exists) throw new RestError(code, `${target} is not found.`, target);
    return FOUND;
  });
}

/** The three questions. */
export const EXISTENCE_OPERATIONS: readonly Operation[] = [
  {
    id: "WebPubSub_ConnectionExists",
    method: "HEAD",
    path: template("/api/hubs/{hub}/connections/{connectionId}"),
    access: "read",
    run: (call, services) => {
      const who = { kind: "connection", connectionId: nameIn(call, "connectionId") } as const;
      return find(call, services, who, "Warning.Connection.NotExisted", "Connection");
    },
  },
  {
    id: "WebPubSub_GroupExists",
    method: "HEAD",
    path: template("/api/hubs/{hub}/groups/{group}"),
    access: "read",
    run: (call, services) => {
      const who = { kind: "group", group: nameIn(call, "group") } as const;
      return find(call, services, who, "Warning.Group.NotExisted", "Group");
    },
  },
  {
    id: "WebPubSub_UserExists",
    method: "HEAD",
    path: template("/api/hubs/{hub}/users/{userId}"),
    access: "read",
    run: (call, services) => {
      const who = { kind: "user", userId: nameIn(call, "userId") } as const;
      return find(call, services, who, "Warning.User.NotExisted", "User");
    },
  },
];
