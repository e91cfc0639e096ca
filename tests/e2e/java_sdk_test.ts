// The official Java service client, unmodified: tests/e2e/java/ServiceClient.java calls, this test holds the
// connections.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { startServer } from "../../src/server.ts";
import { QUIET } from "../support/fixture.ts";
import { JAVA_LIBRARIES, peerTest, run } from "../support/peer.ts";
import { jsonClient, nextData } from "../rest/clients.ts";

const PROGRAM = fileURLToPath(new URL("java/ServiceClient.java", import.meta.url));

peerTest("azure-messaging-webpubsub", "the Java service client does all it can do", async () => {
  await using server = await startServer(QUIET);
  using ann = await jsonClient(server, "chat", { userId: "ann", groups: ["g"] });
  using other = await jsonClient(server, "chat");
  const args = [server.connectionString, "chat", ann.id, other.id];
  const output = await run("java", ["-cp", `${JAVA_LIBRARIES}/*`, PROGRAM, ...args]);
  assert.match(output, /^done$/m);
  for (const expected of [{ n: 1 }, "AQI=", "group", "filtered", "user", "connection"]) {
    assert.deepEqual(await nextData(ann), expected);
  }
  assert.deepEqual(await nextData(other), { n: 1 });
  for (const [client, reason] of [[ann, "user"], [other, "all"]] as const) {
    const { message } = await client.ws.json();
    assert.equal(message, `Application server closed the connection. Reason: ${reason}`);
  }
});
