// One reader that stops among many: it is closed as a slow consumer, the others lose nothing.
import assert from "node:assert/strict";
import { startServer } from "../../src/server.ts";
import { QUIET, until } from "../support/fixture.ts";
import { RawClient } from "../support/raw_client.ts";
import { clientUrl, rest } from "../support/rest_client.ts";

Deno.test("a client that stops reading is ended at 16 MiB, and the other members lose nothing", async () => {
  await using server = await startServer({ ...QUIET, drainSeconds: 1 });
  const url = clientUrl(server, "chat", { "webpubsub.group": "g" });
  using stuck = await RawClient.open(clientUrl(server, "chat", {
    "webpubsub.group": "g",
    sub: "stuck",
  }));
  const others = await Promise.all(Array.from({ length: 20 }, () => RawClient.open(url)));
  stuck.pause();
  const payload = new Uint8Array(512 * 1024).fill(7);
  const rounds = 60;
  for (let round = 0; round < rounds; round++) {
    payload[0] = round;
    const sent = await rest(server, "POST", "/api/hubs/chat/groups/g/:send", { body: payload });
    assert.equal(sent.status, 202);
    for (const other of others) {
      const received = await other.next();
      assert(received.kind === "binary" && received.bytes[0] === round);
    }
  }
  await until(async () =>
    (await rest(server, "HEAD", "/api/hubs/chat/users/stuck")).status === 404
  );
  assert.equal(server.counters.get("slow_consumers"), 1);
  for (const other of others) other.drop();
  stuck.drop();
});
