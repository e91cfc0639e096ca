// What goes over the wire to an event handler, header by header.
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import {
  event,
  eventOf,
  JSON_PROTOCOL,
  named,
  protocols,
  serve,
  serviceHeaders,
} from "../support/handled_hub.ts";
import { RawClient } from "../support/raw_client.ts";
import { clientToken, clientUrl } from "../support/rest_client.ts";
import { UpstreamStub } from "../support/upstream_stub.ts";

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
