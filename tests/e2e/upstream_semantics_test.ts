// What goes over the wire to an event handler, header by header, and what a bad or missing one may never do to others.
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import net from "node:net";
import { deflateSync } from "node:zlib";
import { configFromOptions } from "../../src/config/load.ts";
import { HANDLER_CALL_MS, HANDLER_RETRY_PAUSES_MS, MAX_HANDLER_CALLS } from "../../src/limits.ts";
import { type HubbubServer, type ServerOptions, startServer } from "../../src/server.ts";
import { QUIET, until } from "../support/fixture.ts";
import { RawClient } from "../support/raw_client.ts";
import { clientToken, clientUrl, rest } from "../support/rest_client.ts";
import { SkippingPlatform } from "../support/skipping_platform.ts";
import { HostileUpstream, type Hostility, UpstreamStub } from "../support/upstream_stub.ts";

const JSON_PROTOCOL = "json.webpubsub.azure.v1";
const protocols = [JSON_PROTOCOL];
const SYSTEM_EVENTS = ["connect", "connected", "disconnected"];

/** Settings of a hub whose events all go to `url`. */
function hubAt(url: string, systemEvents: readonly string[] = SYSTEM_EVENTS) {
  const urlTemplate = `${url}/hooks/{hub}/{event}?code=s3`;
  return { eventHandlers: [{ urlTemplate, userEventPattern: "*", systemEvents }] };
}

function serve(url: string, options: ServerOptions = {}): Promise<HubbubServer> {
  return startServer({ ...QUIET, ...options, hubs: { chat: hubAt(url) } });
}

/** Headers of the service; without those that every HTTP client sends. */
function serviceHeaders(headers: Headers): Record<string, string> {
  const ofHttp =
    /^(?:host|accept|accept-encoding|accept-language|user-agent|content-length|connection)$/;
  return Object.fromEntries([...headers].filter(([name]) => !ofHttp.test(name)));
}

/** Waits for the `count`-th event, and gives it. */
async function eventOf(stub: UpstreamStub, server: HubbubServer, count: number) {
  await until(async () => {
    await fetch(server.healthUrl, { method: "HEAD" });
    return stub.events.length >= count;
  });
  const found = stub.events[count - 1];
  assert.ok(found);
  return found;
}

function named(stub: UpstreamStub, event: string) {
  return stub.events.filter(({ headers }) => headers.get("ce-eventname") === event);
}

