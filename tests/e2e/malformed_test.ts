// The table of malformed and borderline frames over real sockets: each row on a fresh connection.
import assert from "node:assert/strict";
import { startServer } from "../../src/server.ts";
import { frameOf, MALFORMED_JSON, type Row } from "../protocol/malformed_json_table.ts";
import { MALFORMED_PROTOBUF } from "../protocol/malformed_protobuf_table.ts";
import { QUIET } from "../support/fixture.ts";
import { RawClient } from "../support/raw_client.ts";
import { clientUrl } from "../support/rest_client.ts";

const ALL_ROLES = ["webpubsub.joinLeaveGroup", "webpubsub.sendToGroup"];

for (const protocol of ["json.webpubsub.azure.v1", "json.reliable.webpubsub.azure.v1"]) {
  Deno.test(`${protocol}: each of ${MALFORMED_JSON.length} malformed or borderline frames has its answer`, async (t) => {
    await using server = await startServer(QUIET);
    for (const row of MALFORMED_JSON) {
      await t.step(row.name, async () => {
        const url = clientUrl(server, "chat", { role: ALL_ROLES });
        using client = await RawClient.open(url, { protocols: [protocol] });
        assert.equal((await client.json()).event, "connected");
        client.send(frameOf(row));
        if (await refused(client, row)) return;
        const { expected } = row;
        if (typeof expected === "object" && "ack" in expected) {
          const text = await client.text();
          const success = expected.error === undefined;
          const start = `{"type":"ack","ackId":${expected.ack},"success":${success}`;
          assert(text.startsWith(start), text);
          if (!success) assert.equal(JSON.parse(text).error.name, expected.error);
        }
        if (expected === "pong") assert.equal(await client.text(), '{"type":"pong"}');
        // Whatever was ignored or answered: the connection lives on.
        client.send('{"type":"ping"}');
        assert.equal(await client.text(), '{"type":"pong"}');
      });
    }
  });
}

Deno.test(`each of ${MALFORMED_PROTOBUF.length} malformed or borderline protobuf frames has its answer`, async (t) => {
  await using server = await startServer(QUIET);
  for (const row of MALFORMED_PROTOBUF) {
    await t.step(row.name, async () => {
      const url = clientUrl(server, "chat", { role: ALL_ROLES });
      using client = await RawClient.open(url, { protocols: ["protobuf.webpubsub.azure.v1"] });
      assert.equal((await client.next()).kind, "binary");
      client.send(frameOf(row));
      if (await refused(client, row)) return;
      // Acks and pongs are the codec test's matter; here the connection has to live on.
      const ping = new Uint8Array([0x4a, 0]);
      client.send(ping);
      while (true) {
        const received = await client.next();
        assert.equal(received.kind, "binary");
        if (received.kind === "binary" && received.bytes[0] === 0x22) return;
      }
    });
  }
});

/** Whether the row is a refusal; the client then has been closed with the right code, and got nothing before. */
async function refused(client: RawClient, { expected }: Row): Promise<boolean> {
  if (typeof expected !== "object" || !("code" in expected)) return false;
  const { before, last } = await client.untilClosed();
  assert.deepEqual(before, []);
  assert.equal(last.kind === "close" ? last.code : last.kind, expected.code);
  return true;
}
