// Every operation of the data plane: what it answers, when what it names is not there, and when it is called again.
import assert from "node:assert/strict";
import { startServer } from "../../src/server.ts";
import { QUIET } from "../support/fixture.ts";
import { jsonClient } from "../rest/clients.ts";
import { raw } from "../rest/raw_http.ts";

const TEXT = { headers: { "Content-Type": "text/plain" }, body: "hi" };
const GROUPS = { headers: { "Content-Type": "application/json" }, body: '{"groups":["g"]}' };

/** `{id}` is a connection of user `ann` in hub `chat` and group `g`, who may do nothing by role. */
const TABLE: readonly {
  name: string;
  method: string;
  path: string;
  init?: typeof TEXT;
  ok: number;
  absent: number;
  repeat?: number;
  code?: string;
}[] = [
  { name: "SendToAll", method: "POST", path: "/:send", init: TEXT, ok: 202, absent: 202 },
  {
    name: "SendToGroup",
    method: "POST",
    path: "/groups/g/:send",
    init: TEXT,
    ok: 202,
    absent: 202,
  },
  {
    name: "SendToUser",
    method: "POST",
    path: "/users/ann/:send",
    init: TEXT,
    ok: 202,
    absent: 202,
  },
  {
    name: "SendToConnection",
    method: "POST",
    path: "/connections/{id}/:send",
    init: TEXT,
    ok: 202,
    absent: 202,
  },
  { name: "CloseAllConnections", method: "POST", path: "/:closeConnections", ok: 204, absent: 204 },
  {
    name: "CloseGroupConnections",
    method: "POST",
    path: "/groups/g/:closeConnections",
    ok: 204,
    absent: 204,
  },
  {
    name: "CloseUserConnections",
    method: "POST",
    path: "/users/ann/:closeConnections",
    ok: 204,
    absent: 204,
  },
  { name: "CloseConnection", method: "DELETE", path: "/connections/{id}", ok: 204, absent: 204 },
  {
    name: "ConnectionExists",
    method: "HEAD",
    path: "/connections/{id}",
    ok: 200,
    absent: 404,
    code: "Warning.Connection.NotExisted",
  },
  {
    name: "GroupExists",
    method: "HEAD",
    path: "/groups/g",
    ok: 200,
    absent: 404,
    code: "Warning.Group.NotExisted",
  },
  {
    name: "UserExists",
    method: "HEAD",
    path: "/users/ann",
    ok: 200,
    absent: 404,
    code: "Warning.User.NotExisted",
  },
  {
    name: "AddConnectionToGroup",
    method: "PUT",
    path: "/groups/new/connections/{id}",
    ok: 200,
    absent: 404,
    code: "Error.Connection.NotExisted",
  },
  {
    name: "RemoveConnectionFromGroup",
    method: "DELETE",
    path: "/groups/g/connections/{id}",
    ok: 204,
    absent: 204,
  },
  {
    name: "RemoveConnectionFromAllGroups",
    method: "DELETE",
    path: "/connections/{id}/groups",
    ok: 204,
    absent: 204,
  },
  {
    name: "AddUserToGroup",
    method: "PUT",
    path: "/users/ann/groups/new",
    ok: 200,
    absent: 404,
    code: "Warning.User.NotExisted",
  },
  {
    name: "RemoveUserFromGroup",
    method: "DELETE",
    path: "/users/ann/groups/g",
    ok: 204,
    absent: 204,
  },
  {
    name: "RemoveUserFromAllGroups",
    method: "DELETE",
    path: "/users/ann/groups",
    ok: 204,
    absent: 204,
  },
  {
    name: "AddConnectionsToGroups",
    method: "POST",
    path: "/:addToGroups",
    init: GROUPS,
    ok: 200,
    absent: 200,
  },
  {
    name: "RemoveConnectionsFromGroups",
    method: "POST",
    path: "/:removeFromGroups",
    init: GROUPS,
    ok: 200,
    absent: 200,
  },
  {
    name: "ListConnectionsInGroup",
    method: "GET",
    path: "/groups/g/connections",
    ok: 200,
    absent: 200,
  },
  {
    name: "GrantPermission",
    method: "PUT",
    path: "/permissions/sendToGroup/connections/{id}?targetName=g",
    ok: 200,
    absent: 404,
    code: "Info.Connection.NotExisted",
  },
  {
    name: "RevokePermission",
    method: "DELETE",
    path: "/permissions/sendToGroup/connections/{id}?targetName=g",
    ok: 204,
    absent: 204,
  },
  {
    name: "CheckPermission",
    method: "HEAD",
    path: "/permissions/joinLeaveGroup/connections/{id}?targetName=ours",
    ok: 200,
    absent: 404,
    code: "Info.Connection.NotExisted",
  },
  { name: "GenerateClientToken", method: "POST", path: "/:generateToken", ok: 200, absent: 200 },
];

/** What only these two answer with. */
const WITH_BODY = new Set(["ListConnectionsInGroup", "GenerateClientToken"]);

for (const { name, method, path, init, ok, absent, repeat = ok, code } of TABLE) {
  Deno.test(`${name} answers ${ok}, ${repeat} when repeated, ${absent} when there is nobody`, async () => {
    await using server = await startServer(QUIET);
    using ann = await jsonClient(server, "chat", {
      userId: "ann",
      groups: ["g"],
      roles: ["webpubsub.joinLeaveGroup.ours"],
    });
    using _other = await jsonClient(server, "other", { userId: "bob" });
    const statuses: number[] = [];
    for (
      const base of [
        "/api/hubs/chat",
        "/api/hubs/CHAT",
        "/api/hubs/other",
        "/api/hubs/nobody",
      ]
    ) {
      const answer = await raw(server, method, base + path.replace("{id}", ann.id), init);
      statuses.push(answer.status);
      assert.equal(
        answer.headers.get("api-supported-versions"),
        "2021-10-01, 2022-11-01, 2023-07-01, 2024-01-01, 2024-12-01",
      );
      assert.equal(answer.headers.get("x-ms-error-code"), answer.status === 404 ? code : undefined);
      assert.equal(answer.headers.has("transfer-encoding"), false);
      if (answer.status === 204) assert.equal(answer.headers.has("content-length"), false);
      else if (method !== "HEAD" && answer.status < 300 && !WITH_BODY.has(name)) {
        assert.equal(answer.headers.get("content-length"), "0");
      }
      if (answer.body !== "") {
        assert.equal(answer.headers.get("content-type"), "application/json; charset=utf-8");
      }
    }
    assert.deepEqual(statuses, [ok, repeat, absent, absent]);
  });
}

Deno.test("HEAD and GET of the health path answer 200 to anybody, with any version and no body", async () => {
  await using server = await startServer(QUIET);
  for (const method of ["HEAD", "GET"]) {
    for (const target of ["/api/health", "/api/health/", "/api/health?api-version=nonsense"]) {
      const answer = await raw(server, method, target, { token: null });
      assert.equal(answer.status, 200);
      assert.equal(answer.body, "");
      assert.equal(answer.headers.has("api-supported-versions"), false);
    }
  }
  const post = await raw(server, "POST", "/api/health", { token: null });
  assert.equal(post.status, 405);
  assert.equal(post.headers.get("allow"), "HEAD, GET");
});