/** An event of a JSON client, `fields` as they are. */
function event(fields: Record<string, unknown>): string {
  return JSON.stringify({ type: "event", event: "say", ...fields });
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

Deno.test("a validation is OPTIONS with two headers of the service and nothing else", async () => {
  await using stub = new UpstreamStub();
  await using server = await serve(stub.url);
  using _client = await RawClient.open(clientUrl(server, "Chat"));
  const [validation] = stub.requests;
  assert.ok(validation);
  assert.equal(validation.method, "OPTIONS");
  assert.equal(validation.target, "/hooks/chat/validate?code=s3");
  assert.deepEqual(serviceHeaders(validation.headers), {
    "webhook-request-origin": new URL(server.endpoint).hostname,
    "ce-awpsversion": "1.0",
  });
});

Deno.test("connect has exactly the headers and the five members of the service", async () => {
  await using stub = new UpstreamStub();
  await using server = await serve(stub.url);
  const claims = {
    sub: "ann",
    aud: `${server.endpoint}/client/hubs/chat`,
    exp: 4_000_000_000,
    role: ["webpubsub.sendToGroup", "webpubsub.joinLeaveGroup"],
    admin: true,
  };
  const url = clientUrl(server, "chat", claims, "&room=a&room=b%20c&flag=");
  using client = await RawClient.open(url, {
    protocols: ["custom", JSON_PROTOCOL],
    headers: { "X-Team": "blue", "Cookie": "session=1" },
  });
  assert.equal(client.status, 101);
  const { connectionId } = await client.json();
  const connect = await eventOf(stub, server, 1);
  assert.equal(connect.target, "/hooks/chat/connect?code=s3");
  const headers = serviceHeaders(connect.headers);
  assert.match(headers["ce-time"] ?? "", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  assert.match(headers["x-ms-client-request-id"] ?? "", UUID);
  assert.match(headers["ce-signature"] ?? "", /^sha256=[0-9a-f]{64}$/);
  const { "ce-time": _time, "ce-signature": _signature, "x-ms-client-request-id": _id, ...others } =
    headers;
  assert.deepEqual(others, {
    "webhook-request-origin": new URL(server.endpoint).hostname,
    "content-type": "application/json; charset=utf-8",
    "ce-specversion": "1.0",
    "ce-awpsversion": "1.0",
    "ce-type": "azure.webpubsub.sys.connect",
    "ce-source": `/hubs/chat/client/${connectionId}`,
    "ce-id": "0",
    "ce-hub": "chat",
    "ce-eventname": "connect",
    "ce-connectionid": connectionId,
    "ce-userid": "ann",
  });
  assert.equal(connect.headers.get("content-length"), `${connect.body.length}`);
  const { headers: forwarded, ...body } = JSON.parse(new TextDecoder().decode(connect.body));
  assert.deepEqual(body, {
    claims: {
      sub: ["ann"],
      aud: [claims.aud],
      exp: ["4000000000"],
      role: claims.role,
      admin: ["true"],
    },
    query: { room: ["a", "b c"], flag: [""] },
    subprotocols: ["custom", JSON_PROTOCOL],
    clientCertificates: [],
  });
  assert.deepEqual(forwarded["x-team"], ["blue"]);
  assert.deepEqual(forwarded["cookie"], ["session=1"]);
});

Deno.test("the client's token is in no request, wherever the client put it", async () => {
  await using stub = new UpstreamStub();
  await using server = await serve(stub.url);
  const token = clientToken(server, "chat", { sub: "ann" });
  using inQuery = await RawClient.open(`${server.clientUrl("chat")}?access_token=${token}`);
  using inHeader = await RawClient.open(`${server.clientUrl("chat")}?room=a`, {
    headers: { Authorization: `Bearer ${token}` },
  });
  assert.deepEqual([inQuery.status, inHeader.status], [101, 101]);
  inQuery.send("hi");
  await eventOf(stub, server, 5);
  const [, , signature = "?"] = token.split(".");
  for (const { target, headers, body } of stub.requests) {
    const everything = [target, JSON.stringify([...headers]), new TextDecoder().decode(body)];
    assert.ok(!everything.some((text) => text.includes(signature)), everything.join("\n"));
    assert.equal(headers.get("authorization"), null);
  }
});

Deno.test("events after connect carry subprotocol and state, and a user id as its UTF-8 bytes", async () => {
  await using stub = new UpstreamStub(({ headers }) =>
    new Response(null, {
      status: 204,
      headers: headers.get("ce-eventname") === "connect"
        ? { "ce-connectionState": "opaque==" }
        : {},
    })
  );
  await using server = await serve(stub.url);
  using client = await RawClient.open(clientUrl(server, "chat", { sub: "Zoë" }), { protocols });
  const { connectionId } = await client.json();
  client.send(event({ event: "Calc.Sum", data: 1, ackId: 1 }));
  await client.json();
  client.close(1000, "bye");
  await eventOf(stub, server, 4);
  const own = (name: string) => {
    const [found] = named(stub, name);
    assert.ok(found);
    const { "ce-time": _time, "ce-signature": _signature, "x-ms-client-request-id": _id, ...rest } =
      serviceHeaders(found.headers);
    const userId = Buffer.from(rest["ce-userid"] ?? "", "latin1").toString();
    return { ...rest, "ce-userid": userId, body: new TextDecoder().decode(found.body) };
  };
  const common = {
    "webhook-request-origin": new URL(server.endpoint).hostname,
    "ce-specversion": "1.0",
    "ce-awpsversion": "1.0",
    "ce-source": `/hubs/chat/client/${connectionId}`,
    "ce-hub": "chat",
    "ce-connectionid": connectionId,
    "ce-userid": "Zoë",
    "ce-subprotocol": JSON_PROTOCOL,
    "ce-connectionstate": "opaque==",
  };
  assert.deepEqual(own("connected"), {
    ...common,
    "content-type": "application/json; charset=utf-8",
    "ce-type": "azure.webpubsub.sys.connected",
    "ce-id": "1",
    "ce-eventname": "connected",
    body: "{}",
  });
  assert.deepEqual(own("Calc.Sum"), {
    ...common,
    "content-type": "application/json",
    "ce-type": "azure.webpubsub.user.Calc.Sum",
    "ce-id": "2",
    "ce-eventname": "Calc.Sum",
    body: "1",
  });
  assert.equal(named(stub, "Calc.Sum")[0]?.target, "/hooks/chat/Calc.Sum?code=s3");
  assert.deepEqual(own("disconnected"), {
    ...common,
    "content-type": "application/json; charset=utf-8",
    "ce-type": "azure.webpubsub.sys.disconnected",
    "ce-id": "3",
    "ce-eventname": "disconnected",
    body: '{"reason":"bye"}',
  });
});

Deno.test("every event is signed over the connection id with both keys, the first key first", async () => {
  await using stub = new UpstreamStub();
  const primary = "hubbub-primary-key-0123456789abcdef";
  const secondary = "hubbub-secondary-key-0123456789abcd";
  await using server = await serve(stub.url, { accessKeys: { primary, secondary } });
  using client = await RawClient.open(clientUrl(server, "chat"));
  client.send("hi");
  await eventOf(stub, server, 3);
  const id = stub.events[0]?.headers.get("ce-connectionid") ?? "";
  const part = (key: string) => `sha256=${createHmac("sha256", key).update(id).digest("hex")}`;
  for (const { headers } of stub.events) {
    assert.equal(headers.get("ce-signature"), `${part(primary)},${part(secondary)}`);
  }
});

Deno.test("cookies of a handler come back on the same connection only, those of failures and validations never", async () => {
  await using stub = new UpstreamStub(({ headers }) => {
    const name = headers.get("ce-eventname");
    const id = headers.get("ce-connectionid");
    if (name === "connect") {
      return new Response(null, { status: 204, headers: { "Set-Cookie": `node=${id}; Path=/` } });
    }
    const status = name === "fail" ? 400 : 204;
    return new Response(null, { status, headers: { "Set-Cookie": `${name}=1; Path=/` } });
  });
  stub.validate = () =>
    new Response(null, {
      headers: { "WebHook-Allowed-Origin": "*", "Set-Cookie": "validated=1; Path=/" },
    });
  await using server = await startServer({
    ...QUIET,
    hubs: { chat: hubAt(stub.url, ["connect"]) },
  });
  const talk = async () => {
    using client = await RawClient.open(clientUrl(server, "chat"), { protocols });
    const { connectionId } = await client.json();
    for (const [index, name] of ["one", "fail", "two"].entries()) {
      client.send(event({ event: name, data: 1, ackId: index + 1 }));
      await client.json();
    }
    return stub.events.filter(({ headers }) => headers.get("ce-connectionid") === connectionId)
      .map(({ headers }) => headers.get("cookie")?.replace(String(connectionId), "ID") ?? "none");
  };
  const expected = ["none", "node=ID", "node=ID; one=1", "node=ID; one=1"];
  assert.deepEqual(await talk(), expected);
  assert.deepEqual(await talk(), expected);
});

for (
  const { what, fields, type, body } of [
    {
      what: "text",
      fields: { dataType: "text", data: "Zoë" },
      type: "text/plain; charset=utf-8",
      body: "Zoë",
    },
    {
      what: "empty text",
      fields: { dataType: "text", data: "" },
      type: "text/plain; charset=utf-8",
      body: "",
    },
    {
      what: "JSON",
      fields: { dataType: "json", data: { a: [1] } },
      type: "application/json",
      body: '{"a":[1]}',
    },
    {
      what: "a value without dataType",
      fields: { data: [0] },
      type: "application/json",
      body: "[0]",
    },
    {
      what: "binary",
      fields: { dataType: "binary", data: "AP8K" },
      type: "application/octet-stream",
      body: "\0\xff\n",
    },
    {
      what: "protobuf",
      fields: { dataType: "protobuf", data: Buffer.from("\n\x01t\x12\x01v").toString("base64") },
      type: "application/x-protobuf",
      body: "\n\x01t\x12\x01v",
    },
  ]
) {
  Deno.test(`a JSON client's event with ${what} is posted as ${type}`, async () => {
    await using stub = new UpstreamStub();
    await using server = await serve(stub.url);
    using client = await RawClient.open(clientUrl(server, "chat"), { protocols });
    await client.next();
    client.send(event({ ...fields, ackId: 1 }));
    assert.deepEqual(await client.json(), { type: "ack", ackId: 1, success: true });
    const [say] = named(stub, "say");
    assert.equal(say?.headers.get("content-type"), type);
    const encoding = fields.dataType === "text" ? "utf8" : "latin1";
    assert.equal(Buffer.from(say?.body ?? []).toString(encoding), body);
  });
}

Deno.test("JSON data reach the handler as the client wrote them", async () => {
  await using stub = new UpstreamStub();
  await using server = await serve(stub.url);
  using client = await RawClient.open(clientUrl(server, "chat"), { protocols });
  await client.next();
  client.send('{"type":"event","event":"say","ackId":1,"data":{"n":12345678901234567890,"n":1.0}}');
  await client.next();
  assert.equal(
    new TextDecoder().decode(named(stub, "say")[0]?.body),
    '{"n":12345678901234567890,"n":1.0}',
  );
});

Deno.test("simple clients' frames are posted as text or bytes", async () => {
  await using stub = new UpstreamStub(() =>
    new Response("done", { headers: { "Content-Type": "text/plain" } })
  );
  await using server = await startServer({ ...QUIET, hubs: { chat: hubAt(stub.url, []) } });
  using client = await RawClient.open(clientUrl(server, "chat"));
  client.send("Zoë");
  await client.text();
  client.send(new Uint8Array([0, 255]));
  await client.text();
  client.send(new Uint8Array());
  await client.text();
  assert.deepEqual(
    stub.events.map(({ headers, body }) => [
      headers.get("ce-eventname"),
      headers.get("content-type"),
      Buffer.from(body).toString("hex"),
      headers.get("ce-subprotocol"),
    ]),
    [
      ["message", "text/plain; charset=utf-8", "5a6fc3ab", null],
      ["message", "application/octet-stream", "00ff", null],
      ["message", "application/octet-stream", "", null],
    ],
  );
});

Deno.test("metadata travel to the handler and back with one message, and are not kept", async () => {
  await using stub = new UpstreamStub(({ headers }) => {
    const trace = headers.get("x-webpubsub-metadata-trace");
    return new Response(headers.get("ce-eventname") === "empty" ? null : "re", {
      headers: {
        "Content-Type": "text/plain",
        ...(trace !== null && { "X-WebPubSub-Metadata-Trace": `${trace}!` }),
      },
    });
  });
  await using server = await startServer({ ...QUIET, hubs: { chat: hubAt(stub.url, []) } });
  using client = await RawClient.open(clientUrl(server, "chat"), { protocols });
  await client.next();
  const answers = async (fields: Record<string, unknown>) => {
    client.send(event({ dataType: "text", data: "x", ...fields }));
    return await client.json();
  };
  const plain = { type: "message", from: "server", dataType: "text", data: "re" };
  assert.deepEqual(await answers({ metadata: { Trace: "a b", other: "o" } }), {
    ...plain,
    metadata: { trace: "a b!" },
  });
  assert.equal(stub.events[0]?.headers.get("x-webpubsub-metadata-other"), "o");
  assert.deepEqual(await answers({}), plain);
  assert.deepEqual(await answers({ event: "empty", metadata: { trace: "t" } }), {
    ...plain,
    data: "",
    metadata: { trace: "t!" },
  });
});

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
  const { hostname, port, host, pathname, search } = new URL(url);
  const socket = net.connect(Number(port), hostname);
  await once(socket, "connect");
  socket.write([
    `GET ${pathname}${search} HTTP/1.1`,
    `Host: ${host}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "\r\n",
  ].join("\r\n"));
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

Deno.test("a call under way keeps its handler through a change of settings, its retries too; the next event goes to the new one", async () => {
  const text = (word: string) => new Response(word, { headers: { "Content-Type": "text/plain" } });
  await using next = new UpstreamStub(() => text("next"));
  await using first = new UpstreamStub();
  await using server = await startServer({
    ...QUIET,
    platform: new SkippingPlatform(HANDLER_RETRY_PAUSES_MS),
    hubs: { chat: hubAt(first.url, []) },
  });
  first.script = () => {
    if (first.events.length > 1) return text("first");
    server.reload(configFromOptions({ ...QUIET, hubs: { chat: hubAt(next.url, []) } }));
    return new Response(null, { status: 503 });
  };
  using client = await RawClient.open(clientUrl(server, "chat"));
  client.send("one");
  assert.equal(await client.text(), "first");
  assert.equal(first.events.length, 2);
  client.send("two");
  assert.equal(await client.text(), "next");
  assert.equal(first.events.length, 2);
});

Deno.test("events fail once their handler was removed, and work again when it is back; connections stay", async () => {
  await using stub = new UpstreamStub();
  await using server = await serve(stub.url);
  using client = await RawClient.open(clientUrl(server, "chat"), { protocols });
  await client.next();
  const succeeds = async (ackId: number) => {
    client.send(event({ data: 1, ackId }));
    return (await client.json())["success"];
  };
  assert.equal(await succeeds(1), true);
  server.reload(configFromOptions({ ...QUIET, hubs: {} }));
  assert.equal(await succeeds(2), false);
  const before = stub.requests.length;
  using newcomer = await RawClient.open(clientUrl(server, "chat"), { protocols });
  assert.equal(newcomer.status, 101);
  assert.equal(await succeeds(2), false);
  assert.equal(stub.requests.length, before);
  server.reload(configFromOptions({ ...QUIET, hubs: { chat: hubAt(stub.url) } }));
  assert.equal(await succeeds(2), true);
});

Deno.test("an answer in deflate reaches the client as text; one in an unknown coding is a failed ack", async () => {
  await using stub = new UpstreamStub(({ headers }) => {
    const body = new Uint8Array(deflateSync("two"));
    const coding = headers.get("ce-eventname") === "known" ? "deflate" : "zip";
    return new Response(body, {
      headers: { "Content-Type": "text/plain", "Content-Encoding": coding },
    });
  });
  await using server = await startServer({ ...QUIET, hubs: { chat: hubAt(stub.url, []) } });
  using client = await RawClient.open(clientUrl(server, "chat"), { protocols });
  await client.json();
  client.send(event({ event: "known", data: 1, ackId: 1 }));
  assert.equal((await client.json())["data"], "two");
  assert.equal((await client.json())["success"], true);
  client.send(event({ event: "unknown", data: 1, ackId: 2 }));
  const { type, ackId, success } = await client.json();
  assert.deepEqual([type, ackId, success], ["ack", 2, false]);
});

Deno.test("a handler's cookie for its own host comes back with the next event", async () => {
  await using stub = new UpstreamStub(() =>
    new Response(null, {
      status: 204,
      headers: { "Set-Cookie": "affinity=abc; Path=/; Domain=127.0.0.1" },
    })
  );
  await using server = await startServer({
    ...QUIET,
    hubs: { chat: hubAt(stub.url, ["connect"]) },
  });
  using client = await RawClient.open(clientUrl(server, "chat"), { protocols });
  await client.json();
  client.send(event({ data: 1, ackId: 1 }));
  assert.equal((await client.json())["success"], true);
  assert.deepEqual(stub.events.map(({ headers }) => headers.get("cookie")), [null, "affinity=abc"]);
});
