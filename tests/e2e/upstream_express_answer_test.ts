// What the official express middleware's answer to connect, and states, make of a client.
import assert from "node:assert/strict";
import { ExpressApp } from "../support/express_app.ts";
import {
  answerWith,
  event,
  FAILED_ACK,
  JSON_PROTOCOL,
  open,
  RELIABLE,
  serve,
} from "../support/express_hub.ts";
import { Inbox } from "../support/fixture.ts";
import { rest } from "../support/rest_client.ts";

Deno.test("connect: the answer's user id replaces the token's everywhere", async () => {
  const users = new Inbox<string | undefined>();
  await using app = await ExpressApp.start({
    ...answerWith({ userId: "bob" }),
    onConnected: ({ context }) => users.add(context.userId),
    handleUserEvent({ context }, answer) {
      users.add(context.userId);
      answer.success();
    },
  });
  await using server = await serve(app.handler);
  using client = await open(server, { sub: "ann" }, JSON_PROTOCOL);
  assert.equal((await client.json())["userId"], "bob");
  assert.equal((await rest(server, "HEAD", "/api/hubs/chat/users/bob")).status, 200);
  assert.equal((await rest(server, "HEAD", "/api/hubs/chat/users/ann")).status, 404);
  assert.equal(await users.next(), "bob");
  client.send(event("hello", 1, 1));
  assert.deepEqual(await client.json(), { type: "ack", ackId: 1, success: true });
  assert.equal(await users.next(), "bob");
});

Deno.test("connect: the answer's roles replace the token's, none when the list is empty", async () => {
  const roles = new Map([["narrow", ["webpubsub.sendToGroup.a"]], ["none", []]]);
  await using app = await ExpressApp.start({
    handleConnect({ context }, answer) {
      const given = roles.get(context.userId ?? "");
      answer.success(given === undefined ? {} : { roles: given });
    },
  });
  await using server = await serve(app.handler);
  const allowed = async (sub: string, group: string) => {
    using client = await open(server, { sub, role: ["webpubsub.sendToGroup"] }, JSON_PROTOCOL);
    await client.next();
    client.send(JSON.stringify({ type: "sendToGroup", group, data: 1, ackId: 1 }));
    return (await client.json())["success"];
  };
  assert.deepEqual([await allowed("narrow", "a"), await allowed("narrow", "b")], [true, false]);
  assert.deepEqual([await allowed("none", "a"), await allowed("none", "b")], [false, false]);
  assert.deepEqual([await allowed("other", "a"), await allowed("other", "b")], [true, true]);
});

Deno.test("connect: the answer's groups replace the token's, an empty list leaves them", async () => {
  const groups = new Map([["moved", ["x", "y"]], ["kept", []]]);
  await using app = await ExpressApp.start({
    handleConnect({ context }, answer) {
      answer.success({ groups: groups.get(context.userId ?? "") ?? [] });
    },
  });
  await using server = await serve(app.handler);
  const existing = async () => {
    const found: string[] = [];
    for (const group of ["t", "x", "y"]) {
      const { status } = await rest(server, "HEAD", `/api/hubs/chat/groups/${group}`);
      if (status === 200) found.push(group);
    }
    return found;
  };
  using _kept = await open(server, { sub: "kept", "webpubsub.group": ["t"] });
  assert.deepEqual(await existing(), ["t"]);
  using _moved = await open(server, { sub: "moved", "webpubsub.group": ["other"] });
  assert.deepEqual(await existing(), ["t", "x", "y"]);
  assert.equal((await rest(server, "HEAD", "/api/hubs/chat/groups/other")).status, 404);
});

Deno.test("connect: the answer may choose any offered subprotocol; a custom one makes a raw client", async () => {
  let subprotocol: string | undefined = "custom.v1";
  const subprotocols = new Inbox<string | undefined>();
  await using app = await ExpressApp.start({
    handleConnect: (_request, answer) => answer.success({ ...(subprotocol && { subprotocol }) }),
    handleUserEvent: (request, answer) =>
      answer.success(`${request.context.eventName}:${request.data}`, "text"),
  });
  await using server = await serve(app.handler);
  {
    using custom = await open(server, {}, JSON_PROTOCOL, "Custom.V1");
    assert.equal(custom.headers.get("sec-websocket-protocol"), "Custom.V1");
    custom.send("hi");
    assert.equal(await custom.text(), "message:hi");
    assert.equal((await app.events.next()).headers["ce-subprotocol"], undefined);
    for (let i = 0; i < 2; i++) {
      subprotocols.add((await app.events.next()).headers["ce-subprotocol"]);
    }
    assert.match(await subprotocols.next() ?? "", /^custom\.v1$/i);
    assert.match(await subprotocols.next() ?? "", /^custom\.v1$/i);
  }
  subprotocol = RELIABLE;
  using reliable = await open(server, {}, JSON_PROTOCOL, RELIABLE);
  assert.equal(reliable.headers.get("sec-websocket-protocol"), RELIABLE);
  assert.equal(typeof (await reliable.json())["reconnectionToken"], "string");
  subprotocol = "not.offered";
  using refused = await open(server, {}, JSON_PROTOCOL);
  assert.equal(refused.status, 500);
  subprotocol = undefined;
  using unnamed = await open(server, {}, "custom.v1");
  assert.equal(unnamed.status, 101);
  assert.equal(unnamed.headers.get("sec-websocket-protocol"), undefined);
});

Deno.test("state: what connect and user events set is seen by every later event, and only on that connection", async () => {
  const states = new Inbox<[string, Record<string, unknown>]>();
  await using app = await ExpressApp.start({
    handleConnect({ context }, answer) {
      states.add(["connect", structuredClone(context.states)]);
      answer.setState("name", "Zoë");
      answer.success();
    },
    onConnected: ({ context }) => states.add(["connected", context.states]),
    handleUserEvent({ context, data }, answer) {
      states.add([context.eventName, structuredClone(context.states)]);
      if (context.eventName === "spoil") {
        answer.setState("n", "spoilt");
        return answer.fail(400);
      }
      if (context.eventName === "set") answer.setState("n", data);
      answer.success();
    },
    onDisconnected: ({ context }) => states.add(["disconnected", context.states]),
  });
  await using server = await serve(app.handler);
  using client = await open(server, {}, JSON_PROTOCOL);
  await client.next();
  assert.deepEqual(await states.next(), ["connect", {}]);
  assert.deepEqual(await states.next(), ["connected", { name: "Zoë" }]);
  client.send(event("set", { deep: [1] }, 1));
  await client.next();
  assert.deepEqual(await states.next(), ["set", { name: "Zoë" }]);
  client.send(event("spoil", 1, 2));
  assert.deepEqual(await client.json(), { ...FAILED_ACK, ackId: 2 });
  const full = { name: "Zoë", n: { deep: [1] } };
  assert.deepEqual(await states.next(), ["spoil", full]);
  client.send(event("get", 1, 3));
  await client.next();
  assert.deepEqual(await states.next(), ["get", full]);
  using other = await open(server, {}, JSON_PROTOCOL);
  assert.deepEqual(await states.next(), ["connect", {}]);
  assert.deepEqual(await states.next(), ["connected", { name: "Zoë" }]);
  client.close(1000);
  assert.deepEqual(await states.next(), ["disconnected", full]);
  other.close(1000);
  assert.deepEqual(await states.next(), ["disconnected", { name: "Zoë" }]);
});
