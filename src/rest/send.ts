/**
 * Sends to a hub, a group, a user or a connection.
 */
import { RestError } from "../errors.ts";
import type { Waiting } from "../hub/congestion.ts";
import type { Hub } from "../hub/hub.ts";
import { sendFromServer } from "../hub/send.ts";
import type { Target } from "../hub/target.ts";
import { REST_HOLD_MS } from "../limits.ts";
import { type Answer, type Call, nameIn, type Operation, template } from "./operation.ts";

const ACCEPTED: Answer = { status: 202 };

/**
 * 202 means accepted: the message is in the queue of every receiver there is, be it none. While one of them is behind,
 * the answer waits.
 */
function send(
  call: Call,
  target: Target,
  excluded: ReadonlySet<string> | undefined,
): Answer | Promise<Answer> {
  const { hub, message, query, filter } = call;
  if (hub !== undefined && message !== undefined) {
    const content = { ...message, ttlSeconds: query.ttlSeconds };
    const waiting = sendFromServer(hub, target, content, { excluded, filter });
    if (waiting !== undefined) return accepted(hub, waiting);
  }
  return ACCEPTED;
}

/** The answer once the message is in the queues; 503 when that takes too long: it is then sent to nobody. */
async function accepted(hub: Hub, waiting: Waiting): Promise<Answer> {
  const cancel = hub.context.platform.after(REST_HOLD_MS, () => hub.congestion.giveUp(waiting));
  try {
    if (await waiting.delivered) return ACCEPTED;
  } finally {
    cancel();
  }
  throw new RestError(
    "Error.ServiceUnavailable",
    "Receivers are behind with earlier messages. The message was not sent, try again later.",
    "Request",
  );
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
