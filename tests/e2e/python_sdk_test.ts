// The official Python service client, unmodified: tests/e2e/python/service_client.py calls, this test holds the
// connections.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { startServer } from "../../src/server.ts";
import { QUIET } from "../support/fixture.ts";
import { peerTest, run } from "../support/peer.ts";
import { jsonClient, nextData } from "../rest/clients.ts";

const SCRIPT = fileURLToPath(new URL("python/service_client.py", import.meta.url));
const PACKAGE = "azure-messaging-webpubsubservice";

peerTest(PACKAGE, "the Python service client does all it can do", async () => {
  await using server = await startServer(QUIET);
  using ann = await jsonClient(server, "chat", { userId: "ann", groups: ["g"] });
  using other = await jsonClient(server, "chat");
  const args = [SCRIPT, server.connectionString, "chat", ann.id, other.id];
  assert.equal((await run("python3", args)).trim(), "done");
  for (
    const expected of [
      { n: 1 },
      "text",
      "AQI=",
      "filtered",
      "group",
      [1, null],
      "user",
      "connection",
    ]
  ) {
    assert.deepEqual(await nextData(ann), expected);
  }
  assert.deepEqual([await nextData(other), await nextData(other)], [{ n: 1 }, "AQI="]);
  for (const [client, reason] of [[ann, "user"], [other, "all"]] as const) {
    assert.deepEqual(await client.ws.json(), {
      type: "system",
      event: "disconnected",
      message: `Application server closed the connection. Reason: ${reason}`,
    });
  }
});
