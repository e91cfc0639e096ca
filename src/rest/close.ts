/**
 * Closing connections: of a hub, a group, a user, or a single one.
 */
import { closeByApplication } from "../hub/close.ts";
import type { Target } from "../hub/target.ts";
import { type Answer, type Call, nameIn, type Operation, template } from "./operation.ts";

const DONE: Answer = { status: 204 };

/** Answers when the connections are out of every lookup. */
function close(call: Call, target: Target, excluded: ReadonlySet<string> | undefined): Answer {
  if (call.hub !== undefined) {
    closeByApplication(call.hub, target, { excluded, filter: undefined }, call.query.reason);
  }
  return DONE;
}

/** The four closes. */
export const CLOSE_OPERATIONS: readonly Operation[] = [
  {
    id: "WebPubSub_CloseAllConnections",
    method: "POST",
    path: template("/api/hubs/{hub}/:closeConnections"),
    access: "write",
    run: (call) => close(call, { kind: "hub" }, call.query.excluded),
  },
  {
    id: "WebPubSub_CloseGroupConnections",
    method: "POST",
    path: template("/api/hubs/{hub}/groups/{group}/:closeConnections"),
    access: "write",
    run: (call) =>
      close(call, { kind: "group", group: nameIn(call, "group") }, call.query.excluded),
  },
  {
    id: "WebPubSub_CloseUserConnections",
    method: "POST",
    path: template("/api/hubs/{hub}/users/{userId}/:closeConnections"),
    access: "write",
    run: (call) =>
      close(call, { kind: "user", userId: nameIn(call, "userId") }, call.query.excluded),
  },
  {
    id: "WebPubSub_CloseConnection",
    method: "DELETE",
    path: template("/api/hubs/{hub}/connections/{connectionId}"),
    access: "write",
    run: (call) =>
      close(
        call,
        { kind: "connection", connectionId: nameIn(call, "connectionId") },
        undefined,
      ),
  },
];
