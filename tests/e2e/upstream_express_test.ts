// The official express middleware, unmodified, as the event handler of a hub: what an application of the cloud service
// does. Clients are bare sockets, so that statuses, close codes and the order of frames show.
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type {
  ConnectResponse,
  UserEventRequest,
  WebPubSubEventHandlerOptions,
} from "@azure/web-pubsub-express";
import { type HubbubServer, type ServerOptions, startServer } from "../../src/server.ts";
import { ExpressApp, freePort, handlerAt } from "../support/express_app.ts";
import { Inbox, QUIET, until } from "../support/fixture.ts";
import { RawClient } from "../support/raw_client.ts";
import { clientUrl, rest } from "../support/rest_client.ts";
import { SkippingPlatform } from "../support/skipping_platform.ts";

const JSON_PROTOCOL = "json.webpubsub.azure.v1";
const RELIABLE = "json.reliable.webpubsub.azure.v1";
const FAILED_ACK = {
  type: "ack",
  success: false,
  error: { name: "InternalServerError", message: "Internal server error" },
};
/** The pauses between the attempts of a call, in milliseconds. */
const RETRY_PAUSES = [1000, 3000, 5000];

/** A server whose hub `chat` has this handler. */
function serve(
  handler: ReturnType<typeof handlerAt>,
  options: Pick<ServerOptions, "platform" | "recoveryWindowSeconds"> = {},
  anonymousConnectPolicy: "allow" | "deny" = "deny",
): Promise<HubbubServer> {
  return startServer({
    ...QUIET,
    ...options,
    hubs: { chat: { anonymousConnectPolicy, eventHandlers: [handler] } },
  });
}

/** A client of hub `chat`. */
function open(
  server: HubbubServer,
  claims: Record<string, unknown> = {},
  ...protocols: string[]
): Promise<RawClient> {
  return RawClient.open(
    clientUrl(server, "chat", claims),
    protocols.length > 0 ? { protocols } : {},
  );
}

/** Ends a server before its handler, which was started after it: else its last events would be tried in vain. */
function stop(server: HubbubServer, client: RawClient): Promise<void> {
  client.drop();
  return server.close();
}

/** An event of a JSON client. */
function event(name: string, data: unknown, ackId?: number, dataType = "json"): string {
  return JSON.stringify({ type: "event", event: name, dataType, data, ackId });
}

function answerWith(response?: ConnectResponse): WebPubSubEventHandlerOptions {
  return { handleConnect: (_request, answer) => answer.success(response) };
}

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

/** Answers with what came, in the type in which it came. */
const ECHO: WebPubSubEventHandlerOptions = {
  handleUserEvent(request, answer) {
    if (request.dataType === "json") return answer.success(JSON.stringify(request.data), "json");
    answer.success(request.data, request.dataType);
  },
};

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

for (
  const { how, end, reason, protocol } of [
    { how: "the client closes with 1000", end: (client) => client.close(1000), reason: "" },
    {
      how: "the client closes with 1000 and a word",
      end: (client) => client.close(1000, "bye"),
      reason: "bye",
    },
    {
      how: "the client closes with another code",
      end: (client) => client.close(1001),
      reason: "The client disconnected unexpectedly.",
    },
    {
      how: "the client closes with another code and a word",
      end: (client) => client.close(4000, "enough"),
      reason: "enough",
    },
    {
      how: "the network breaks",
      end: (client) => client.drop(),
      reason: "The client disconnected unexpectedly.",
    },
    {
      how: "the application closes it",
      end: (_client, server, id) => rest(server, "DELETE", `/api/hubs/chat/connections/${id}`),
      reason: "Application server closed the connection.",
    },
    {
      how: "the application closes it with a reason",
      end: (_client, server, id) =>
        rest(server, "DELETE", `/api/hubs/chat/connections/${id}?reason=maintenance`),
      reason: "Application server closed the connection. Reason: maintenance",
    },
    {
      how: "the server stops",
      end(client, server) {
        const closed = server.close();
        client.close(1001);
        return closed;
      },
      reason: "The service is shutting down.",
    },
    {
      how: "a JSON client sends what is no JSON",
      protocol: JSON_PROTOCOL,
      end: (client) => client.send("{"),
      reason: undefined,
    },
  ] as readonly {
    how: string;
    protocol?: string;
    end: (client: RawClient, server: HubbubServer, connectionId: string) => unknown;
    /** `undefined`: the reason of the close frame. */
    reason: string | undefined;
  }[]
) {
  Deno.test(`disconnected comes once when ${how}, after the connection has left the hub`, async () => {
    const connected = new Inbox<string>();
    const gone = new Inbox<{ reason: string | undefined; status: number }>();
    const current = Promise.withResolvers<HubbubServer>();
    await using app = await ExpressApp.start({
      onConnected: ({ context }) => connected.add(context.connectionId),
      async onDisconnected({ context, reason }) {
        const server = await current.promise;
        const path = `/api/hubs/chat/connections/${context.connectionId}`;
        // A server that stops may not answer any more.
        const status = how === "the server stops" ? 404 : (await rest(server, "HEAD", path)).status;
        gone.add({ reason, status });
      },
    });
    {
      await using server = await serve(app.handler);
      current.resolve(server);
      using client = await open(server, {}, ...(protocol === undefined ? [] : [protocol]));
      if (protocol !== undefined) await client.next();
      await end(client, server, await connected.next());
      let expected = reason;
      if (expected === undefined) {
        const { last } = await client.untilClosed();
        assert.ok(last.kind === "close" && last.reason !== "");
        expected = last.reason;
      }
      assert.deepEqual(await gone.next(), { reason: expected, status: 404 });
    }
    assert.equal(gone.length, 0);
  });
}

