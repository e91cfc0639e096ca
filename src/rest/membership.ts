/**
 * Who is in which group: single connections, users, and many at once.
 */
import { badRequest, RestError } from "../errors.ts";
import {
  addConnectionToGroup,
  type AddOutcome,
  addToGroups,
  addUserToGroup,
  removeConnectionFromAllGroups,
  removeConnectionFromGroup,
  removeFromGroups,
  removeUserFromAllGroups,
  removeUserFromGroup,
} from "../hub/membership.ts";
import { type Answer, type Call, nameIn, type Operation, template } from "./operation.ts";

const ADDED: Answer = { status: 200 };
const REMOVED: Answer = { status: 204 };

/** The answer to adding; `target` is what the request named. */
function added({ hub }: Call, outcome: AddOutcome, target: string): Answer {
  switch (outcome) {
    case "tooMany":
      throw badRequest(hub?.context.groupBound.message ?? "", target);
    case "full":
      throw new RestError("Error.InternalServerError", "The hub has no room for a group.", target);
    default:
      return ADDED;
  }
}

/** Adding and removing. */
export const MEMBERSHIP_OPERATIONS: readonly Operation[] = [
  {
    id: "WebPubSub_AddConnectionToGroup",
    method: "PUT",
    path: template("/api/hubs/{hub}/groups/{group}/connections/{connectionId}"),
    access: "write",
    run: (call) => {
      const id = nameIn(call, "connectionId");
      const outcome = call.hub === undefined
        ? "absent"
        : addConnectionToGroup(call.hub, id, nameIn(call, "group"));
      if (outcome === "absent") {
        throw new RestError(
          "Error.Connection.NotExisted",
          `Connection \`${id}\` is not found.`,
          "Connection",
        );
      }
      return added(call, outcome, "Connection");
    },
  },
  {
    id: "WebPubSub_RemoveConnectionFromGroup",
    method: "DELETE",
    path: template("/api/hubs/{hub}/groups/{group}/connections/{connectionId}"),
    access: "write",
    run: (call) => {
      if (call.hub !== undefined) {
        removeConnectionFromGroup(call.hub, nameIn(call, "connectionId"), nameIn(call, "group"));
      }
      return REMOVED;
    },
  },
  {
    id: "WebPubSub_RemoveConnectionFromAllGroups",
    method: "DELETE",
    path: template("/api/hubs/{hub}/connections/{connectionId}/groups"),
    access: "write",
    run: (call) => {
      if (call.hub !== undefined) {
        removeConnectionFromAllGroups(call.hub, nameIn(call, "connectionId"));
      }
      return REMOVED;
    },
  },
  {
    id: "WebPubSub_AddUserToGroup",
    method: "PUT",
    path: template("/api/hubs/{hub}/users/{userId}/groups/{group}"),
    access: "write",
    run: (call) => {
      const userId = nameIn(call, "userId");
      const outcome = call.hub === undefined
        ? "absent"
        : addUserToGroup(call.hub, userId, nameIn(call, "group"));
      if (outcome === "absent") {
        throw new RestError(
          "Warning.User.NotExisted",
          `User \`${userId}\` is not found.`,
          "User",
        );
      }
      return added(call, outcome, "User");
    },
  },
  {
    id: "WebPubSub_RemoveUserFromGroup",
    method: "DELETE",
    path: template("/api/hubs/{hub}/users/{userId}/groups/{group}"),
    access: "write",
    run: (call) => {
      if (call.hub !== undefined) {
        removeUserFromGroup(call.hub, nameIn(call, "userId"), nameIn(call, "group"));
      }
      return REMOVED;
    },
  },
  {
    id: "WebPubSub_RemoveUserFromAllGroups",
    method: "DELETE",
    path: template("/api/hubs/{hub}/users/{userId}/groups"),
    access: "write",
    run: (call) => {
      if (call.hub !== undefined) removeUserFromAllGroups(call.hub, nameIn(call, "userId"));
      return REMOVED;
    },
  },
  {
    id: "WebPubSub_AddConnectionsToGroups",
    method: "POST",
    path: template("/api/hubs/{hub}/:addToGroups"),
    access: "write",
    body: "groups",
    run: (call) => {
      const { hub, groupsRequest } = call;
      if (hub === undefined || groupsRequest === undefined) return ADDED;
      const { groups, filter } = groupsRequest;
      return added(call, addToGroups(hub, groups, { excluded: undefined, filter }), "groups");
    },
  },
  {
    id: "WebPubSub_RemoveConnectionsFromGroups",
    method: "POST",
    path: template("/api/hubs/{hub}/:removeFromGroups"),
    access: "write",
    body: "groups",
    run: ({ hub, groupsRequest }) => {
      if (hub !== undefined && groupsRequest !== undefined) {
        const { groups, filter } = groupsRequest;
        removeFromGroups(hub, groups, { excluded: undefined, filter });
      }
      return ADDED;
    },
  },
];
