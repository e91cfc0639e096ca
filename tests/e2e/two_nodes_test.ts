// Two servers with one backplane answer as one.
import assert from "node:assert/strict";
import { type HubbubServer, startServer } from "../../src/server.ts";
import { jsonClient, nextData, sendText } from "../rest/clients.ts";
import { raw } from "../rest/raw_http.ts";
import { QUIET, until } from "../support/fixture.ts";
import { MemoryBackplane } from "../support/memory_backplane.ts";

const HUB = "/api/hubs/chat";

/** Runs a test with two servers that know of each other. */
async function withTwo(
  test: (here: HubbubServer, there: HubbubServer) => Promise<void>,
): Promise<void> {
  const all: MemoryBackplane[] = [];
  await using here = await startServer({ ...QUIET, backplane: new MemoryBackplane("a", all) });
  await using there = await startServer({ ...QUIET, backplane: new MemoryBackplane("b", all) });
  await test(here, there);
}

Deno.test("a REST send reaches a hub, a group, a user and a connection on the other node", () =>
  withTwo(async (here, there) => {
    using bob = await jsonClient(there, "chat", { userId: "bob", groups: ["g"] });
    for (const target of ["", "/groups/g", "/users/bob", `/connections/${bob.id}`]) {
      await sendText(here, `${HUB}${target}/:send`, target);
      assert.equal(await nextData(bob), target);
    }
  }));

Deno.test("a client's publishes reach the other node in order, with their acks, and their sender not at all", () =>
  withTwo(async (here, there) => {
    using ann = await jsonClient(here, "chat", {
      userId: "ann",
      groups: ["g"],
      roles: ["webpubsub.sendToGroup"],
    });
    using bob = await jsonClient(there, "chat", { groups: ["g"] });
    const frame = { type: "sendToGroup", group: "g", dataType: "text", noEcho: true };
    for (const ackId of [1, 2, 3]) {
      ann.ws.send(JSON.stringify({ ...frame, data: `${ackId}`, ackId }));
    }
    for (const ackId of [1, 2, 3]) {
      assert.equal((await bob.ws.json()).data, `${ackId}`);
      assert.deepEqual(await ann.ws.json(), { type: "ack", ackId, success: true });
    }
  }));

Deno.test("a connection on the other node exists, is listed, joins, is granted and is closed as on one server", () =>
  withTwo(async (here, there) => {
    using ann = await jsonClient(here, "chat", { groups: ["g"] });
    using bob = await jsonClient(there, "chat", { userId: "bob", groups: ["g"] });
    const status = async (method: string, path: string) =>
      (await raw(here, method, HUB + path)).status;
    for (const path of ["/users/bob", "/groups/g", `/connections/${bob.id}`]) {
      assert.equal(await status("HEAD", path), 200);
    }
    const { body } = await raw(here, "GET", `${HUB}/groups/g/connections`);
    const listed = JSON.parse(body).value.map((one: { connectionId: string }) => one.connectionId);
    assert.deepEqual(listed, [ann.id, bob.id]);
    assert.equal(await status("PUT", `/groups/new/connections/${bob.id}`), 200);
    assert.equal(await status("PUT", "/users/bob/groups/new"), 200);
    await sendText(here, `${HUB}/groups/new/:send`, "hi");
    assert.equal(await nextData(bob), "hi");
    const permission = `/permissions/sendToGroup/connections/${bob.id}?targetName=g`;
    assert.equal(await status("HEAD", permission), 404);
    assert.equal(await status("PUT", permission), 200);
    assert.equal(await status("HEAD", permission), 200);
    assert.equal(await status("DELETE", `/connections/${bob.id}`), 204);
    await until(async () => await status("HEAD", `/connections/${bob.id}`) === 404);
  }));

Deno.test("who is on neither node gets the answers of one server", () =>
  withTwo(async (here) => {
    const status = async (method: string, path: string) =>
      (await raw(here, method, HUB + path)).status;
    assert.equal(await status("PUT", "/groups/g/connections/nobody"), 404);
    assert.equal(await status("PUT", "/users/nobody/groups/g"), 404);
    for (const path of ["/users/nobody", "/groups/none", "/connections/nobody"]) {
      assert.equal(await status("HEAD", path), 404);
    }
  }));
