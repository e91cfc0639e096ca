// Metadata headers of REST sends.
import assert from "node:assert/strict";
import { startServer } from "../../src/server.ts";
import { QUIET } from "../support/fixture.ts";
import { errorOf, jsonClient, plainClient } from "../rest/clients.ts";
import { raw, RawHttp } from "../rest/raw_http.ts";

const SEND = "/api/hubs/chat/:send";
const TEXT = { "Content-Type": "text/plain" };

Deno.test("metadata headers reach JSON clients, keys in lower case, of that message only", async () => {
  await using server = await startServer(QUIET);
  using client = await jsonClient(server, "chat", { userId: "u", groups: ["g"] });
  using reliable = await jsonClient(server, "chat", { reliable: true, userId: "u", groups: ["g"] });
  using plain = await plainClient(server, "chat", { sub: "u", "webpubsub.group": ["g"] });
  for (
    const [headers, metadata] of [
      [{ "X-WebPubSub-Metadata-TraceId": "Abc" }, { traceid: "Abc" }],
      [{ "x-webpubsub-metadata-a": " padded  " }, { a: "padded" }],
      [{ "X-WebPubSub-Metadata-a": "" }, { a: "" }],
      [{ "X-WEBPUBSUB-METADATA-a": "1,2 , 3" }, { a: "3" }],
      [{ "X-WebPubSub-Metadata-A": "1", "X-WebPubSub-Metadata-a": "2" }, { a: "2" }],
      [{ "X-WebPubSub-Metadata-!#$%&'*+-.^_`|~9": "x" }, { "!#$%&'*+-.^_`|~9": "x" }],
      [{ "X-WebPubSub-Metadata-__proto__": "x" }, JSON.parse('{"__proto__":"x"}')],
      [{ "X-WebPubSub-Metadata-b": "1", "X-Other": "2", "X-WebPubSub-Meta-c": "3" }, { b: "1" }],
      [{}, undefined],
    ] as const
  ) {
    for (const path of ["/:send", "/groups/g/:send", "/users/u/:send"]) {
      const target = `/api/hubs/chat${path}`;
      const answer = await raw(server, "POST", target, {
        headers: { ...TEXT, ...headers },
        body: "x",
      });
      assert.equal(answer.status, 202, answer.body);
      for (const { ws } of [client, reliable]) {
        const message = await ws.json();
        assert.equal("metadata" in message, metadata !== undefined);
        assert.deepEqual(message.metadata, metadata);
      }
      assert.deepEqual(await plain.next(), { kind: "text", text: "x" });
    }
  }
});

Deno.test("of a repeated metadata header the last line counts", async () => {
  await using server = await startServer(QUIET);
  using client = await jsonClient(server, "chat");
  using http = await RawHttp.open(server);
  const headers = { ...TEXT, "X-WebPubSub-Metadata-a": "1\r\nX-WebPubSub-Metadata-A: 2" };
  assert.equal((await http.call("POST", SEND, { headers, body: "x" })).status, 202);
  assert.deepEqual((await client.ws.json()).metadata, { a: "2" });
});

Deno.test("metadata has bounds, and beyond them nothing is delivered", async () => {
  await using server = await startServer(QUIET);
  using client = await jsonClient(server, "chat");
  const prefix = "X-WebPubSub-Metadata-";
  const eight = (length: number, last: number) =>
    Object.fromEntries(
      Array.from({ length: 8 }, (_, i) => [`${prefix}k${i}`, "v".repeat(i === 7 ? last : length)]),
    );
  const key256 = "k".repeat(256);
  for (
    const headers of [
      { [prefix + key256]: "" },
      { [`${prefix}a`]: "v".repeat(1024) },
      eight(1022, 1022),
    ]
  ) {
    const answer = await raw(server, "POST", SEND, { headers: { ...TEXT, ...headers }, body: "x" });
    assert.equal(answer.status, 202, answer.body);
    assert.ok("metadata" in await client.ws.json());
  }
  for (
    const [headers, pattern] of [
      [{ [`${prefix}k${key256}`]: "" }, /^Metadata key '.*' exceeds 256 bytes\.$/],
      [{ [`${prefix}a`]: "v".repeat(1025) }, /exceeds 1024 bytes\.$/],
      [{ [`${prefix}a`]: "ü" }, /must be ASCII\.$/],
      [{ [prefix]: "x" }, /invalid characters\.$/],
      [eight(1022, 1023), /exceeds 8192 bytes\.$/],
    ] as const
  ) {
    const answer = await raw(server, "POST", SEND, {
      headers: { ...TEXT, ...headers },
      body: "no",
    });
    assert.equal(answer.status, 400);
    const { code, message, target } = errorOf(answer.body);
    assert.deepEqual([code, target], ["Error.BadRequest", "Request"]);
    assert.match(message, pattern);
  }
  assert.equal((await raw(server, "POST", SEND, { headers: TEXT, body: "end" })).status, 202);
  assert.equal((await client.ws.json()).data, "end");
});
