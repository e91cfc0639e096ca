/**
 * Sends to a hub, a group, a user or a connection.
 */
import { sendFromServer } from "../hub/send.ts";
import type { Target } from "../hub/target.ts";
import { type Answer, type Call, nameIn, type Operation, template } from "./operation.ts";

const ACCEPTED: Answer = { status: 202 };

/** 202 means accepted: the message is in the queue of every receiver there is, be it none. */
function send(call: Call, target: Target, excluded: ReadonlySet<string> | undefined): Answer {
  const { hub, message, query, filter } = call;
  if (hub !== undefined && message !== undefined) {
    const content = { ...message, ttlSeconds: query.ttlSeconds };
    sendFromServer(hub, target, content, { excluded, filter });
  }
  return ACCEPTED;
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
    run: (call) => send(call, { kind: "hub" }, call.query.excluded),
  },
  {
    id: "WebPubSub_SendToGroup",
    method: "POST",
    path: template("/api/hubs/{hub}/groups/{group}/:send"),
    access: "write",
    checkQuery: (query) => void query.ttlSeconds,
    filtered: true,
    body: "message",
    run: (call) => send(call, { kind: "group", group: nameIn(call, "group") }, call.query.excluded),
  },
  {
    id: "WebPubSub_SendToUser",
    method: "POST",
    path: template("/api/hubs/{hub}/users/{userId}/:send"),
    access: "write",
    checkQuery: (query) => void query.ttlSeconds,
    filtered: true,
    body: "message",
    run: (call) => send(call, { kind: "user", userId: nameIn(call, "userId") }, undefined),
  },
  {
    id: "WebPubSub_SendToConnection",
    method: "POST",
    path: template("/api/hubs/{hub}/connections/{connectionId}/:send"),
    access: "write",
    checkQuery: (query) => void query.ttlSeconds,
    body: "message",
    run: (call) =>
      send(
        call,
        { kind: "connection", connectionId: nameIn(call, "connectionId") },
        undefined,
      ),
  },
];
