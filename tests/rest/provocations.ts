/**
 * How each cause of an error in the table of facts comes about.
 */
import assert from "node:assert/strict";
import {
  addQuery,
  badValues,
  type CallPlan,
  type OperationFacts,
  parametersOf,
  withValue,
} from "./operation_facts.ts";

/** Wrong calls by cause. A cause that is not here fails the walk. */
export const PROVOKE: Readonly<
  Record<string, (plan: CallPlan, operation: OperationFacts) => readonly CallPlan[]>
> = {
  "api-version unknown or repeated": (plan) => [
    addQuery(plan, ["api-version", "2020-01-01"]),
    addQuery(plan, ["api-version", "2024-12-01"], ["api-version", "2024-12-01"]),
  ],
  "hub name invalid": byBadValues("hub"),
  "connectionId blank": byBadValues("connectionId"),
  "userId blank": byBadValues("userId"),
  "group name invalid": byBadValues("group"),
  "a group name invalid": (plan, operation) =>
    plan.body === ""
      ? byBadValues("group")(plan, operation)
      : ["", " ", "x".repeat(1025)].map((name) => withBody(plan, { groups: ["g", name] })),
  "permission unknown": byBadValues("permission"),
  "targetName missing, empty, blank or over 1024": (plan, operation) => [
    ...byBadValues("targetName")(plan, operation),
    { ...plan, query: [] },
  ],
  "minutesToExpire not an integer >= 1": byBadValues("minutesToExpire"),
  "clientType unknown": byBadValues("clientType"),
  "messageTtlSeconds not an integer 0..300": byBadValues("messageTtlSeconds"),
  "maxpagesize or top invalid, empty or repeated": (plan, operation) => [
    ...byBadValues("maxpagesize")(plan, operation),
    ...byBadValues("top")(plan, operation),
    ...["maxpagesize", "top"].flatMap((name) => [
      addQuery(plan, [name, ""]),
      addQuery(plan, [name, "1"], [name, "1"]),
    ]),
  ],
  "continuationToken not one of this listing": (plan) =>
    ["", " ", "x".repeat(2049), "made.up"].map((token) =>
      addQuery(plan, ["continuationToken", token])
    ),
  "filter invalid": (plan) =>
    ["userId", "(", "ab eq 1"].map((filter) =>
      plan.body === ""
        ? addQuery(plan, ["filter", filter])
        : withBody(plan, { groups: ["g"], filter })
    ),
  "body over 1048576 bytes": (plan) => [{ ...plan, body: "x".repeat(1_048_577) }],
  "body not a JSON object of the required form": (plan) =>
    ["", "{", "[]", "{}", '{"groups":1}'].map((body) => ({ ...plan, body })),
  "invalid JSON with application/json": (plan) => [
    { ...plan, headers: { "Content-Type": "application/json" }, body: "{" },
  ],
  "invalid metadata": (plan) => [
    { ...plan, headers: { "X-WebPubSub-Metadata-a": "x".repeat(1025) } },
    { ...plan, headers: { [`X-WebPubSub-Metadata-${"k".repeat(257)}`]: "x" } },
  ],
  "Content-Type unsupported, malformed, or with an unknown charset": (plan) =>
    ["image/png", "text", 'text/plain;charset="x', "application/json;charset=klingon"].map(
      (type) => ({ ...plan, headers: { "Content-Type": type } }),
    ),
  "absent": (plan) =>
    ["connectionId", "userId", "group"].filter((name) => plan.path.endsWith(`{${name}}`))
      .map((name) => name === "group" && plan.path.includes("{userId}") ? "userId" : name)
      .map((name) => ({ ...plan, names: { ...plan.names, [name]: "nobody" } })),
};

function byBadValues(name: string) {
  return (plan: CallPlan, operation: OperationFacts) => {
    const parameter = parametersOf(operation).find((facts) => facts.name === name);
    assert.ok(parameter !== undefined, `${operation.operationId} has no parameter ${name}`);
    // An empty last segment is a trailing slash: another path.
    const isLast = parameter.in === "path" && plan.path.endsWith(`{${name}}`);
    return badValues(parameter).filter((value) => value !== "" || !isLast)
      .map((value) => withValue(plan, parameter, value));
  };
}

function withBody(plan: CallPlan, body: unknown): CallPlan {
  return { ...plan, body: JSON.stringify(body) };
}
