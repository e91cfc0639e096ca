/**
 * Sends to a hub, a group, a user or a connection.
 */
import type { Target } from "../hub/verb.ts";
import { type Answer, type Call, nameIn, type Operation, template } from "./operation.ts";
import { answerTo, NO_CONCERN } from "./outcome.ts";
import type { RestServices } from "./services.ts";

const ACCEPTED: Answer = { status: 202 };

/**
 * 202 means accepted: the message is in the queue of every receiver there is, be it none. While one of them is behind,
 * the answer waits.
 */
function send(
  { hubName, message, query, filter }: Call,
  services: RestServices,
  to: Target,
  excluded: readonly string[],
): Answer | Promise<Answer> {
  if (message === undefined) return ACCEPTED;
  const outcome = services.reach.perform({
    do: "send",
    hub: hubName,
    to,
    content: { ...message, ttlSeconds: query.ttlSeconds },
    except: { connectionIds: excluded, filter },
    from: undefined,
  });
  return answerTo(outcome, ACCEPTED, NO_CONCERN, services);
}

/** The four sends. */
export const SEND_OPERATIONS: readonly Operation[] = [
  {
    id: "WebPubSub_SendToAll",
    method: "POST",
    path: template("/api/hubs/{hub}/:send"),
    access: "write",
    checkQuery: (query) => void query.ttlSeconds,
    filtered: true,
    body: "message",
    run: (call, services) => send(call, services, { kind: "hub" }, call.query.excluded),
  },
  {
    id: "WebPubSub_SendToGroup",
    method: "POST",
    path: template("/api/hubs/{hub}/groups/{group}/:send"),
    access: "write",
    checkQuery: (query) => void query.ttlSeconds,
    filtered: true,
    body: "message",
    run: (call, services) =>
      send(call, services, { kind: "group", group: nameIn(call, "group") }, call.query.excluded),
  },
  {
    id: "WebPubSub_SendToUser",
    method: "POST",
    path: template("/api/hubs/{hub}/users/{userId}/:send"),
    access: "write",
    checkQuery: (query) => void query.ttlSeconds,
    filtered: true,
    body: "message",
    run: (call, services) =>
      send(call, services, { kind: "user", userId: nameIn(call, "userId") }, []),
  },
  {
    id: "WebPubSub_SendToConnection",
    method: "POST",
    path: template("/api/hubs/{hub}/connections/{connectionId}/:send"),
    access: "write",
    checkQuery: (query) => void query.ttlSeconds,
    body: "message",
    run: (call, services) =>
      send(
        call,
        services,
        { kind: "connection", connectionId: nameIn(call, "connectionId") },
        [],
      ),
  },
];
