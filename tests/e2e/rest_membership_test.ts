// Groups and existence by REST.
import assert from "node:assert/strict";
import { type HubbubServer, startServer } from "../../src/server.ts";
import { QUIET, until } from "../support/fixture.ts";
import {
  anyErrorOf,
  invalidOf,
  jsonClient,
  nextData,
  plainClient,
  sendText,
} from "../rest/clients.ts";
import { raw, type RawAnswer } from "../rest/raw_http.ts";

const HUB = "/api/hubs/chat";
const JSON_TYPE = { "Content-Type": "application/json" };

/** Who is in a group, in order of the connection ids. */
async function membersOf(server: HubbubServer, group: string, hub = HUB): Promise<string[]> {
  const { body } = await raw(server, "GET", `${hub}/groups/${group}/connections`);
  return JSON.parse(body).value.map((member: { connectionId: string }) => member.connectionId);
}

function bulk(
  server: HubbubServer,
  verb: "add" | "remove",
  body: unknown,
  headers: Record<string, string> = JSON_TYPE,
): Promise<RawAnswer> {
  const target = `${HUB}/:${verb === "add" ? "addTo" : "removeFrom"}Groups`;
  return raw(server, "POST", target, {
    headers,
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

Deno.test("connections, groups and users exist while a connection makes them, simple clients included", async () => {
  await using server = await startServer(QUIET);
  const head = async (path: string) => (await raw(server, "HEAD", HUB + path)).status;
  using plain = await plainClient(server, "chat", { sub: "u", "webpubsub.group": ["g"] });
  for (const path of ["/users/u", "/groups/g"]) assert.equal(await head(path), 200);
  for (const path of ["/users/U", "/groups/G", "/connections/u"]) {
    assert.equal(await head(path), 404);
  }
  plain.close(1000);
  await until(async () => await head("/users/u") === 404);
  assert.equal(await head("/groups/g"), 404);
});

Deno.test("a reliable connection whose socket is away still exists, is listed, and changes groups", async () => {
  await using server = await startServer(QUIET);
  using client = await jsonClient(server, "chat", { reliable: true, userId: "u", groups: ["g"] });
  using _other = await jsonClient(server, "chat", { userId: "u" });
  client.ws.drop();
  // The next call may come before the server has seen the end; it exists either way.
  for (const path of ["/groups/g", `/connections/${client.id}`]) {
    assert.equal((await raw(server, "HEAD", HUB + path)).status, 200);
  }
  assert.equal((await raw(server, "PUT", `${HUB}/users/u/groups/new`)).status, 200);
  assert.ok((await membersOf(server, "new")).includes(client.id));
  assert.equal((await raw(server, "DELETE", `${HUB}/connections/${client.id}`)).status, 204);
  assert.equal((await raw(server, "HEAD", `${HUB}/groups/g`)).status, 404);
});

Deno.test("a double add is one membership, and a member gets one copy", async () => {
  await using server = await startServer(QUIET);
  using client = await jsonClient(server, "chat", { userId: "u", groups: ["g"] });
  for (const path of [`/groups/g/connections/${client.id}`, "/users/u/groups/g"]) {
    for (const _ of [1, 2]) assert.equal((await raw(server, "PUT", HUB + path)).status, 200);
  }
  assert.deepEqual(await membersOf(server, "g"), [client.id]);
  await sendText(server, `${HUB}/groups/g/:send`, "once");
  await sendText(server, `${HUB}/:send`, "end");
  assert.deepEqual([await nextData(client), await nextData(client)], ["once", "end"]);
});

Deno.test("a user's connections of the moment are added and removed, later ones are not", async () => {
  await using server = await startServer(QUIET);
  using a = await jsonClient(server, "chat", { userId: "u" });
  using b = await jsonClient(server, "chat", { userId: "u" });
  const now = [a.id, b.id].sort();
  assert.equal((await raw(server, "PUT", `${HUB}/users/u/groups/g`)).status, 200);
  using c = await jsonClient(server, "chat", { userId: "u" });
  assert.deepEqual(await membersOf(server, "g"), now);
  await raw(server, "PUT", `${HUB}/groups/g/connections/${c.id}`);
  await raw(server, "PUT", `${HUB}/users/u/groups/h`);
  await raw(server, "DELETE", `${HUB}/connections/${a.id}/groups`);
  assert.deepEqual(await membersOf(server, "g"), [b.id, c.id].sort());
  assert.deepEqual(await membersOf(server, "h"), [b.id, c.id].sort());
  await raw(server, "DELETE", `${HUB}/groups/h/connections/${b.id}`);
  await raw(server, "DELETE", `${HUB}/users/u/groups/g`);
  assert.deepEqual([await membersOf(server, "g"), await membersOf(server, "h")], [[], [c.id]]);
  await raw(server, "DELETE", `${HUB}/users/u/groups`);
  assert.deepEqual(await membersOf(server, "h"), []);
});

Deno.test("names are judged before anybody is looked for", async () => {
  await using server = await startServer(QUIET);
  for (const path of ["/groups/%20/connections/nobody", "/users/nobody/groups/%20"]) {
    const answer = await raw(server, "PUT", HUB + path);
    assert.equal(answer.status, 400);
    assert.equal(anyErrorOf(answer).target, "group");
  }
});

Deno.test("membership gives no permission", async () => {
  await using server = await startServer(QUIET);
  using client = await jsonClient(server, "chat", { groups: ["g"] });
  await raw(server, "PUT", `${HUB}/groups/h/connections/${client.id}`);
  for (const group of ["g", "h"]) {
    for (const kind of ["sendToGroup", "joinLeaveGroup"]) {
      const path = `${HUB}/permissions/${kind}/connections/${client.id}?targetName=${group}`;
      assert.equal((await raw(server, "HEAD", path)).status, 404);
    }
  }
});

Deno.test("bulk calls add and remove all whom the filter chose before the first change", async () => {
  await using server = await startServer(QUIET);
  using a = await jsonClient(server, "chat", { userId: "ann", groups: ["g"] });
  using b = await jsonClient(server, "chat", { userId: "bob" });
  using c = await jsonClient(server, "chat");
  const everybody = [a.id, b.id, c.id].sort();
  for (const filter of [undefined, null, ""]) {
    assert.equal((await bulk(server, "add", { groups: ["x", "y", "x"], filter })).status, 200);
    assert.deepEqual(await membersOf(server, "x"), everybody);
    assert.deepEqual(await membersOf(server, "y"), everybody);
    assert.equal((await bulk(server, "remove", { groups: ["x", "y"], filter })).status, 200);
    assert.deepEqual(await membersOf(server, "x"), []);
  }
  await bulk(server, "add", { groups: ["g", "h"], filter: "not ('g' in groups)" });
  assert.deepEqual(await membersOf(server, "g"), everybody);
  assert.deepEqual(await membersOf(server, "h"), [b.id, c.id].sort());
  await bulk(server, "remove", { groups: ["g"], filter: "userId eq null or 'h' in groups" });
  assert.deepEqual(await membersOf(server, "g"), [a.id]);
  assert.equal((await bulk(server, "add", { groups: ["z"], filter: "false" })).status, 200);
  assert.deepEqual(await membersOf(server, "z"), []);
  await bulk(server, "add", { GROUPS: ["z"], Filter: `connectionId eq '${b.id}'`, more: [1] });
  assert.deepEqual(await membersOf(server, "z"), [b.id]);
});

Deno.test("a bulk call takes as many groups as its body holds, where connections may be in so many", async () => {
  await using server = await startServer({ ...QUIET, limits: { groupsPerConnection: 0 } });
  using client = await jsonClient(server, "chat");
  const groups = Array.from({ length: 20_000 }, (_, i) => `group ${i}`);
  assert.equal((await bulk(server, "add", { groups })).status, 200);
  assert.deepEqual(await membersOf(server, "group%2019999"), [client.id]);
  assert.equal((await bulk(server, "remove", { groups })).status, 200);
  assert.deepEqual(await membersOf(server, "group%2019999"), []);
});

Deno.test("a bulk body that is not of its form is refused whole", async () => {
  await using server = await startServer(QUIET);
  using _client = await jsonClient(server, "chat");
  for (const verb of ["add", "remove"] as const) {
    for (
      const [blamed, body] of [
        ["Request", ""],
        ["Request", "{"],
        ["Request", "[]"],
        ["Request", "null"],
        ["Request", '"g"'],
        ["Request", { groups: "g" }],
        ["Request", { groups: { 0: "g" } }],
        ["Request", { groups: ["g"], filter: 1 }],
        ["Request", { groups: ["g"], filter: [] }],
        ["Groups", "{}"],
        ["Groups", { groups: null }],
        ["Groups", { groups: [] }],
        ["Groups", { groups: ["g", ""] }],
        ["Groups", { groups: ["g", " "] }],
        ["Groups", { groups: ["g", null] }],
        ["Groups", { groups: ["g", 1] }],
        ["Groups", { groups: ["g", "a\nb"] }],
        ["Groups", { groups: ["g", "x".repeat(1025)] }],
        ["Filter", { groups: ["g"], filter: " " }],
        ["Filter", { groups: ["g"], filter: "userId eq" }],
        ["Filter", { groups: ["g"], filter: "userId" }],
      ] as const
    ) {
      const answer = await bulk(server, verb, body);
      assert.equal(answer.status, 400, JSON.stringify(body));
      const { code, target } = anyErrorOf(answer);
      assert.deepEqual([code, target], ["Error.BadRequest", blamed], JSON.stringify(body));
    }
    for (const type of ["text/plain", "application/octet-stream", "application/json;charset=x"]) {
      const answer = await bulk(server, verb, { groups: ["g"] }, { "Content-Type": type });
      assert.equal(answer.status, 415, type);
    }
    assert.equal((await bulk(server, verb, { groups: ["g"] }, {})).status, 415);
    const charset = { "Content-Type": "application/json; charset=utf-8" };
    assert.equal((await bulk(server, verb, { groups: ["ok"] }, charset)).status, 200);
  }
  assert.deepEqual(await membersOf(server, "g"), []);
  const first = await bulk(server, "add", { groups: [""], filter: "userId" });
  assert.equal(
    invalidOf(first, "application/problem+json").message,
    "Invalid group name. Valid group name should be in between 1 and 1024 characters long.",
  );
  const filter = await bulk(server, "add", { groups: ["g"], filter: "userId" });
  assert.equal(
    invalidOf(filter, "application/problem+json").message,
    "Invalid syntax for 'userId': Type 'string', expect 'bool'. (Parameter 'filter')",
  );
});

Deno.test("a connection in as many groups as it may be is not added to another: 400, and the reason", async () => {
  await using server = await startServer({ ...QUIET, limits: { groupsPerConnection: 2 } });
  using client = await jsonClient(server, "chat", { userId: "u", groups: ["a", "b"] });
  const message = "A connection can be in at most 2 groups.";
  for (const path of [`/groups/c/connections/${client.id}`, "/users/u/groups/c"]) {
    const answer = await raw(server, "PUT", HUB + path);
    assert.equal(answer.status, 400);
    assert.equal(JSON.parse(answer.body).message, message);
  }
  assert.equal((await bulk(server, "add", { groups: ["c", "d", "e"] })).status, 400);
  assert.equal((await bulk(server, "add", { groups: ["c"] })).status, 200);
  assert.deepEqual(await membersOf(server, "c"), []);
});
