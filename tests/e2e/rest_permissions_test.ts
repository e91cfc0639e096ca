// Permissions of single connections by REST, and what clients may do with them.
import assert from "node:assert/strict";
import { type HubbubServer, startServer } from "../../src/server.ts";
import { QUIET } from "../support/fixture.ts";
import { errorOf, type JsonClient, jsonClient } from "../rest/clients.ts";
import { raw, RawHttp } from "../rest/raw_http.ts";

const HUB = "/api/hubs/chat";

/** The status of a call about a permission of a connection. */
async function permission(
  server: HubbubServer,
  method: "PUT" | "DELETE" | "HEAD",
  name: string,
  id: string,
  target: string,
): Promise<number> {
  const query = `targetName=${encodeURIComponent(target)}`;
  return (await raw(server, method, `${HUB}/permissions/${name}/connections/${id}?${query}`))
    .status;
}

let ackId = 0;

/** Whether a client's own request succeeds. */
async function may({ ws }: JsonClient, type: string, group: string): Promise<boolean> {
  ackId++;
  ws.send(JSON.stringify({ type, group, ackId, data: "x", noEcho: true }));
  const ack = await ws.json();
  assert.equal(ack.ackId, ackId);
  return ack.success === true;
}

Deno.test("both permissions have a name in any letter case and a number; nothing else is one", async () => {
  await using server = await startServer(QUIET);
  using client = await jsonClient(server, "chat");
  for (
    const [spellings, other] of [
      [["sendToGroup", "SENDTOGROUP", "sendtogroup", "1"], "joinLeaveGroup"],
      [["joinLeaveGroup", "JoinLeaveGroup", "2"], "sendToGroup"],
    ] as const
  ) {
    for (const name of spellings) {
      assert.equal(await permission(server, "PUT", name, client.id, "g"), 200);
      for (const same of spellings) {
        assert.equal(await permission(server, "HEAD", same, client.id, "g"), 200);
      }
      assert.equal(await permission(server, "HEAD", other, client.id, "g"), 404);
      assert.equal(await permission(server, "DELETE", name, client.id, "g"), 204);
      assert.equal(await permission(server, "HEAD", name, client.id, "g"), 404);
    }
  }
  const unknown = [
    "0",
    "3",
    "-1",
    "01",
    "sendToGroup,joinLeaveGroup",
    "send",
    "constructor",
    "%20",
  ];
  for (const name of unknown) {
    for (const method of ["PUT", "DELETE", "HEAD"] as const) {
      assert.equal(await permission(server, method, name, client.id, "g"), 400, name);
    }
  }
  const path = `${HUB}/permissions/3/connections/${client.id}?targetName=g`;
  const { message, target } = errorOf((await raw(server, "PUT", path)).body);
  assert.deepEqual([message, target], ["Invalid permission.", "permission"]);
});

const NO_GROUP_NAME =
  "Invalid group name. Valid group name should be in between 1 and 1024 characters long.";

Deno.test("targetName is required, a literal group name, and case-sensitive", async () => {
  await using server = await startServer(QUIET);
  using client = await jsonClient(server, "chat");
  const path = `${HUB}/permissions/sendToGroup/connections/${client.id}`;
  for (
    const query of [
      "",
      "?targetName",
      "?targetName=",
      "?targetName=+",
      `?targetName=${"x".repeat(1025)}`,
    ]
  ) {
    for (const method of ["PUT", "DELETE", "HEAD"]) {
      const answer = await raw(server, method, path + query);
      assert.equal(answer.status, 400, method + query.slice(0, 20));
      if (method === "HEAD") continue;
      const { message, target } = errorOf(answer.body);
      assert.deepEqual([message, target], [NO_GROUP_NAME, "Request"]);
    }
  }
  for (const name of ["*", "room.*", "**", "x".repeat(1024)]) {
    assert.equal(await permission(server, "PUT", "sendToGroup", client.id, name), 200);
    assert.equal(await permission(server, "HEAD", "sendToGroup", client.id, name), 200);
  }
  for (const name of ["room.1", "g", "X".repeat(1024)]) {
    assert.equal(await permission(server, "HEAD", "sendToGroup", client.id, name), 404);
  }
});

