/**
 * Who is in which group: single connections, users, and many at once.
 */
import { RestError } from "../errors.ts";
import {
  addConnectionToGroup,
  addToGroups,
  addUserToGroup,
  removeConnectionFromAllGroups,
  removeConnectionFromGroup,
  removeFromGroups,
  removeUserFromAllGroups,
  removeUserFromGroup,
} from "../hub/membership.ts";
import { type Answer, nameIn, type Operation, template } from "./operation.ts";

const ADDED: Answer = { status: 200 };
const REMOVED: Answer = { status: 204 };

/** Adding and removing. */
export const MEMBERSHIP_OPERATIONS: readonly Operation[] = [
  {
    id: "WebPubSub_AddConnectionToGroup",
    method: "PUT",
    path: template("/api/hubs/{hub}/groups/{group}/connections/{connectionId}"),
    access: "write",
    run: (call) => {
      const id = nameIn(call, "connectionId");
      if (call.hub === undefined || !addConnectionToGroup(call.hub, id, nameIn(call, "group"))) {
        throw new RestError(
          "Error.Connection.NotExisted",
          `Connection \`${id}\` is not found.`,
          "Connection",
        );
      }
      return ADDED;
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
      if (call.hub === undefined || !addUserToGroup(call.hub, userId, nameIn(call, "group"))) {
        throw new RestError(
          "Warning.User.NotExisted",
          `User \`${userId}\` is not found.`,
          "User",
        );
      }
      return ADDED;
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
    run: ({ hub, groupsRequest }) => {
      if (hub !== undefined && groupsRequest !== undefined) {
        const { groups, filter } = groupsRequest;
        addToGroups(hub, groups, { excluded: undefined, filter });
      }
      return ADDED;
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
