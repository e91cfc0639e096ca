// Pings of the server, and what becomes of clients that fall silent.
import assert from "node:assert/strict";
import { startServer } from "../../src/server.ts";
import { QUIET, until } from "../support/fixture.ts";
import { RawClient } from "../support/raw_client.ts";
import { clientUrl, rest } from "../support/rest_client.ts";

const HUBS = { quick: { webSocketKeepAliveIntervalInSeconds: 1 } };

Deno.test("a silent client is pinged after one interval and dropped after two", async () => {
  await using server = await startServer({ ...QUIET, hubs: HUBS });
  using client = await RawClient.open(clientUrl(server, "quick", { sub: "ann" }));
  assert.equal((await client.next()).kind, "ping");
  await until(async () => (await rest(server, "HEAD", "/api/hubs/quick/users/ann")).status === 404);
});

Deno.test("a silent reliable client is away, not gone", async () => {
  await using server = await startServer({ ...QUIET, hubs: HUBS });
  using client = await RawClient.open(clientUrl(server, "quick", { sub: "ann" }), {
    protocols: ["json.reliable.webpubsub.azure.v1"],
  });
  const { connectionId, reconnectionToken } = await client.json();
  await client.untilClosed();
  assert.equal((await rest(server, "HEAD", "/api/hubs/quick/users/ann")).status, 200);
  const back = `${server.clientUrl("quick")}?awps_connection_id=${connectionId}` +
    `&awps_reconnection_token=${reconnectionToken}`;
  using again = await RawClient.open(back, { protocols: ["json.reliable.webpubsub.azure.v1"] });
  assert.equal((await again.json()).connectionId, connectionId);
});

Deno.test("a ping of the client is answered with its bytes", async () => {
  await using server = await startServer(QUIET);
  using client = await RawClient.open(clientUrl(server, "chat"));
  client.sendFrame(9, new Uint8Array([1, 2, 3]));
  assert.deepEqual(await client.next(), { kind: "pong", bytes: new Uint8Array([1, 2, 3]) });
});