Deno.test("grants and revocations are in force at once, for that connection only", async () => {
  await using server = await startServer(QUIET);
  using a = await jsonClient(server, "chat", { userId: "u" });
  using b = await jsonClient(server, "chat", { userId: "u" });
  assert.equal(await may(a, "joinGroup", "g"), false);
  await permission(server, "PUT", "joinLeaveGroup", a.id, "g");
  assert.equal(await may(a, "joinGroup", "g"), true);
  assert.equal(await may(b, "joinGroup", "g"), false);
  assert.equal(await may(a, "sendToGroup", "g"), false);
  await permission(server, "PUT", "sendToGroup", a.id, "g");
  assert.equal(await may(a, "sendToGroup", "g"), true);
  await permission(server, "DELETE", "joinLeaveGroup", a.id, "g");
  assert.equal(await may(a, "leaveGroup", "g"), false);
  const { body } = await raw(server, "GET", `${HUB}/groups/g/connections`);
  assert.equal(JSON.parse(body).value.length, 1, "nobody is thrown out of the group");
  assert.equal(await may(a, "sendToGroup", "g"), true);
});

Deno.test("revoking one group from a role for all, or from a pattern, takes that group only", async () => {
  await using server = await startServer(QUIET);
  for (const roles of [["webpubsub.sendToGroup"], ["webpubsub.sendToGroups.room.*"]]) {
    using client = await jsonClient(server, "chat", { roles });
    assert.equal(await permission(server, "HEAD", "sendToGroup", client.id, "room.1"), 200);
    await permission(server, "DELETE", "sendToGroup", client.id, "room.1");
    assert.equal(await permission(server, "HEAD", "sendToGroup", client.id, "room.1"), 404);
    assert.equal(await permission(server, "HEAD", "sendToGroup", client.id, "room.2"), 200);
    assert.equal(await may(client, "sendToGroup", "room.1"), false);
    assert.equal(await may(client, "sendToGroup", "room.2"), true);
    await permission(server, "PUT", "sendToGroup", client.id, "room.1");
    assert.equal(await may(client, "sendToGroup", "room.1"), true);
  }
});

Deno.test("an absent connection is 404 for grant and check, and 204 for revoke", async () => {
  await using server = await startServer(QUIET);
  using elsewhere = await jsonClient(server, "other", { roles: ["webpubsub.sendToGroup"] });
  for (const id of ["nobody", elsewhere.id]) {
    assert.equal(await permission(server, "PUT", "sendToGroup", id, "g"), 404);
    assert.equal(await permission(server, "HEAD", "sendToGroup", id, "g"), 404);
    assert.equal(await permission(server, "DELETE", "sendToGroup", id, "g"), 204);
  }
});

Deno.test("the 1001st literal rule is 409 and changes nothing", async () => {
  await using server = await startServer(QUIET);
  using client = await jsonClient(server, "chat");
  using open = await jsonClient(server, "chat", { roles: ["webpubsub.sendToGroup"] });
  using http = await RawHttp.open(server);
  const path = (id: string, group: string) =>
    `${HUB}/permissions/sendToGroup/connections/${id}?targetName=${group}`;
  for (
    const [method, id, ok, held] of [["PUT", client.id, 200, 404], [
      "DELETE",
      open.id,
      204,
      200,
    ]] as const
  ) {
    for (let i = 0; i < 1000; i++) {
      assert.equal((await http.call(method, path(id, `g${i}`))).status, ok);
    }
    const answer = await http.call(method, path(id, "more"));
    assert.equal(answer.status, 409);
    const { code, target, message } = errorOf(answer.body);
    assert.deepEqual([code, target], ["Error.Connection.Conflict", "Connection"]);
    assert.match(message, /1000/);
    assert.equal((await http.call("HEAD", path(id, "more"))).status, held);
    assert.equal((await http.call(method, path(id, "g5"))).status, ok, "no new rule");
  }
});
