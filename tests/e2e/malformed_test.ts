// The table of malformed and borderline frames over real sockets: each row on a fresh connection.
import assert from "node:assert/strict";
import { startServer } from "../../src/server.ts";
import { frameOf, MALFORMED_JSON } from "../protocol/malformed_json_table.ts";
import { QUIET } from "../support/fixture.ts";
import { RawClient } from "../support/raw_client.ts";
import { clientUrl } from "../support/rest_client.ts";

const ALL_ROLES = ["webpubsub.joinLeaveGroup", "webpubsub.sendToGroup"];
const PROTOCOLS = ["json.webpubsub.azure.v1"];

Deno.test(`each of ${MALFORMED_JSON.length} malformed or borderline JSON frames has its specified answer`, async (t) => {
  await using server = await startServer(QUIET);
  for (const row of MALFORMED_JSON) {
    await t.step(row.name, async () => {
      const url = clientUrl(server, "chat", { role: ALL_ROLES });
      using client = await RawClient.open(url, { protocols: PROTOCOLS });
      assert.equal((await client.json()).event, "connected");
      client.send(frameOf(row));
      const { expected } = row;
      if (typeof expected === "object" && "code" in expected) {
        const { before, last } = await client.untilClosed();
        assert.deepEqual(before, []);
        assert.equal(last.kind === "close" ? last.code : last.kind, expected.code);
        return;
      }
      if (typeof expected === "object") {
        const text = await client.text();
        const success = expected.error === undefined;
        assert(text.startsWith(`{"type":"ack","ackId":${expected.ack},"success":${success}`), text);
        if (!success) assert.equal(JSON.parse(text).error.name, expected.error);
      }
      if (expected === "pong") assert.equal(await client.text(), '{"type":"pong"}');
      // Whatever was ignored or answered: the connection lives on.
      client.send('{"type":"ping"}');
      assert.equal(await client.text(), '{"type":"pong"}');
    });
  }
});
