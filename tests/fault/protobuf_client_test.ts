// The official JavaScript client with a protobuf codec plugged in, as its own protobuf package would be.
import assert from "node:assert/strict";
import { WebPubSubClient, type WebPubSubClientProtocol } from "@azure/web-pubsub-client";
import { startServer } from "../../src/server.ts";
import { ChaosProxy } from "../support/chaos_proxy.ts";
import { Inbox, QUIET } from "../support/fixture.ts";
import { protobufProtocol, protobufReliableProtocol } from "../support/protobuf_client_codec.ts";
import { clientUrl, rest } from "../support/rest_client.ts";
import { runCuts } from "./cut_run.ts";

const ROLES = ["webpubsub.joinLeaveGroup", "webpubsub.sendToGroup.room"];
/** The official client leaves timers of its cut sockets behind, in older runtimes. */
const LEAKY = { sanitizeOps: false, sanitizeResources: false };

async function startClient(url: string, protocol: WebPubSubClientProtocol) {
  const client = new WebPubSubClient(
    { getClientAccessUrl: () => Promise.resolve(url) },
    { protocol, messageRetryOptions: { maxRetries: 0 } },
  );
  const inbox = new Inbox<unknown>();
  client.on(
    "group-message",
    ({ message }) => inbox.add([message.group, message.dataType, plain(message.data)]),
  );
  client.on(
    "server-message",
    ({ message }) => inbox.add([message.dataType, plain(message.data)]),
  );
  const connected = new Promise<{ connectionId: string; userId: string }>((resolve) =>
    client.on("connected", resolve)
  );
  await client.start();
  return { client, inbox, connected: await connected };
}

function plain(data: unknown): unknown {
  return data instanceof ArrayBuffer ? [...new Uint8Array(data)] : data;
}

for (const protocol of [protobufProtocol, protobufReliableProtocol]) {
  const { name } = protocol();

  Deno.test(
    `${name}: the official client joins, sends and receives every type of data`,
    LEAKY,
    async () => {
      await using server = await startServer(QUIET);
      const url = clientUrl(server, "chat", { sub: "ann", role: ROLES });
      const { client, inbox, connected } = await startClient(url, protocol());
      assert.equal(connected.userId, "ann");
      await client.joinGroup("room");
      const any = { type_url: "type.example/lab.Sample", value: Uint8Array.of(8, 150, 1) };
      await client.sendToGroup("room", "hi", "text");
      await client.sendToGroup("room", { n: [1, null] }, "json");
      await client.sendToGroup("room", new Uint8Array([1, 2, 3]).buffer, "binary");
      await client.sendToGroup("room", any, "protobuf");
      assert.deepEqual(await inbox.next(), ["room", "text", "hi"]);
      assert.deepEqual(await inbox.next(), ["room", "json", { n: [1, null] }]);
      assert.deepEqual(await inbox.next(), ["room", "binary", [1, 2, 3]]);
      assert.deepEqual(await inbox.next(), ["room", "protobuf", any]);

      const again = await client.sendToGroup("room", "once", "text", { ackId: 900 });
      assert.equal(again.isDuplicated, false);
      const second = await client.sendToGroup("room", "once", "text", { ackId: 900 });
      assert.equal(second.isDuplicated, true);
      assert.deepEqual(await inbox.next(), ["room", "text", "once"]);
      await assert.rejects(
        client.sendToGroup("elsewhere", "no", "text"),
        (error: Error & { errorDetail?: { name: string } }) =>
          error.errorDetail?.name === "Forbidden",
      );
      await client.leaveGroup("room");
      const headers = { "content-type": "application/json" };
      await rest(server, "POST", "/api/hubs/chat/users/ann/:send", { headers, body: '{"a":1}' });
      assert.deepEqual(await inbox.next(), ["json", { a: 1 }]);
      client.stop();
    },
  );
}

Deno.test("protobuf.reliable: the official client recovers and misses nothing", LEAKY, async () => {
  await using server = await startServer(QUIET);
  await using proxy = new ChaosProxy(Number(new URL(server.endpoint).port));
  const url = proxy.through(clientUrl(server, "chat", { sub: "ann", role: ROLES }));
  const { client, inbox } = await startClient(url, protobufReliableProtocol());
  await client.joinGroup("room");
  const headers = { "content-type": "text/plain" };
  for (let i = 0; i < 5; i++) {
    proxy.cutAll();
    const body = `message ${i}`;
    await rest(server, "POST", "/api/hubs/chat/groups/room/:send", { headers, body });
    assert.deepEqual(await inbox.next(), ["room", "text", body]);
  }
  client.stop();
});

Deno.test(
  "protobuf.reliable: 60 cuts at any byte, 0 lost, 0 duplicated, 0 reordered",
  LEAKY,
  async () => {
    const seed = Number(Deno.env.get("HUBBUB_TEST_SEED") ?? Math.floor(Math.random() * 2 ** 32));
    const result = await runCuts({
      seed,
      cuts: 60,
      deadlineMs: 20_000,
      receivers: 2,
      protocol: protobufReliableProtocol,
    });
    // deno-lint-ignore no-console
    console.log(`protobuf cuts, seed ${seed}:`, JSON.stringify(result));
    const { lost, duplicated, reordered } = result.verdict;
    assert.deepEqual({ lost, duplicated, reordered }, { lost: 0, duplicated: 0, reordered: 0 });
    assert.ok(result.receiverCuts >= 60, `${result.receiverCuts} cuts`);
    assert.equal(result.connections, result.clients);
  },
);
