// The bodies of refused calls, to the letter as recorded from the service.
import assert from "node:assert/strict";
import { WebPubSubServiceClient } from "@azure/web-pubsub";
import { type HubbubServer, startServer } from "../../src/server.ts";
import { QUIET } from "../support/fixture.ts";
import { errorOf, invalidOf } from "../rest/clients.ts";
import { raw, type RawAnswer } from "../rest/raw_http.ts";

const HUB = "/api/hubs/chat";
const INVALID_FILTER =
  "Invalid syntax for 'invalid filter': Syntax error at position 14 in 'invalid filter'. (Parameter 'filter')";
const NO_GROUP_NAME =
  "Invalid group name. Valid group name should be in between 1 and 1024 characters long.";

/** The one line of the recording of an invalid filter, `name` in its three places. */
function recordedBody(name: string): string {
  return `{"code":"Error.BadRequest","message":"${INVALID_FILTER}","target":"${name}",` +
    `"errors":{"${name}":["${INVALID_FILTER}"]},"type":null,` +
    `"title":"One or more validation errors occurred.","status":400,"detail":null,"instance":null,"extensions":{}}`;
}

function bulk(server: HubbubServer, verb: string, body: unknown): Promise<RawAnswer> {
  return raw(server, "POST", `${HUB}/:${verb}`, {
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}

Deno.test("an invalid filter of a send is answered as problem+json that blames filter", async () => {
  await using server = await startServer(QUIET);
  for (const path of ["/:send", "/groups/g/:send", "/users/u/:send"]) {
    for (const query of ["filter=invalid%20filter", "FILTER=invalid+filter&filter=true"]) {
      const answer = await raw(server, "POST", `${HUB}${path}?${query}`, { body: "x" });
      invalidOf(answer, "application/problem+json");
      assert.equal(answer.body, recordedBody("filter"));
    }
  }
});

Deno.test("an invalid filter in the body of a bulk call blames the property Filter", async () => {
  await using server = await startServer(QUIET);
  for (const verb of ["addToGroups", "removeFromGroups"]) {
    const answer = await bulk(server, verb, { groups: ["g"], filter: "invalid filter" });
    invalidOf(answer, "application/problem+json");
    assert.equal(answer.body, recordedBody("Filter"));
  }
});

Deno.test("a bulk call without groups, or with one that has no name, blames the property Groups", async () => {
  await using server = await startServer(QUIET);
  for (const verb of ["addToGroups", "removeFromGroups"]) {
    for (const groups of [undefined, null, [], [""], ["g", " "], ["x".repeat(1025)]]) {
      const answer = await bulk(server, verb, { groups, filter: "userId" });
      const { message, target } = invalidOf(answer, "application/problem+json");
      assert.deepEqual([message, target], [NO_GROUP_NAME, "Groups"]);
    }
  }
});

Deno.test("a bad value of a query parameter has the long body, as plain JSON", async () => {
  await using server = await startServer(QUIET);
  for (
    const [method, target, name, message] of [
      ["POST", "/:generateToken?clientType=x", "clientType", "The value 'x' is not valid."],
      ["POST", "/:generateToken?minutesToExpire=0", "minutesToExpire", "Invalid minutesToExpire."],
      ["POST", "/:generateToken?group=", "group", "Invalid group name."],
      ["POST", "/:send?messageTtlSeconds=301", "messageTtlSeconds", "Invalid messageTtlSeconds."],
      ["POST", "/groups/g/:send?MessageTtlSeconds=x", "messageTtlSeconds"],
      ["POST", "/users/u/:send?messageTtlSeconds=-1", "messageTtlSeconds"],
      ["POST", "/connections/c/:send?messageTtlSeconds=1.5", "messageTtlSeconds"],
      ["GET", "/groups/g/connections?maxpagesize=0", "maxpagesize", "Invalid maxpagesize."],
      ["GET", "/groups/g/connections?top=0", "top", "Invalid top."],
      ["GET", "/groups/g/connections?continuationToken=x", "continuationToken"],
    ] as const
  ) {
    const answer = await raw(server, method, HUB + target);
    const error = invalidOf(answer, "application/json");
    const expected = [message ?? `Invalid ${name}.`, name];
    assert.deepEqual([error.message, error.target], expected, target);
  }
});

Deno.test("a permission without targetName is a bad group name of the request, in the short body", async () => {
  await using server = await startServer(QUIET);
  const path = `${HUB}/permissions/joinLeaveGroup/connections/xxxx`;
  for (const query of ["", "?targetName=", "?targetName=+", `?targetName=${"x".repeat(1025)}`]) {
    for (const method of ["PUT", "DELETE"]) {
      const answer = await raw(server, method, path + query);
      assert.equal(answer.status, 400);
      assert.equal(answer.headers.get("content-type"), "application/json; charset=utf-8");
      assert.ok(answer.headers.has("api-supported-versions"));
      const { code, message, target } = errorOf(answer.body);
      assert.deepEqual([code, message, target], ["Error.BadRequest", NO_GROUP_NAME, "Request"]);
    }
    const head = await raw(server, "HEAD", path + query);
    assert.deepEqual([head.status, head.headers.get("x-ms-error-code")], [400, "Error.BadRequest"]);
  }
});

Deno.test("JS: the texts that the SDK's own tests compare", async () => {
  await using server = await startServer(QUIET);
  const service = new WebPubSubServiceClient(server.connectionString, "simplechat", {
    allowInsecureConnection: true,
  });
  const options = { contentType: "text/plain", filter: "invalid filter" } as const;
  for (
    const call of [
      () => service.sendToAll("hello", options),
      () => service.sendToUser("brian", "hello", options),
      () => service.group("group").sendToAll("hello", options),
      () => service.addConnectionsToGroups(["group1", "group2"], "invalid filter"),
      () => service.removeConnectionsFromGroups(["group1", "group2"], "invalid filter"),
    ]
  ) {
    await assert.rejects(call, (error: Error & { statusCode?: number }) => {
      assert.deepEqual([error.name, error.statusCode], ["RestError", 400]);
      assert.equal(JSON.parse(error.message).message, INVALID_FILTER);
      return true;
    });
  }
  await assert.rejects(
    () => service.sendToAll("hello", { messageTtlSeconds: 301 }),
    { name: "RestError", code: "Error.BadRequest", message: "Invalid messageTtlSeconds." },
  );
  await assert.rejects(
    () => service.revokePermission("xxxx", "joinLeaveGroup"),
    { name: "RestError", code: "Error.BadRequest", message: NO_GROUP_NAME },
  );
});
