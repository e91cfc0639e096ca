// The official express middleware is told once when a client has gone, and not before.
import assert from "node:assert/strict";
import type { HubbubServer } from "../../src/server.ts";
import { ExpressApp } from "../support/express_app.ts";
import { event, JSON_PROTOCOL, open, RELIABLE, serve } from "../support/express_hub.ts";
import { Inbox, until } from "../support/fixture.ts";
import { RawClient } from "../support/raw_client.ts";
import { rest } from "../support/rest_client.ts";
import { SkippingPlatform } from "../support/skipping_platform.ts";

for (
  const { how, end, reason, protocol } of [
    { how: "the client closes with 1000", end: (client) => client.close(1000), reason: "" },
    {
      how: "the client closes with 1000 and a word",
      end: (client) => client.close(1000, "bye"),
      reason: "bye",
    },
    {
      how: "the client closes with another code",
      end: (client) => client.close(1001),
      reason: "The client disconnected unexpectedly.",
    },
    {
      how: "the client closes with another code and a word",
      end: (client) => client.close(4000, "enough"),
      reason: "enough",
    },
    {
      how: "the network breaks",
      end: (client) => client.drop(),
      reason: "The client disconnected unexpectedly.",
    },
    {
      how: "the application closes it",
      end: (_client, server, id) => rest(server, "DELETE", `/api/hubs/chat/connections/${id}`),
      reason: "Application server closed the connection.",
    },
    {
      how: "the application closes it with a reason",
      end: (_client, server, id) =>
        rest(server, "DELETE", `/api/hubs/chat/connections/${id}?reason=maintenance`),
      reason: "Application server closed the connection. Reason: maintenance",
    },
    {
      how: "the server stops",
      end(client, server) {
        const closed = server.close();
        client.close(1001);
        return closed;
      },
      reason: "The service is shutting down.",
    },
    {
      how: "a JSON client sends what is no JSON",
      protocol: JSON_PROTOCOL,
      end: (client) => client.send("{"),
      reason: undefined,
    },
  ] as readonly {
    how: string;
    protocol?: string;
    end: (client: RawClient, server: HubbubServer, connectionId: string) => unknown;
    /** `undefined`: the reason of the close frame. */
    reason: string | undefined;
  }[]
) {
  Deno.test(`disconnected comes once when ${how}, after the connection has left the hub`, async () => {
    const connected = new Inbox<string>();
    const gone = new Inbox<{ reason: string | undefined; status: number }>();
    const current = Promise.withResolvers<HubbubServer>();
    await using app = await ExpressApp.start({
      onConnected: ({ context }) => connected.add(context.connectionId),
      async onDisconnected({ context, reason }) {
        const server = await current.promise;
        const path = `/api/hubs/chat/connections/${context.connectionId}`;
        // A server that stops may not answer any more.
        const status = how === "the server stops" ? 404 : (await rest(server, "HEAD", path)).status;
        gone.add({ reason, status });
      },
    });
    {
      await using server = await serve(app.handler);
      current.resolve(server);
      using client = await open(server, {}, ...(protocol === undefined ? [] : [protocol]));
      if (protocol !== undefined) await client.next();
      await end(client, server, await connected.next());
      let expected = reason;
      if (expected === undefined) {
        const { last } = await client.untilClosed();
        assert.ok(last.kind === "close" && last.reason !== "");
        expected = last.reason;
      }
      assert.deepEqual(await gone.next(), { reason: expected, status: 404 });
    }
    assert.equal(gone.length, 0);
  });
}

Deno.test("a reliable client that comes back raises nothing, and disconnected comes once in the end", async () => {
  const events = new Inbox<string>();
  await using app = await ExpressApp.start({
    onConnected: () => events.add("connected"),
    handleUserEvent({ context }, answer) {
      events.add(context.eventName);
      answer.setState("n", 1);
      answer.success();
    },
    onDisconnected: ({ reason, context }) =>
      events.add(`disconnected ${reason} ${JSON.stringify(context.states)}`),
  });
  {
    await using server = await serve(app.handler);
    using first = await open(server, {}, RELIABLE);
    const { connectionId, reconnectionToken } = await first.json();
    assert.equal(await events.next(), "connected");
    first.send(event("before", 1, 1));
    assert.equal((await first.json())["success"], true);
    assert.equal(await events.next(), "before");
    first.drop();
    const url = `${server.clientUrl("chat")}?awps_connection_id=${connectionId}` +
      `&awps_reconnection_token=${encodeURIComponent(String(reconnectionToken))}`;
    using second = await RawClient.open(url, { protocols: [RELIABLE] });
    second.send(event("after", 1, 2));
    let frame = await second.json();
    while (frame["type"] !== "ack") frame = await second.json();
    assert.deepEqual([frame["ackId"], frame["success"]], [2, true]);
    assert.equal(await events.next(), "after");
    second.close(1000, "done");
    assert.equal(await events.next(), 'disconnected done {"n":1}');
  }
  assert.equal(events.length, 0);
  const ids = [];
  while (app.events.length > 0) ids.push((await app.events.next()).headers["ce-id"]);
  assert.deepEqual(ids.sort(), ["0", "1", "2", "3", "4"]);
});

Deno.test("a reliable client that does not come back raises disconnected when its window is over", async () => {
  const reasons = new Inbox<string | undefined>();
  await using app = await ExpressApp.start({ onDisconnected: ({ reason }) => reasons.add(reason) });
  const platform = new SkippingPlatform();
  {
    await using server = await serve(app.handler, { platform, recoveryWindowSeconds: 60 });
    using client = await open(server, { sub: "ann" }, RELIABLE);
    await client.next();
    client.drop();
    await until(async () => {
      platform.skip(30_000);
      return (await rest(server, "HEAD", "/api/hubs/chat/users/ann")).status === 404;
    });
    assert.equal(await reasons.next(), "The connection recovery timeout expired.");
  }
  assert.equal(reasons.length, 0);
});
