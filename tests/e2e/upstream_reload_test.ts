// A change of handlers while clients are connected.
import assert from "node:assert/strict";
import { configFromOptions } from "../../src/config/load.ts";
import { HANDLER_RETRY_PAUSES_MS } from "../../src/limits.ts";
import { startServer } from "../../src/server.ts";
import { QUIET } from "../support/fixture.ts";
import { event, hubAt, protocols, serve } from "../support/handled_hub.ts";
import { RawClient } from "../support/raw_client.ts";
import { clientUrl } from "../support/rest_client.ts";
import { SkippingPlatform } from "../support/skipping_platform.ts";
import { UpstreamStub } from "../support/upstream_stub.ts";

Deno.test("a call under way keeps its handler through a change of settings, its retries too; the next event goes to the new one", async () => {
  const text = (word: string) => new Response(word, { headers: { "Content-Type": "text/plain" } });
  await using next = new UpstreamStub(() => text("next"));
  await using first = new UpstreamStub();
  await using server = await startServer({
    ...QUIET,
    platform: new SkippingPlatform(HANDLER_RETRY_PAUSES_MS),
    hubs: { chat: hubAt(first.url, []) },
  });
  first.script = () => {
    if (first.events.length > 1) return text("first");
    server.reload(configFromOptions({ ...QUIET, hubs: { chat: hubAt(next.url, []) } }));
    return new Response(null, { status: 503 });
  };
  using client = await RawClient.open(clientUrl(server, "chat"));
  client.send("one");
  assert.equal(await client.text(), "first");
  assert.equal(first.events.length, 2);
  client.send("two");
  assert.equal(await client.text(), "next");
  assert.equal(first.events.length, 2);
});

Deno.test("events fail once their handler was removed, and work again when it is back; connections stay", async () => {
  await using stub = new UpstreamStub();
  await using server = await serve(stub.url);
  using client = await RawClient.open(clientUrl(server, "chat"), { protocols });
  await client.next();
  const succeeds = async (ackId: number) => {
    client.send(event({ data: 1, ackId }));
    return (await client.json())["success"];
  };
  assert.equal(await succeeds(1), true);
  server.reload(configFromOptions({ ...QUIET, hubs: {} }));
  assert.equal(await succeeds(2), false);
  const before = stub.requests.length;
  using newcomer = await RawClient.open(clientUrl(server, "chat"), { protocols });
  assert.equal(newcomer.status, 101);
  assert.equal(await succeeds(2), false);
  assert.equal(stub.requests.length, before);
  server.reload(configFromOptions({ ...QUIET, hubs: { chat: hubAt(stub.url) } }));
  assert.equal(await succeeds(2), true);
});
