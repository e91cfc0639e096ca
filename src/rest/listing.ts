/**
 * The connections of a group, page by page.
 */
import { badParameter } from "../errors.ts";
import { continuationToken, lastIdOf } from "./continuation.ts";
import { type Call, nameIn, type Operation, template } from "./operation.ts";
import { whenKnown } from "./outcome.ts";
import type { RestServices } from "./services.ts";
import { NEWEST_VERSION } from "./versions.ts";

/**
 * Ascending by connection id, so that a member who leaves between two pages causes no other one to be skipped or
 * repeated.
 */
export const LIST_CONNECTIONS_IN_GROUP: Operation = {
  id: "WebPubSub_ListConnectionsInGroup",
  method: "GET",
  path: template("/api/hubs/{hub}/groups/{group}/connections"),
  access: "read",
  checkQuery: (query) => void [query.pageSize, query.top, query.continuationToken],
  run: (call, services) => {
    const { hubName, query } = call;
    const group = nameIn(call, "group");
    const token = query.continuationToken;
    const after = token === undefined ? "" : lastIdOf(services, hubName, group, token);
    if (after === undefined) {
      throw badParameter("Invalid continuationToken.", "continuationToken");
    }
    const { pageSize, top } = query;
    const limit = Math.min(pageSize, top ?? pageSize);
    const page = services.reach.ask({ ask: "members", hub: hubName, group, after, limit });
    return whenKnown(page, ({ members, more }) => {
      const last = members.at(-1);
      const left = top === undefined ? undefined : top - members.length;
      if (!more || last === undefined || left === 0) {
        return { status: 200, body: { value: members } };
      }
      const nextLink = linkBehind(call, services, group, last.connectionId, left);
      return { status: 200, body: { value: members, nextLink } };
    });
  },
};

function linkBehind(
  { endpoint, hubName, path, query }: Call,
  services: RestServices,
  group: string,
  lastId: string,
  top: number | undefined,
): string {
  const parameters = new URLSearchParams({
    "api-version": NEWEST_VERSION,
    maxpagesize: String(query.pageSize),
    continuationToken: continuationToken(services, hubName, group, lastId),
  });
  if (top !== undefined) parameters.set("top", String(top));
  return `${endpoint()}${path}?${parameters}`;
}
