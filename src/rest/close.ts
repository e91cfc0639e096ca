/**
 * Closing connections: of a hub, a group, a user, or a single one.
 */
import type { Target } from "../hub/verb.ts";
import { type Answer, type Call, nameIn, type Operation, template } from "./operation.ts";
import { answerTo, NO_CONCERN } from "./outcome.ts";
import type { RestServices } from "./services.ts";

const DONE: Answer = { status: 204 };

/** Answers when the connections are out of every lookup. */
function close(
  { hubName, query }: Call,
  services: RestServices,
  who: Target,
  excluded: readonly string[],
): Answer | Promise<Answer> {
  const outcome = services.reach.perform({
    do: "close",
    hub: hubName,
    who,
    except: { connectionIds: excluded, filter: undefined },
    reason: query.reason,
  });
  return answerTo(outcome, DONE, NO_CONCERN, services);
}

/** The four closes. */
export const CLOSE_OPERATIONS: readonly Operation[] = [
  {
    id: "WebPubSub_CloseAllConnections",
    method: "POST",
    path: template("/api/hubs/{hub}/:closeConnections"),
    access: "write",
    run: (call, services) => close(call, services, { kind: "hub" }, call.query.excluded),
  },
  {
    id: "WebPubSub_CloseGroupConnections",
    method: "POST",
    path: template("/api/hubs/{hub}/groups/{group}/:closeConnections"),
    access: "write",
    run: (call, services) =>
      close(call, services, { kind: "group", group: nameIn(call, "group") }, call.query.excluded),
  },
  {
    id: "WebPubSub_CloseUserConnections",
    method: "POST",
    path: template("/api/hubs/{hub}/users/{userId}/:closeConnections"),
    access: "write",
    run: (call, services) =>
      close(call, services, { kind: "user", userId: nameIn(call, "userId") }, call.query.excluded),
  },
  {
    id: "WebPubSub_CloseConnection",
    method: "DELETE",
    path: template("/api/hubs/{hub}/connections/{connectionId}"),
    access: "write",
    run: (call, services) =>
      close(
        call,
        services,
        { kind: "connection", connectionId: nameIn(call, "connectionId") },
        [],
      ),
  },
];
