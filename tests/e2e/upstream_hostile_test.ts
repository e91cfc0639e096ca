// What a bad or missing event handler may never do to its own clients, nor to others.
import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { HANDLER_CALL_MS, HANDLER_RETRY_PAUSES_MS, MAX_HANDLER_CALLS } from "../../src/limits.ts";
import { type HubbubServer, startServer } from "../../src/server.ts";
import { QUIET, until } from "../support/fixture.ts";
import { event, hubAt, protocols, serve } from "../support/handled_hub.ts";
import { RawClient } from "../support/raw_client.ts";
import { clientUrl, rest } from "../support/rest_client.ts";
import { SkippingPlatform } from "../support/skipping_platform.ts";
import { upgradeTo } from "../support/upgrade_request.ts";
import { HostileUpstream, type Hostility, UpstreamStub } from "../support/upstream_stub.ts";

for (
  const { hostility, posts } of [
    { hostility: "status429", posts: 1 },
    { hostility: "redirects", posts: 1 },
    { hostility: "wrongContentType", posts: 1 },
    { hostility: "declaresHugeBody", posts: 1 },
    { hostility: "streamsHugeBody", posts: 1 },
    { hostility: "halfBody", posts: 1 },
    { hostility: "status500", posts: 4 },
    { hostility: "notHttp", posts: 4 },
  ] satisfies { hostility: Hostility; posts: number }[]
) {
  Deno.test(`a handler that ${hostility} fails the event after ${posts} calls, and the client stays`, async () => {
    await using hostile = new HostileUpstream(hostility);
    await using server = await startServer({
      ...QUIET,
      platform: new SkippingPlatform(HANDLER_RETRY_PAUSES_MS),
      hubs: { chat: hubAt(hostile.url, []) },
    });
    using client = await RawClient.open(clientUrl(server, "chat"), { protocols });
    await client.next();
    client.send(event({ data: 1, ackId: 1 }));
    assert.equal((await client.json())["success"], false);
    client.send(JSON.stringify({ type: "ping" }));
    assert.deepEqual(await client.json(), { type: "pong" });
    assert.equal(hostile.posts, posts);
  });
}

Deno.test("a handler that never answers connect costs the client 100 seconds and a 500", async () => {
  await using hostile = new HostileUpstream("neverAnswers");
  const platform = new SkippingPlatform();
  await using server = await serve(hostile.url, { platform });
  const opening = RawClient.open(clientUrl(server, "chat"));
  await until(async () => {
    await fetch(server.healthUrl, { method: "HEAD" });
    return hostile.posts === 1;
  });
  platform.skip(HANDLER_CALL_MS - 5000);
  await rest(server, "HEAD", "/api/hubs/chat/users/nobody");
  assert.equal(hostile.connections > 0, true);
  platform.skip(5000);
  using client = await opening;
  assert.equal(client.status, 500);
  assert.equal(hostile.posts, 1);
});

/** What has to work while another hub's handler hangs: publishing with acks, and events with answers. */
async function proveService(server: HubbubServer): Promise<void> {
  const claims = { role: ["webpubsub.sendToGroup"], "webpubsub.group": ["g"] };
  using client = await RawClient.open(clientUrl(server, "chat", claims), { protocols });
  await client.next();
  for (let ackId = 1; ackId <= 50; ackId++) {
    client.send(JSON.stringify({ type: "sendToGroup", group: "g", data: ackId, ackId }));
    const frames = [await client.json(), await client.json()];
    assert.deepEqual(frames.map(({ type }) => type).sort(), ["ack", "message"]);
    client.send(event({ dataType: "text", data: "x", ackId: 1000 + ackId }));
    assert.equal((await client.json())["data"], "answered");
    assert.equal((await client.json())["success"], true);
  }
}

/** A client that asks to be let in and waits until it is told to go. */
async function knock(url: string, gone: Promise<void>): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = net.connect(Number(port), hostname);
  await once(socket, "connect");
  socket.write(upgradeTo(url));
  await gone;
  const closed = once(socket, "close");
  socket.destroy();
  await closed;
}

const WAITING_CLIENTS = 1000;

for (
  const { where, systemEvents } of [
    { where: "in connect", systemEvents: ["connect"] },
    { where: "for an event", systemEvents: [] },
  ]
) {
  Deno.test(`1,000 clients that wait ${where} for a handler that never answers hold up nobody else`, async () => {
    await using hostile = new HostileUpstream("neverAnswers");
    await using stub = new UpstreamStub(() =>
      new Response("answered", { headers: { "Content-Type": "text/plain" } })
    );
    await using server = await startServer({
      ...QUIET,
      hubs: { stuck: hubAt(hostile.url, systemEvents), chat: hubAt(stub.url, []) },
    });
    const url = clientUrl(server, "stuck");
    const waits = systemEvents.length > 0;
    const gone = Promise.withResolvers<void>();
    const clients: Promise<void>[] = [];
    for (let started = 0; started < WAITING_CLIENTS; started += 100) {
      const some = Array.from({ length: 100 }, async () => {
        if (waits) return await knock(url, gone.promise);
        using client = await RawClient.open(url);
        client.send("hi");
        await gone.promise;
      });
      clients.push(...some);
      await fetch(server.healthUrl, { method: "HEAD" });
    }
    await until(async () => {
      await fetch(server.healthUrl, { method: "HEAD" });
      return hostile.posts >= MAX_HANDLER_CALLS;
    });
    await proveService(server);
    assert.equal(hostile.posts, MAX_HANDLER_CALLS);
    gone.resolve();
    await Promise.all(clients);
  });
}
