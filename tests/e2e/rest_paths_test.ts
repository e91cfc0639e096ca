// Paths and names of the REST API: what is decoded, what is matched, what is refused, in which order.
import assert from "node:assert/strict";
import { startServer } from "../../src/server.ts";
import { QUIET } from "../support/fixture.ts";
import { anyErrorOf, errorOf, jsonClient, nextData } from "../rest/clients.ts";
import { raw } from "../rest/raw_http.ts";

const LIST = "/api/hubs/chat/groups/{g}/connections";

async function groupSize(
  server: { endpoint: string; accessKey: string },
  encoded: string,
): Promise<number> {
  const answer = await raw(server, "GET", LIST.replace("{g}", encoded));
  assert.equal(answer.status, 200, answer.body);
  return JSON.parse(answer.body).value.length;
}

Deno.test("each segment of a path is percent-decoded exactly once", async () => {
  await using server = await startServer(QUIET);
  for (
    const [name, encoded, others] of [
      ["a/b", "a%2Fb", ["a%252Fb"]],
      ["a/b", "a%2fb", ["a%252fb"]],
      ["a%2Fb", "a%252Fb", ["a%2Fb"]],
      ["a b", "a%20b", ["a+b", "a%2520b"]],
      ["a+b", "a+b", ["a%20b"]],
      ["a+b", "a%2Bb", ["a%252Bb"]],
      ["ü", "%C3%BC", ["%25C3%25BC"]],
      ["a?b#c", "a%3Fb%23c", ["a"]],
      ["..", "%2E%2E", ["%252E%252E"]],
      ["a%", "a%25", ["a"]],
      [":send", ":send", ["%253Asend"]],
      ["Case", "Case", ["case"]],
      [" padded ", "%20padded%20", ["padded"]],
    ] as const
  ) {
    using _member = await jsonClient(server, "chat", { groups: [name] });
    assert.equal(await groupSize(server, encoded), 1, encoded);
    for (const other of others) assert.equal(await groupSize(server, other), 0, other);
  }
});

Deno.test("an operation segment may arrive percent-encoded, and one trailing slash is ignored", async () => {
  await using server = await startServer(QUIET);
  using client = await jsonClient(server, "chat");
  for (const target of ["/%3Asend", "/%3asend", "/:send/", "/%3Asend/", "/%3A%73end"]) {
    const { status } = await raw(server, "POST", `/api/hubs/chat${target}`, {
      headers: { "Content-Type": "text/plain" },
      body: target,
    });
    assert.equal(status, 202, target);
    assert.equal(await nextData(client), target);
  }
});

Deno.test("a path that is not percent-encoded UTF-8 is 400, before anything else is judged", async () => {
  await using server = await startServer(QUIET);
  for (const segment of ["%", "%zz", "a%2", "%ff", "%C3", "%ED%A0%80"]) {
    for (const token of [undefined, null]) {
      const answer = await raw(server, "HEAD", `/api/hubs/chat/groups/${segment}`, {
        ...(token === null ? { token } : {}),
      });
      assert.equal(answer.status, 400, segment);
      assert.equal(answer.headers.get("x-ms-error-code"), "Error.BadRequest");
    }
  }
});

Deno.test("an unknown path is 404, whatever the method and the token", async () => {
  await using server = await startServer(QUIET);
  for (
    const target of [
      "/page",
      "//",
      "/api",
      "/api/",
      "/api/hubs",
      "/api/hubs/chat",
      "/api/hubs/chat/",
      "/api/hubs/chat/:send//",
      "/api/hubs/chat/:nothing",
      "/api/hubs/chat/groups",
      "/api/hubs/chat/groups/g/:addToGroups",
      "/api/hubs/chat/groups/g/:send/more",
      "/api//hubs/chat/:send",
      "/API/hubs/chat/:send",
      "/api/hubs/chat/Groups/g/:send",
      "/api/hubs/chat/:SEND",
      "/api/hubs/chat/connections/c/groups/g",
      "/api/healthy",
    ]
  ) {
    for (const init of [{}, { token: null }]) {
      assert.equal((await raw(server, "POST", target, init)).status, 404, target);
    }
  }
});

Deno.test("a known path with another method is 405 and says which methods there are", async () => {
  await using server = await startServer(QUIET);
  for (
    const [target, wrong, allow] of [
      ["/:send", "GET", "POST"],
      ["/:send", "OPTIONS", "POST"],
      ["/:addToGroups", "PUT", "POST"],
      ["/groups/g", "GET", "HEAD"],
      ["/users/u", "GET", "HEAD"],
      ["/connections/c", "GET", "DELETE, HEAD"],
      ["/connections/c", "OPTIONS", "DELETE, HEAD"],
      ["/groups/g/connections", "HEAD", "GET"],
      ["/groups/g/connections", "POST", "GET"],
      ["/groups/g/connections/c", "GET", "PUT, DELETE"],
      ["/users/u/groups", "GET", "DELETE"],
      ["/users/u/groups/g", "PATCH", "PUT, DELETE"],
      ["/permissions/sendToGroup/connections/c", "GET", "PUT, DELETE, HEAD"],
    ] as const
  ) {
    for (const init of [{}, { token: null }]) {
      const answer = await raw(server, wrong, `/api/hubs/chat${target}`, init);
      assert.equal(answer.status, 405, `${wrong} ${target}`);
      assert.equal(answer.headers.get("allow"), allow);
      assert.equal(answer.body, "");
    }
  }
});

