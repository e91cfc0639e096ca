// Access keys are swapped while the server runs; nobody is cut off.
import assert from "node:assert/strict";
import { configFromOptions } from "../../src/config/load.ts";
import { startServer } from "../../src/server.ts";
import { QUIET } from "../support/fixture.ts";
import { RawClient } from "../support/raw_client.ts";
import { clientUrl, inSeconds, rest, signToken } from "../support/rest_client.ts";

const OLD = "old-primary-key-of-more-than-32-bytes-01";
const NEW = "new-primary-key-of-more-than-32-bytes-02";
const SEND = "/api/hubs/chat/:send";

Deno.test("keys change by reload: connections stay, reliable ones recover, old tokens fail, new ones work", async () => {
  await using server = await startServer({ ...QUIET, accessKeys: { primary: OLD } });
  const call = (key: string) => {
    const token = signToken({ aud: server.endpoint + SEND, exp: inSeconds(60) }, key);
    const headers = { authorization: `Bearer ${token}`, "content-type": "text/plain" };
    return rest(server, "POST", SEND, { body: "hi", headers });
  };
  const protocols = ["json.reliable.webpubsub.azure.v1"];
  const url = clientUrl(server, "chat");
  using client = await RawClient.open(url, { protocols });
  const { connectionId, reconnectionToken } = await client.json();
  assert.equal((await call(OLD)).status, 202);
  await client.next();

  const reload = (accessKeys: { primary: string; secondary?: string }) =>
    server.reload(configFromOptions({ ...QUIET, accessKeys }));
  reload({ primary: NEW, secondary: OLD });
  for (const key of [OLD, NEW]) {
    assert.equal((await call(key)).status, 202);
    assert.equal((await client.json()).data, "hi");
  }
  reload({ primary: NEW });
  assert.equal((await call(OLD)).status, 401);
  assert.equal((await call(NEW)).status, 202);
  assert.equal((await client.json()).data, "hi");
  {
    using late = await RawClient.open(url, { protocols });
    assert.equal(
      late.status,
      401,
      "a token of the old key, though it was good and remembered before",
    );
  }
  client.drop();
  using again = await RawClient.open(
    `${server.clientUrl("chat")}?awps_connection_id=${connectionId}` +
      `&awps_reconnection_token=${reconnectionToken}`,
    { protocols },
  );
  assert.equal((await again.json()).connectionId, connectionId);
});
