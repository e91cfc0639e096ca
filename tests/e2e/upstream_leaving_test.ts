// Clients that leave while their connect event is with the handler.
import assert from "node:assert/strict";
import net from "node:net";
import { startServer } from "../../src/server.ts";
import { Inbox, LENIENT, QUIET } from "../support/fixture.ts";
import { RawClient } from "../support/raw_client.ts";
import { clientUrl, rest } from "../support/rest_client.ts";
import { UpstreamStub } from "../support/upstream_stub.ts";
import { upgradeTo } from "../support/upgrade_request.ts";

Deno.test(
  "a client that leaves while connect is pending gives the call up, and nothing follows",
  LENIENT,
  async () => {
    const asked = new Inbox<string>();
    const held = Promise.withResolvers<Response>();
    await using handler = new UpstreamStub(({ headers }) => {
      asked.add(headers.get("ce-eventname") ?? "");
      return held.promise;
    });
    await using server = await startServer({
      ...QUIET,
      drainSeconds: 1,
      upstream: `${handler.url}/{event}`,
    });
    const url = new URL(clientUrl(server, "chat", { sub: "ann" }));
    const socket = net.connect(Number(url.port), url.hostname);
    socket.write(upgradeTo(url.href));
    assert.equal(await asked.next(), "connect");
    socket.destroy();
    held.resolve(new Response(null, { status: 204 }));
    // Whatever came of the connection, it is not left behind.
    for (let i = 0; i < 50; i++) {
      const { status } = await rest(server, "HEAD", "/api/hubs/chat/users/ann");
      if (status === 404 && i > 10) break;
      assert(i < 49, "the connection of a vanished client stays");
    }
  },
);

Deno.test(
  "a client that a handler lets in while the server stops gets 503, and the handler hears of its end before the stop is over",
  LENIENT,
  async () => {
    const asked = new Inbox<string>();
    const held = Promise.withResolvers<Response>();
    const bodies: string[] = [];
    await using handler = new UpstreamStub(({ headers, body }) => {
      const name = headers.get("ce-eventname") ?? "";
      if (name === "disconnected") bodies.push(new TextDecoder().decode(body));
      asked.add(name);
      return name === "connect" && headers.get("ce-userid") === "late"
        ? held.promise
        : new Response(null, { status: 204 });
    });
    const urlTemplate = `${handler.url}/{event}`;
    const systemEvents = ["connect", "disconnected"];
    const server = await startServer({
      ...QUIET,
      hubs: { chat: { eventHandlers: [{ urlTemplate, systemEvents }] } },
    });
    // Who does not answer the close frame keeps the stop waiting.
    using stayer = await RawClient.open(clientUrl(server, "chat", { sub: "early" }));
    assert.equal(await asked.next(), "connect");
    const late = RawClient.open(clientUrl(server, "chat", { sub: "late" }));
    assert.equal(await asked.next(), "connect");
    const stopped = server.close();
    held.resolve(new Response(null, { status: 204 }));
    using refused = await late;
    assert.equal(refused.status, 503);
    stayer.close(1001);
    await stopped;
    const reason = '{"reason":"The service is shutting down."}';
    assert.deepEqual(bodies, [reason, reason]);
  },
);