Deno.test("hub names are a letter and up to 127 of a few characters, in any letter case", async () => {
  await using server = await startServer(QUIET);
  using client = await jsonClient(server, "MyHub_1");
  for (const hub of ["myhub_1", "MYHUB_1", "%4DyHub_1"]) {
    const { status } = await raw(server, "HEAD", `/api/hubs/${hub}/connections/${client.id}`);
    assert.equal(status, 200, hub);
  }
  for (const hub of ["a", "A%60,.%5B%5D_9", "A,.[]_9", `a${"b".repeat(127)}`]) {
    assert.equal((await raw(server, "POST", `/api/hubs/${hub}/:closeConnections`)).status, 204);
  }
  for (
    const hub of [
      "1a",
      "_a",
      "a-b",
      "a%20b",
      "a%2Fb",
      "%C3%A4",
      "a%0A",
      "%E2%84%AA",
      `a${"b".repeat(128)}`,
      "",
    ]
  ) {
    const answer = await raw(server, "POST", `/api/hubs/${hub}/:closeConnections`);
    assert.equal(answer.status, 400, hub);
    const { code, message, target } = errorOf(answer.body);
    assert.deepEqual(
      [code, message, target],
      ["Error.BadRequest", "Invalid hub name.", "hub"],
    );
  }
});

Deno.test("group names are up to 1024 UTF-16 units, not blank, without line feeds", async () => {
  await using server = await startServer(QUIET);
  const head = (group: string) => raw(server, "GET", LIST.replace("{g}", group));
  for (const group of ["g".repeat(1024), encodeURIComponent("𝒳".repeat(512)), "a%0D", "%00"]) {
    assert.equal((await head(group)).status, 200, group.slice(0, 20));
  }
  for (
    const group of [
      "g".repeat(1025),
      encodeURIComponent("𝒳".repeat(512) + "x"),
      "%20",
      "%09%20",
      "%C2%A0",
      "%E2%80%83",
      "a%0Ab",
      "%0A",
      "",
    ]
  ) {
    const answer = await head(group);
    assert.equal(answer.status, 400, group.slice(0, 20));
    const { message, target } = errorOf(answer.body);
    assert.deepEqual([message, target], ["Invalid group name.", "group"]);
  }
});

Deno.test("user ids and connection ids are anything but blank", async () => {
  await using server = await startServer(QUIET);
  for (
    const [path, message, target] of [
      ["/users/{}/groups", "Invalid user ID.", "userId"],
      ["/connections/{}/groups", "Invalid connection ID.", "connectionId"],
    ] as const
  ) {
    for (const id of ["", "%20", "%09", "%0A", "%E3%80%80"]) {
      const answer = await raw(server, "DELETE", `/api/hubs/chat${path.replace("{}", id)}`);
      assert.equal(answer.status, 400, id);
      const error = errorOf(answer.body);
      assert.deepEqual([error.message, error.target], [message, target]);
    }
    for (const id of ["x", "%2F", "a%0Ab", "x".repeat(2000)]) {
      const answer = await raw(server, "DELETE", `/api/hubs/chat${path.replace("{}", id)}`);
      assert.equal(answer.status, 204, id);
    }
  }
});

Deno.test("a call that is wrong in every way is refused for the first of them only", async () => {
  await using server = await startServer(QUIET);
  const wrong = {
    headers: { "Content-Type": "image/png", "X-WebPubSub-Metadata-a": "x".repeat(2000) },
    body: "{",
  };
  const group = (name: string, query: string) => `/api/hubs/${name}/groups/%20/:send?${query}`;
  const everything = "api-version=x&messageTtlSeconds=x&filter=(";
  const blame = async (target: string, init: Parameters<typeof raw>[3] = wrong) => {
    const answer = await raw(server, "POST", target, init);
    return answer.body === "" ? answer.status : anyErrorOf(answer).target;
  };
  assert.equal(await blame(group("1", everything), { ...wrong, token: null }), 401);
  assert.equal(await blame(group("1", everything)), "api-version");
  assert.equal(await blame(group("1", "messageTtlSeconds=x&filter=(")), "hub");
  assert.equal(await blame(group("a", "messageTtlSeconds=x&filter=(")), "group");
  const send = "/api/hubs/a/groups/g/:send?";
  assert.equal(await blame(`${send}messageTtlSeconds=x&filter=(`), "messageTtlSeconds");
  const filter = await raw(server, "POST", `${send}filter=(`, wrong);
  assert.match(anyErrorOf(filter).message, /^Invalid syntax for '\('/);
  const length = await raw(server, "POST", send, {
    ...wrong,
    headers: { ...wrong.headers, "Content-Length": "1048577" },
  });
  assert.equal(errorOf(length.body).message, "Invalid Content-Length header.");
  assert.equal((await raw(server, "POST", send, wrong)).status, 415);
  const json = { ...wrong.headers, "Content-Type": "application/json" };
  const body = await raw(server, "POST", send, { headers: json, body: "{" });
  assert.equal(errorOf(body.body).message, "The request body is not a valid JSON.");
  const metadata = await raw(server, "POST", send, { headers: json, body: "{}" });
  assert.match(errorOf(metadata.body).message, /^Metadata /);
});
