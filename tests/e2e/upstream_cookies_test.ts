// Cookies of an event handler: kept for one connection.
import assert from "node:assert/strict";
import { startServer } from "../../src/server.ts";
import { QUIET } from "../support/fixture.ts";
import { event, hubAt, protocols } from "../support/handled_hub.ts";
import { RawClient } from "../support/raw_client.ts";
import { clientUrl } from "../support/rest_client.ts";
import { UpstreamStub } from "../support/upstream_stub.ts";

Deno.test("cookies of a handler come back on the same connection only, those of failures and validations never", async () => {
  await using stub = new UpstreamStub(({ headers }) => {
    const name = headers.get("ce-eventname");
    const id = headers.get("ce-connectionid");
    if (name === "connect") {
      return new Response(null, { status: 204, headers: { "Set-Cookie": `node=${id}; Path=/` } });
    }
    const status = name === "fail" ? 400 : 204;
    return new Response(null, { status, headers: { "Set-Cookie": `${name}=1; Path=/` } });
  });
  stub.validate = () =>
    new Response(null, {
      headers: { "WebHook-Allowed-Origin": "*", "Set-Cookie": "validated=1; Path=/" },
    });
  await using server = await startServer({
    ...QUIET,
    hubs: { chat: hubAt(stub.url, ["connect"]) },
  });
  const talk = async () => {
    using client = await RawClient.open(clientUrl(server, "chat"), { protocols });
    const { connectionId } = await client.json();
    for (const [index, name] of ["one", "fail", "two"].entries()) {
      client.send(event({ event: name, data: 1, ackId: index + 1 }));
      await client.json();
    }
    return stub.events.filter(({ headers }) => headers.get("ce-connectionid") === connectionId)
      .map(({ headers }) => headers.get("cookie")?.replace(String(connectionId), "ID") ?? "none");
  };
  const expected = ["none", "node=ID", "node=ID; one=1", "node=ID; one=1"];
  assert.deepEqual(await talk(), expected);
  assert.deepEqual(await talk(), expected);
});

Deno.test("a handler's cookie for its own host comes back with the next event", async () => {
  await using stub = new UpstreamStub(() =>
    new Response(null, {
      status: 204,
      headers: { "Set-Cookie": "affinity=abc; Path=/; Domain=127.0.0.1" },
    })
  );
  await using server = await startServer({
    ...QUIET,
    hubs: { chat: hubAt(stub.url, ["connect"]) },
  });
  using client = await RawClient.open(clientUrl(server, "chat"), { protocols });
  await client.json();
  client.send(event({ data: 1, ackId: 1 }));
  assert.equal((await client.json())["success"], true);
  assert.deepEqual(stub.events.map(({ headers }) => headers.get("cookie")), [null, "affinity=abc"]);
});