Deno.test("a reliable client that comes back raises nothing, and disconnected comes once in the end", async () => {
  const events = new Inbox<string>();
  await using app = await ExpressApp.start({
    onConnected: () => events.add("connected"),
    handleUserEvent({ context }, answer) {
      events.add(context.eventName);
      answer.setState("n", 1);
      answer.success();
    },
    onDisconnected: ({ reason, context }) =>
      events.add(`disconnected ${reason} ${JSON.stringify(context.states)}`),
  });
  {
    await using server = await serve(app.handler);
    using first = await open(server, {}, RELIABLE);
    const { connectionId, reconnectionToken } = await first.json();
    assert.equal(await events.next(), "connected");
    first.send(event("before", 1, 1));
    assert.equal((await first.json())["success"], true);
    assert.equal(await events.next(), "before");
    first.drop();
    const url = `${server.clientUrl("chat")}?awps_connection_id=${connectionId}` +
      `&awps_reconnection_token=${encodeURIComponent(String(reconnectionToken))}`;
    using second = await RawClient.open(url, { protocols: [RELIABLE] });
    second.send(event("after", 1, 2));
    let frame = await second.json();
    while (frame["type"] !== "ack") frame = await second.json();
    assert.deepEqual([frame["ackId"], frame["success"]], [2, true]);
    assert.equal(await events.next(), "after");
    second.close(1000, "done");
    assert.equal(await events.next(), 'disconnected done {"n":1}');
  }
  assert.equal(events.length, 0);
  const ids = [];
  while (app.events.length > 0) ids.push((await app.events.next()).headers["ce-id"]);
  assert.deepEqual(ids.sort(), ["0", "1", "2", "3", "4"]);
});

Deno.test("a reliable client that does not come back raises disconnected when its window is over", async () => {
  const reasons = new Inbox<string | undefined>();
  await using app = await ExpressApp.start({ onDisconnected: ({ reason }) => reasons.add(reason) });
  const platform = new SkippingPlatform();
  {
    await using server = await serve(app.handler, { platform, recoveryWindowSeconds: 60 });
    using client = await open(server, { sub: "ann" }, RELIABLE);
    await client.next();
    client.drop();
    await until(async () => {
      platform.skip(30_000);
      return (await rest(server, "HEAD", "/api/hubs/chat/users/ann")).status === 404;
    });
    assert.equal(await reasons.next(), "The connection recovery timeout expired.");
  }
  assert.equal(reasons.length, 0);
});

Deno.test("allowedEndpoints: an application that names this server gets its events", async () => {
  const port = freePort();
  await using server = await serve(handlerAt(port));
  await using app = await ExpressApp.start({
    allowedEndpoints: ["https://elsewhere.example.test", server.endpoint],
    ...answerWith({ userId: "bob" }),
  }, port);
  using client = await open(server, {}, JSON_PROTOCOL);
  assert.equal((await client.json())["userId"], "bob");
  const { headers } = await app.events.next();
  assert.equal(headers["webhook-request-origin"], new URL(server.endpoint).hostname);
  await stop(server, client);
});

Deno.test("allowedEndpoints: an application that names only others gets no event, and clients get 500", async () => {
  await using app = await ExpressApp.start({
    allowedEndpoints: ["https://elsewhere.example.test"],
    ...answerWith({ userId: "bob" }),
  });
  await using server = await serve(app.handler);
  using client = await open(server);
  assert.equal(client.status, 500);
  assert.equal(app.events.length, 0);
  assert.equal(app.validations, 1);
});

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

Deno.test("a handler that starts after the server works for the first client", async () => {
  const port = freePort();
  await using server = await serve(handlerAt(port));
  await using _app = await ExpressApp.start(answerWith({ userId: "bob" }), port);
  using client = await open(server, {}, JSON_PROTOCOL);
  assert.equal((await client.json())["userId"], "bob");
  await stop(server, client);
});

Deno.test("without a handler at its address connects fail with 500, and work once it is there", async () => {
  const port = freePort();
  const platform = new SkippingPlatform(RETRY_PAUSES);
  await using server = await serve(handlerAt(port), { platform });
  {
    using early = await open(server);
    assert.equal(early.status, 500);
  }
  await using app = await ExpressApp.start(answerWith({ userId: "bob" }), port);
  {
    using tooSoon = await open(server);
    assert.equal(tooSoon.status, 500);
    assert.equal(app.validations, 0);
  }
  platform.skip(1000);
  using client = await open(server, {}, JSON_PROTOCOL);
  assert.equal((await client.json())["userId"], "bob");
  assert.equal(app.validations, 1);
  await stop(server, client);
});

Deno.test("forty clients at once share one validation, and each gets its answer", async () => {
  await using app = await ExpressApp.start({
    handleConnect: ({ queries }, answer) => answer.success({ userId: queries?.["n"]?.[0] ?? "?" }),
  });
  await using server = await serve(app.handler);
  const protocols = [JSON_PROTOCOL];
  const clients = await Promise.all(
    Array.from(
      { length: 40 },
      (_, n) => RawClient.open(clientUrl(server, "chat", {}, `&n=${n}`), { protocols }),
    ),
  );
  using _all = { [Symbol.dispose]: () => clients.forEach((client) => client.drop()) };
  for (const [n, client] of clients.entries()) {
    assert.equal((await client.json())["userId"], String(n));
  }
  assert.equal(app.validations, 1);
});

Deno.test("300 KB each way survive", async () => {
  const text = "Zoë ".repeat(60_000);
  await using app = await ExpressApp.start(ECHO);
  await using server = await serve(app.handler);
  using client = await open(server);
  client.send(text);
  assert.equal(await client.text(), text);
});
