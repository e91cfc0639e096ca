/**
 * `:generateToken`: a client token for a hub, signed with the primary key.
 */
import { badParameter } from "../errors.ts";
import { type Operation, template } from "./operation.ts";
import type { Query } from "./query.ts";

/** Client endpoints by `clientType`. */
const CLIENT_PATHS: Readonly<Record<string, string>> = {
  default: "/client/hubs/",
  mqtt: "/clients/mqtt/hubs/",
  socketio: "/clients/socketio/hubs/",
};

function clientPath(query: Query): string {
  const type = query.first("clienttype") ?? "default";
  const path = Object.hasOwn(CLIENT_PATHS, type.toLowerCase())
    ? CLIENT_PATHS[type.toLowerCase()]
    : undefined;
  if (path === undefined) throw badParameter(`The value '${type}' is not valid.`, "clientType");
  return path;
}

/** Any REST caller may ask for one. */
export const GENERATE_CLIENT_TOKEN: Operation = {
  id: "WebPubSub_GenerateClientToken",
  method: "POST",
  path: template("/api/hubs/{hub}/:generateToken"),
  access: "write",
  checkQuery: (query) => void [query.groups, query.minutesToExpire, clientPath(query)],
  run: ({ endpoint, hubName, query }, services) => {
    const userId = query.first("userid");
    const token = services.signClientToken({
      audience: `${endpoint()}${clientPath(query)}${hubName}`,
      userId: userId?.trim() === "" ? undefined : userId,
      roles: query.all("role").filter((role) => role !== ""),
      groups: query.groups,
      minutesToExpire: query.minutesToExpire,
    });
    return { status: 200, body: { token } };
  },
};
