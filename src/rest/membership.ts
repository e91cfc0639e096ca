/**
 * Who is in which group: single connections, users, and many at once.
 */
import type { Target } from "../hub/verb.ts";
import { type Answer, type Call, nameIn, type Operation, template } from "./operation.ts";
import { answerTo, type Concern, NO_CONCERN } from "./outcome.ts";
import type { RestServices } from "./services.ts";

const ADDED: Answer = { status: 200 };
const REMOVED: Answer = { status: 204 };

/** Bulk calls know no 204. */
const CHANGED = ADDED;

function connectionIn(call: Call): Target {
  return { kind: "connection", connectionId: nameIn(call, "connectionId") };
}

function userIn(call: Call): Target {
  return { kind: "user", userId: nameIn(call, "userId") };
}

/** Adds one connection or user to the group in the path. */
function add(
  call: Call,
  services: RestServices,
  who: Target,
  concern: Concern,
): Answer | Promise<Answer> {
  const groups = [nameIn(call, "group")];
  const { hubName: hub } = call;
  const outcome = services.reach.perform({ do: "join", hub, who, filter: undefined, groups });
  return answerTo(outcome, ADDED, concern, services);
}

/** Takes one connection or user out of groups. */
function remove(
  call: Call,
  services: RestServices,
  who: Target,
  groups: readonly string[] | "all",
): Answer | Promise<Answer> {
  const { hubName: hub } = call;
  const outcome = services.reach.perform({ do: "leave", hub, who, filter: undefined, groups });
  return answerTo(outcome, REMOVED, NO_CONCERN, services);
}

/** Adds whomever the body picks, or takes them out. */
function changeMany(
  { hubName: hub, groupsRequest }: Call,
  services: RestServices,
  what: "join" | "leave",
): Answer | Promise<Answer> {
  if (groupsRequest === undefined) return CHANGED;
  const outcome = services.reach.perform({
    do: what,
    hub,
    who: { kind: "hub" },
    ...groupsRequest,
  });
  return answerTo(outcome, CHANGED, { target: "groups" }, services);
}

/** Adding and removing. */
export const MEMBERSHIP_OPERATIONS: readonly Operation[] = [
  {
    id: "WebPubSub_AddConnectionToGroup",
    method: "PUT",
    path: template("/api/hubs/{hub}/groups/{group}/connections/{connectionId}"),
    access: "write",
    run: (call, services) => {
      const id = nameIn(call, "connectionId");
      const absent = { code: "Error.Connection.NotExisted", id } as const;
      return add(call, services, connectionIn(call), { target: "Connection", absent });
    },
  },
  {
    id: "WebPubSub_RemoveConnectionFromGroup",
    method: "DELETE",
    path: template("/api/hubs/{hub}/groups/{group}/connections/{connectionId}"),
    access: "write",
    run: (call, services) => remove(call, services, connectionIn(call), [nameIn(call, "group")]),
  },
  {
    id: "WebPubSub_RemoveConnectionFromAllGroups",
    method: "DELETE",
    path: template("/api/hubs/{hub}/connections/{connectionId}/groups"),
    access: "write",
    run: (call, services) => remove(call, services, connectionIn(call), "all"),
  },
  {
    id: "WebPubSub_AddUserToGroup",
    method: "PUT",
    path: template("/api/hubs/{hub}/users/{userId}/groups/{group}"),
    access: "write",
    run: (call, services) => {
      const absent = { code: "Warning.User.NotExisted", id: nameIn(call, "userId") } as const;
      return add(call, services, userIn(call), { target: "User", absent });
    },
  },
  {
    id: "WebPubSub_RemoveUserFromGroup",
    method: "DELETE",
    path: template("/api/hubs/{hub}/users/{userId}/groups/{group}"),
    access: "write",
    run: (call, services) => remove(call, services, userIn(call), [nameIn(call, "group")]),
  },
  {
    id: "WebPubSub_RemoveUserFromAllGroups",
    method: "DELETE",
    path: template("/api/hubs/{hub}/users/{userId}/groups"),
    access: "write",
    run: (call, services) => remove(call, services, userIn(call), "all"),
  },
  {
    id: "WebPubSub_AddConnectionsToGroups",
    method: "POST",
    path: template("/api/hubs/{hub}/:addToGroups"),
    access: "write",
    body: "groups",
    run: (call, services) => changeMany(call, services, "join"),
  },
  {
    id: "WebPubSub_RemoveConnectionsFromGroups",
    method: "POST",
    path: template("/api/hubs/{hub}/:removeFromGroups"),
    access: "write",
    body: "groups",
    run: (call, services) => changeMany(call, services, "leave"),
  },
];
