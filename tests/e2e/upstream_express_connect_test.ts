// The official express middleware decides who comes in: statuses and what the application is told.
import assert from "node:assert/strict";
import { ExpressApp } from "../support/express_app.ts";
import { JSON_PROTOCOL, open, RETRY_PAUSES, serve } from "../support/express_hub.ts";
import { Inbox } from "../support/fixture.ts";
import { RawClient } from "../support/raw_client.ts";
import { clientUrl, rest } from "../support/rest_client.ts";
import { SkippingPlatform } from "../support/skipping_platform.ts";

Deno.test("connect: the middleware sees token, query, headers and subprotocols, and an empty answer changes nothing", async () => {
  const seen = new Inbox<Record<string, unknown>>();
  await using app = await ExpressApp.start({
    handleConnect({ context, claims, queries, headers, subprotocols, clientCertificates }, answer) {
      const { userId, hub, eventName, states } = context;
      const { sub, team } = claims ?? {};
      seen.add({ userId, hub, eventName, states, sub, team, queries, subprotocols });
      seen.add({
        team: headers?.["x-team"],
        authorization: headers?.["authorization"],
        clientCertificates,
      });
      answer.success();
    },
  });
  await using server = await serve(app.handler);
  const url = clientUrl(server, "Chat", { sub: "ann", team: ["red", "blue"] }, "&room=a&room=b");
  const protocols = ["custom", JSON_PROTOCOL];
  using client = await RawClient.open(url, { protocols, headers: { "X-Team": "blue" } });
  assert.equal(client.headers.get("sec-websocket-protocol"), JSON_PROTOCOL);
  assert.equal((await client.json())["userId"], "ann");
  assert.deepEqual(await seen.next(), {
    userId: "ann",
    hub: "chat",
    eventName: "connect",
    states: {},
    sub: ["ann"],
    team: ["red", "blue"],
    queries: { room: ["a", "b"] },
    subprotocols: protocols,
  });
  assert.deepEqual(await seen.next(), {
    team: ["blue"],
    authorization: undefined,
    clientCertificates: [],
  });
});

Deno.test("connect: an application without a connect handler lets every client in as its token says", async () => {
  await using app = await ExpressApp.start({});
  await using server = await serve(app.handler);
  using client = await open(server, { sub: "ann" }, JSON_PROTOCOL);
  assert.equal((await client.json())["userId"], "ann");
});

for (const status of [400, 401, 403, 404, 429] as const) {
  Deno.test(`connect: a refusal with ${status} is the handshake's status at once, without the handler's words`, async () => {
    const ended = new Inbox<string>();
    await using app = await ExpressApp.start({
      handleConnect: (_request, answer) => answer.fail(status as 400, "the secret reason"),
      onConnected: () => ended.add("connected"),
      onDisconnected: () => ended.add("disconnected"),
    });
    {
      await using server = await serve(app.handler);
      using client = await open(server, { sub: "ann" });
      assert.equal(client.status, status);
      assert.doesNotMatch(client.body, /secret/);
      assert.equal((await rest(server, "HEAD", "/api/hubs/chat/users/ann")).status, 404);
    }
    assert.equal(app.events.length, 1);
    assert.equal(ended.length, 0);
  });
}

for (const status of [500, 503] as const) {
  Deno.test(`connect: a refusal with ${status} is tried four times with the same headers, then the handshake's status`, async () => {
    await using app = await ExpressApp.start({
      handleConnect: (_request, answer) => answer.fail(status as 500, "the secret reason"),
    });
    await using server = await serve(app.handler, { platform: new SkippingPlatform(RETRY_PAUSES) });
    using client = await open(server);
    assert.equal(client.status, status);
    assert.doesNotMatch(client.body, /secret/);
    assert.equal(app.events.length, 4);
    const { headers } = await app.events.next();
    for (let attempt = 2; attempt <= 4; attempt++) {
      assert.deepEqual((await app.events.next()).headers, headers);
    }
  });
}

Deno.test("clients without a token, where the hub allows them, become what the handler says", async () => {
  const seen = new Inbox<unknown>();
  await using app = await ExpressApp.start({
    handleConnect({ context, claims, queries }, answer) {
      seen.add({ userId: context.userId, claims, queries });
      if (queries?.["pass"]?.[0] !== "yes") return answer.fail(401);
      answer.success({
        userId: "guest",
        groups: ["lobby"],
        roles: ["webpubsub.sendToGroup.lobby"],
      });
    },
  });
  await using server = await serve(app.handler, {}, "allow");
  const url = server.clientUrl("chat");
  using client = await RawClient.open(`${url}?pass=yes`, { protocols: [JSON_PROTOCOL] });
  assert.deepEqual(await seen.next(), {
    userId: undefined,
    claims: {},
    queries: { pass: ["yes"] },
  });
  assert.equal((await client.json())["userId"], "guest");
  client.send(JSON.stringify({ type: "sendToGroup", group: "lobby", data: 1, ackId: 1 }));
  const frames = [await client.json(), await client.json()];
  assert.deepEqual(frames.map((frame) => frame["type"]).sort(), ["ack", "message"]);
  using refused = await RawClient.open(`${url}?pass=no`);
  assert.equal(refused.status, 401);
  await seen.next();
  using forged = await RawClient.open(`${url}?access_token=bad&pass=yes`);
  assert.equal(forged.status, 401);
  assert.equal(seen.length, 0);
});
