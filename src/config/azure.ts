/**
 * Brings what was written or pasted into the shape that the schema declares: nulls stand for absent members, a hub may
 * be a whole Azure resource around its properties, and the spelling of auth types does not matter.
 */
import { AUTH_TYPES } from "./hub_settings.ts";
import { isObject } from "./object.ts";
import type { PathKey } from "./problem.ts";

/** Members of an Azure resource that say nothing about the hub's behaviour. */
const RESOURCE_MEMBERS: ReadonlySet<string> = new Set([
  "id",
  "name",
  "type",
  "kind",
  "location",
  "tags",
  "scope",
  "resourceGroup",
  "systemData",
  "apiVersion",
  "parent",
  "dependsOn",
  "comments",
  "condition",
  "copy",
]);

/** A copy without null members, at any depth. Items of lists are kept: a null among them is a mistake. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  const copy: Record<string, unknown> = Object.create(null);
  for (const [name, member] of Object.entries(value)) {
    if (member !== null && member !== undefined) copy[name] = withoutNulls(member);
  }
  return copy;
}

/** A hub's properties, and where they stand. */
export interface HubProperties {
  readonly properties: unknown;
  readonly path: readonly PathKey[];
  /** Members that stand beside `properties` and belong inside. */
  readonly misplaced: readonly string[];
}

/**
 * Takes a hub's properties out of the resource that `az webpubsub hub show` prints; bare properties stay as they are.
 *
 * ```ts
 * import { hubProperties } from "./azure.ts";
 * import assert from "node:assert/strict";
 * const hub = hubProperties({ id: "/subscriptions/1", properties: { anonymousConnectPolicy: "deny" } }, ["hubs", "chat"]);
 * assert.deepEqual({ ...(hub.properties as object) }, { anonymousConnectPolicy: "deny" });
 * assert.deepEqual(hub.path, ["hubs", "chat", "properties"]);
 * ```
 */
export function hubProperties(hub: unknown, path: readonly PathKey[]): HubProperties {
  if (!isObject(hub)) return { properties: hub, path, misplaced: [] };
  const others = Object.keys(hub).filter((name) =>
    name !== "properties" && !RESOURCE_MEMBERS.has(name)
  );
  if (Object.hasOwn(hub, "properties")) {
    return {
      properties: canonicalAuth(hub["properties"]),
      path: [...path, "properties"],
      misplaced: others,
    };
  }
  // Some versions of the tool print the properties flat, among the members of the resource.
  const properties = Object.fromEntries(others.map((name) => [name, hub[name]]));
  return { properties: canonicalAuth(properties), path, misplaced: [] };
}

/** Gives the auth types of all handlers the spelling of the schema. */
function canonicalAuth(properties: unknown): unknown {
  if (!isObject(properties) || !Array.isArray(properties["eventHandlers"])) return properties;
  const eventHandlers = properties["eventHandlers"].map((handler: unknown) => {
    if (!isObject(handler) || !isObject(handler["auth"])) return handler;
    const type = handler["auth"]["type"];
    if (typeof type !== "string") return handler;
    const known = [...AUTH_TYPES, "ManagedIdentity"].find((one) =>
      one.toLowerCase() === type.toLowerCase()
    );
    return { ...handler, auth: { ...handler["auth"], type: known ?? type } };
  });
  return { ...properties, eventHandlers };
}
