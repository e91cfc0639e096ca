// User events with the official express middleware: answers, acks, failures.
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { UserEventRequest } from "@azure/web-pubsub-express";
import { ExpressApp } from "../support/express_app.ts";
import {
  ECHO,
  event,
  FAILED_ACK,
  JSON_PROTOCOL,
  open,
  RELIABLE,
  serve,
} from "../support/express_hub.ts";
import { Inbox } from "../support/fixture.ts";

for (const protocol of [JSON_PROTOCOL, RELIABLE]) {
  Deno.test(`${protocol}: events in text, JSON and binary are answered before their ack`, async () => {
    const bytes = Buffer.from([0, 255, 10]).toString("base64");
    const seen = new Inbox<UserEventRequest["dataType"]>();
    await using app = await ExpressApp.start({
      handleUserEvent(request, answer) {
        seen.add(request.dataType);
        ECHO.handleUserEvent?.(request, answer);
      },
    });
    await using server = await serve(app.handler);
    using client = await open(server, {}, protocol);
    await client.next();
    const cases = [
      ["text", "Zoë"],
      ["json", { a: [1, null, "x"] }],
      ["json", "a string"],
      ["binary", bytes],
    ] as const;
    for (const [index, [dataType, data]] of cases.entries()) {
      client.send(event("echo", data, index + 1, dataType));
      const { sequenceId: _, ...message } = await client.json();
      assert.deepEqual(message, { type: "message", from: "server", dataType, data });
      assert.deepEqual(await client.json(), { type: "ack", ackId: index + 1, success: true });
      assert.equal(await seen.next(), dataType);
    }
  });
}

Deno.test("simple clients: every frame is the event message, and its answer a frame of its own kind", async () => {
  await using app = await ExpressApp.start(ECHO);
  await using server = await serve(app.handler);
  using client = await open(server);
  client.send("Zoë");
  assert.deepEqual(await client.next(), { kind: "text", text: "Zoë" });
  client.send(new Uint8Array([0, 255]));
  assert.deepEqual(await client.next(), { kind: "binary", bytes: new Uint8Array([0, 255]) });
  const names = [];
  while (app.events.length > 0) names.push((await app.events.next()).path);
  assert.deepEqual(names.filter((name) => name.endsWith("/message")).length, 2);
});

Deno.test("an event without an answer is acked alone, one without an ackId is answered alone", async () => {
  await using app = await ExpressApp.start({
    handleUserEvent: ({ data }, answer) =>
      data === "quiet" ? answer.success() : answer.success("said", "text"),
  });
  await using server = await serve(app.handler);
  using client = await open(server, {}, JSON_PROTOCOL);
  await client.next();
  client.send(event("say", "quiet", 1));
  assert.deepEqual(await client.json(), { type: "ack", ackId: 1, success: true });
  client.send(event("say", "loud"));
  client.send(JSON.stringify({ type: "ping" }));
  assert.equal((await client.json())["data"], "said");
  assert.deepEqual(await client.json(), { type: "pong" });
});

Deno.test("a failed event of a JSON client is a failed ack, may be sent again, and the connection stays", async () => {
  let fails = true;
  await using app = await ExpressApp.start({
    handleUserEvent: (_request, answer) =>
      fails ? answer.fail(401, "the secret reason") : answer.success("fine", "text"),
  });
  await using server = await serve(app.handler);
  using client = await open(server, {}, JSON_PROTOCOL);
  await client.next();
  client.send(event("say", 1, 7));
  assert.deepEqual(await client.json(), { ...FAILED_ACK, ackId: 7 });
  client.send(event("say", 1)); // a failure without an ackId is silent
  client.send(JSON.stringify({ type: "ping" }));
  assert.deepEqual(await client.json(), { type: "pong" });
  fails = false;
  client.send(event("say", 1, 7));
  assert.equal((await client.json())["data"], "fine");
  assert.deepEqual(await client.json(), { type: "ack", ackId: 7, success: true });
  client.send(event("say", 1, 7));
  const { error } = await client.json() as { error?: { name: string } };
  assert.equal(error?.name, "Duplicate");
});

Deno.test("a failed event closes a simple client with 1011, and disconnected says why", async () => {
  const reasons = new Inbox<string | undefined>();
  await using app = await ExpressApp.start({
    handleUserEvent: (_request, answer) => answer.fail(400, "the secret reason"),
    onDisconnected: ({ reason }) => reasons.add(reason),
  });
  await using server = await serve(app.handler);
  using client = await open(server);
  client.send("hi");
  assert.deepEqual(await client.next(), {
    kind: "close",
    code: 1011,
    reason: "Internal server error",
  });
  assert.equal(await reasons.next(), "Internal server error");
});

Deno.test("300 KB each way survive", async () => {
  const text = "Zoë ".repeat(60_000);
  await using app = await ExpressApp.start(ECHO);
  await using server = await serve(app.handler);
  using client = await open(server);
  client.send(text);
  assert.equal(await client.text(), text);
});
