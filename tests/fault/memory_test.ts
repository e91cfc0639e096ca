// A client that acknowledges nothing: bounded, then ended, and what it held is given back. Its publishers feel nothing.
import assert from "node:assert/strict";
import { Permissions } from "../../src/auth/permissions.ts";
import { compileRoles } from "../../src/auth/roles.ts";
import { MAX_UNACKNOWLEDGED_BYTES, MAX_UNACKNOWLEDGED_MESSAGES } from "../../src/limits.ts";
import { jsonCodec } from "../../src/protocol/json.ts";
import { type HubbubServer, startServer } from "../../src/server.ts";
import { Connection } from "../../src/session/connection.ts";
import { Identity } from "../../src/session/identity.ts";
import { Outgoing } from "../../src/session/outgoing.ts";
import { ReplayBuffer } from "../../src/session/replay_buffer.ts";
import { FakeOutlet } from "../support/fake_outlet.ts";
import { QUIET } from "../support/fixture.ts";
import { RawClient } from "../support/raw_client.ts";
import { clientUrl, rest } from "../support/rest_client.ts";

const OFFER = { protocols: ["json.reliable.webpubsub.azure.v1"] };

async function open(server: HubbubServer, claims: Record<string, unknown> = {}) {
  const client = await RawClient.open(clientUrl(server, "chat", claims), OFFER);
  const { connectionId, reconnectionToken } = await client.json();
  const id = `awps_connection_id=${connectionId}&awps_reconnection_token=${reconnectionToken}`;
  return {
    client,
    back: () => RawClient.open(`${server.clientUrl("chat")}?${id}`, OFFER),
    exists: async () => {
      const path = `/api/hubs/chat/connections/${connectionId}`;
      return (await rest(server, "HEAD", path)).status === 200;
    },
  };
}

async function send(server: HubbubServer, body: string): Promise<void> {
  const headers = { "content-type": "text/plain" };
  const path = "/api/hubs/chat/groups/g/:send";
  assert.equal((await rest(server, "POST", path, { headers, body })).status, 202);
}

Deno.test("1000 unacknowledged messages are fine, the next one ends an open connection with 1008 and hurts nobody else", async () => {
  await using server = await startServer(QUIET);
  const lazy = await open(server, { "webpubsub.group": ["g"] });
  using _ = lazy.client;
  const publisher = await open(server, { role: ["webpubsub.sendToGroup"] });
  const publish = async (ackId: number) => {
    const request = { type: "sendToGroup", group: "g", dataType: "text", data: "x", ackId };
    publisher.client.send(JSON.stringify(request));
    assert.deepEqual(await publisher.client.json(), { type: "ack", ackId, success: true });
  };
  for (let i = 1; i <= MAX_UNACKNOWLEDGED_MESSAGES; i++) await publish(i);
  assert.equal(await lazy.exists(), true);
  await publish(MAX_UNACKNOWLEDGED_MESSAGES + 1);
  assert.equal(await lazy.exists(), false);
  await publish(MAX_UNACKNOWLEDGED_MESSAGES + 2);
  const { before, last } = await lazy.client.untilClosed();
  assert.equal(before.length, MAX_UNACKNOWLEDGED_MESSAGES);
  assert.deepEqual(last, {
    kind: "close",
    code: 1008,
    reason: "The reliable message buffer is full.",
  });
  using late = await lazy.back();
  assert.equal((await late.untilClosed()).last.kind, "close");
  assert.equal((await rest(server, "HEAD", "/api/hubs/chat/groups/g")).status, 404);
  publisher.client.drop();
});

Deno.test("an away client gets 1000 waiting messages on recovery; the 1001st ends it", async () => {
  await using server = await startServer(QUIET);
  const { client, back, exists } = await open(server, { "webpubsub.group": ["g"] });
  client.close();
  await client.untilClosed();
  client.drop();
  for (let i = 1; i <= MAX_UNACKNOWLEDGED_MESSAGES; i++) await send(server, String(i));
  {
    using again = await back();
    await again.json();
    for (let i = 1; i <= MAX_UNACKNOWLEDGED_MESSAGES; i++) {
      assert.equal((await again.json())["sequenceId"], i);
    }
  }
  await send(server, "too much");
  assert.equal(await exists(), false);
  using late = await back();
  const { before, last } = await late.untilClosed();
  assert.deepEqual(before, []);
  assert.equal(last.kind === "close" && last.code, 1008);
});

Deno.test(
  "16 MiB that wait are fine and are all delivered on recovery; one byte more is the end",
  async () => {
    await using server = await startServer(QUIET);
    const { client, back, exists } = await open(server, { "webpubsub.group": ["g"] });
    client.close();
    await client.untilClosed();
    client.drop();
    const frame = '{"type":"message","from":"group","group":"g","dataType":"text","data":""}';
    // 32 frames of half a MiB fill the bound exactly.
    const half = 512 * 1024;
    const count = MAX_UNACKNOWLEDGED_BYTES / half;
    for (let i = 0; i < count; i++) await send(server, "x".repeat(half - frame.length));
    assert.equal(await exists(), true);
    {
      using again = await back();
      await again.json();
      for (let i = 1; i <= count; i++) assert.equal((await again.json())["sequenceId"], i);
    }
    await send(server, "");
    assert.equal(await exists(), false);
  },
);

Deno.test("an ended connection holds no messages, even while its socket is still closing", () => {
  const replay = new ReplayBuffer();
  const connection = new Connection(
    new Identity("chat", "k3x", undefined, ""),
    0,
    jsonCodec,
    new Permissions(compileRoles([])),
    new FakeOutlet(),
    replay,
  );
  const payload = { kind: "text", text: "x".repeat(1000) } as const;
  const message = { type: "message", group: "g", fromUserId: undefined } as const;
  for (let i = 0; i < 10; i++) {
    connection.deliver(new Outgoing({ ...message, payload, metadata: undefined }, 0), 1);
  }
  assert.equal(connection.unacknowledged, 10);
  assert.ok(replay.bytes > 10_000);
  connection.end();
  assert.deepEqual([connection.unacknowledged, replay.bytes], [0, 0]);
});
