// The order in which an application of the official express middleware sees a connection, and what it says takes effect.
import assert from "node:assert/strict";
import type { HubbubServer } from "../../src/server.ts";
import { ExpressApp } from "../support/express_app.ts";
import { ECHO, event, JSON_PROTOCOL, open, serve } from "../support/express_hub.ts";
import { Inbox } from "../support/fixture.ts";
import { rest } from "../support/rest_client.ts";

Deno.test("events of one connection are posted one after the other, and everything behind them waits", async () => {
  const posted = new Inbox<{ data: unknown; release: () => void }>();
  await using app = await ExpressApp.start({
    handleUserEvent: ({ data }, answer) =>
      posted.add({ data, release: () => answer.success(`re ${data}`, "text") }),
  });
  await using server = await serve(app.handler);
  using client = await open(server, {}, JSON_PROTOCOL);
  using other = await open(server, {}, JSON_PROTOCOL);
  await client.next();
  await other.next();
  client.send(event("say", "one", 1));
  client.send(event("say", "two", 2));
  client.send(JSON.stringify({ type: "ping" }));
  const first = await posted.next();
  assert.equal(first.data, "one");
  // Another connection is not held up, nor what the application sends meanwhile.
  other.send(event("say", "aside", 1));
  const aside = await posted.next();
  assert.equal(aside.data, "aside");
  await rest(server, "POST", "/api/hubs/chat/:send", {
    body: "meanwhile",
    headers: { "content-type": "text/plain" },
  });
  assert.equal((await client.json())["data"], "meanwhile");
  assert.equal((await other.json())["data"], "meanwhile");
  aside.release();
  assert.equal((await other.json())["data"], "re aside");
  assert.equal(posted.length, 0);
  first.release();
  assert.equal((await client.json())["data"], "re one");
  assert.deepEqual(await client.json(), { type: "ack", ackId: 1, success: true });
  (await posted.next()).release();
  assert.equal((await client.json())["data"], "re two");
  assert.deepEqual(await client.json(), { type: "ack", ackId: 2, success: true });
  assert.deepEqual(await client.json(), { type: "pong" });
});

Deno.test("what a handler sends by REST before it answers reaches the client before the answer", async () => {
  const server = Promise.withResolvers<HubbubServer>();
  await using app = await ExpressApp.start({
    async handleUserEvent({ context }, answer) {
      const path = `/api/hubs/chat/connections/${context.connectionId}/:send`;
      await rest(await server.promise, "POST", path, {
        body: "first",
        headers: { "content-type": "text/plain" },
      });
      answer.success("second", "text");
    },
  });
  await using running = await serve(app.handler);
  server.resolve(running);
  using client = await open(running);
  client.send("go");
  assert.equal(await client.text(), "first");
  assert.equal(await client.text(), "second");
});

Deno.test("ce-id counts from connect to disconnected, a refused duplicate takes none", async () => {
  await using app = await ExpressApp.start({});
  await using server = await serve(app.handler);
  using client = await open(server, {}, JSON_PROTOCOL);
  await client.next();
  for (const ackId of [1, 1, 2]) {
    client.send(event("say", 1, ackId));
    await client.next();
  }
  client.close(1000);
  const ids = new Map<string, string[]>();
  for (let i = 0; i < 5; i++) {
    const { headers } = await app.events.next();
    const name = headers["ce-eventname"] ?? "";
    ids.set(name, [...ids.get(name) ?? [], headers["ce-id"] ?? ""]);
  }
  assert.deepEqual(Object.fromEntries(ids), {
    connect: ["0"],
    connected: ["1"],
    say: ["2", "3"],
    disconnected: ["4"],
  });
});

Deno.test("connected does not hold up the client, whatever becomes of its call", async () => {
  await using app = await ExpressApp.start({
    onConnected: () => {
      throw new Error("a bug of the application");
    },
    ...ECHO,
  });
  await using server = await serve(app.handler);
  using client = await open(server);
  client.send("hi");
  assert.equal(await client.text(), "hi");
});
