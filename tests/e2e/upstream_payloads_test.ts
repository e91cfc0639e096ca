// What clients say reaches the event handler as it was said, and its answers reach them.
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { deflateSync } from "node:zlib";
import { startServer } from "../../src/server.ts";
import { QUIET } from "../support/fixture.ts";
import { event, hubAt, named, protocols, serve } from "../support/handled_hub.ts";
import { RawClient } from "../support/raw_client.ts";
import { clientUrl } from "../support/rest_client.ts";
import { UpstreamStub } from "../support/upstream_stub.ts";

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
