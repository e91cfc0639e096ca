// Closing connections by REST: who goes, what they are told, and that they are gone when the answer arrives.
import assert from "node:assert/strict";
import { startServer } from "../../src/server.ts";
import { QUIET } from "../support/fixture.ts";
import { jsonClient, nextData, plainClient, sendText } from "../rest/clients.ts";
import { raw } from "../rest/raw_http.ts";

const HUB = "/api/hubs/chat";
const TOLD = "Application server closed the connection.";

for (
  const [query, message] of [
    ["", TOLD],
    ["?reason=", TOLD],
    ["?reason=%20%09", TOLD],
    ["?reason=maintenance+at%209", `${TOLD} Reason: maintenance at 9`],
    ["?reason=first&reason=second", `${TOLD} Reason: first`],
    [
      `?reason=${encodeURIComponent('"ü\n' + "x".repeat(300))}`,
      `${TOLD} Reason: "ü\n${"x".repeat(300)}`,
    ],
  ] as const
) {
  Deno.test(`closing with ${JSON.stringify(query.slice(0, 30))} sends what was accepted, the word, and close 1000`, async () => {
    await using server = await startServer(QUIET);
    for (
      const path of [
        "POST /:closeConnections",
        "POST /groups/g/:closeConnections",
        "POST /users/u/:closeConnections",
        "DELETE /connections/{id}",
      ]
    ) {
      using client = await jsonClient(server, "chat", { userId: "u", groups: ["g"] });
      using away = await jsonClient(server, "chat", { reliable: true, userId: "u", groups: ["g"] });
      using plain = await plainClient(server, "chat", { sub: "u", "webpubsub.group": ["g"] });
      await sendText(server, `${HUB}/:send`, "last words");
      const [method = "", target = ""] = path.split(" ");
      const answer = await raw(server, method, HUB + target.replace("{id}", client.id) + query);
      assert.equal(answer.status, 204);
      assert.equal((await raw(server, "HEAD", `${HUB}/connections/${client.id}`)).status, 404);
      const all = !target.includes("{id}");
      for (const { ws } of all ? [client, away] : [client]) {
        assert.equal((await ws.json()).data, "last words");
        assert.deepEqual(await ws.json(), { type: "system", event: "disconnected", message });
        assert.deepEqual(await ws.next(), { kind: "close", code: 1000, reason: "" });
      }
      if (all) {
        assert.deepEqual(await plain.next(), { kind: "text", text: "last words" });
        assert.deepEqual(await plain.next(), { kind: "close", code: 1000, reason: "" });
        for (const path of ["/users/u", "/groups/g"]) {
          assert.equal((await raw(server, "HEAD", HUB + path)).status, 404);
        }
      } else {
        await raw(server, "POST", `${HUB}/:closeConnections`);
      }
    }
  });
}

Deno.test("excluded connections stay, and so does everybody outside the target", async () => {
  await using server = await startServer(QUIET);
  const ours = { userId: "u", groups: ["g"] };
  using a = await jsonClient(server, "chat", ours);
  using b = await jsonClient(server, "chat", ours);
  using stranger = await jsonClient(server, "chat", { userId: "U", groups: ["G"] });
  using elsewhere = await jsonClient(server, "other", ours);
  const kept = `?excluded=${a.id}&excluded=${b.id}`;
  for (const target of ["/:closeConnections", "/groups/g/:closeConnections"]) {
    const query = target.startsWith("/:") ? `${kept}&excluded=${stranger.id}` : kept;
    assert.equal((await raw(server, "POST", HUB + target + query)).status, 204);
  }
  const user = `${HUB}/users/u/:closeConnections?excluded=${a.id}`;
  assert.equal((await raw(server, "POST", user)).status, 204);
  assert.equal((await b.ws.json()).event, "disconnected");
  for (const [hub, client] of [["chat", a], ["chat", stranger], ["other", elsewhere]] as const) {
    await sendText(server, `/api/hubs/${hub}/connections/${client.id}/:send`, "still here");
    assert.equal(await nextData(client), "still here");
  }
});

Deno.test("excluded means nothing to the close of a single connection, nor does another hub's id", async () => {
  await using server = await startServer(QUIET);
  using a = await jsonClient(server, "chat");
  using elsewhere = await jsonClient(server, "other");
  const path = (id: string) => `${HUB}/connections/${id}?excluded=${id}`;
  assert.equal((await raw(server, "DELETE", path(a.id))).status, 204);
  assert.equal((await a.ws.json()).event, "disconnected");
  assert.equal((await raw(server, "DELETE", path(elsewhere.id))).status, 204);
  await sendText(server, "/api/hubs/other/:send", "still here");
  assert.equal(await nextData(elsewhere), "still here");
});
