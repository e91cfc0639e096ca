// What the native transport does when the runtime does not upgrade a request that every check has let pass.
import assert from "node:assert/strict";
import type { Hubs } from "../../src/hub/hubs.ts";
import type { Upstream } from "../../src/hub/ports.ts";
import { noUpstream } from "../support/no_upstream.ts";
import { jsonCodec } from "../../src/protocol/json.ts";
import { SocketDeadlines } from "../../src/transport/deadlines.ts";
import { OpenSockets } from "../../src/transport/open_sockets.ts";
import { type NativeContext, serveClient } from "../../src/transport/native.ts";
import { Pump } from "../../src/transport/pump.ts";
import { webPubSubEndpoint } from "../../src/webpubsub/endpoint.ts";
import { FakeServer, silentLog } from "../support/fake_hub.ts";
import { answered } from "../support/handler_answers.ts";

const REQUEST = new Request("http://localhost/client/hubs/chat", {
  headers: {
    "Host": "localhost",
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
  },
});

function contextWith(upstream: Upstream): NativeContext & { hubs: Hubs } {
  const { platform, hubs, counters } = new FakeServer({ upstream });
  return {
    hubs,
    platform,
    log: silentLog,
    endpoints: [webPubSubEndpoint({ hubs, codec: () => jsonCodec })],
    groupBound: hubs.context.groupBound,
    meter: counters,
    pump: new Pump(platform),
    open: new OpenSockets(),
    deadlines: new SocketDeadlines(platform),
    authenticate: () => undefined,
    isStopping: () => false,
    allowsAnonymous: () => true,
    keepAliveSeconds: () => 20,
  };
}

/** Answers `REQUEST` on a runtime that does not upgrade it, as when its client has just left. */
async function serveInVain(context: NativeContext, target = "/client/hubs/chat"): Promise<number> {
  const { upgradeWebSocket } = Deno;
  Deno.upgradeWebSocket = () => {
    throw new TypeError("Request closed");
  };
  try {
    return (await serveClient(REQUEST, target, context)).status;
  } finally {
    Deno.upgradeWebSocket = upgradeWebSocket;
  }
}

Deno.test("a client that has left is not upgraded, and no handler is asked about it", async () => {
  const asked: string[] = [];
  const context = contextWith({
    ...noUpstream,
    asksAbout: () => true,
    connect: ({ connectionId }) => void asked.push(connectionId),
  });
  const gone = new AbortController();
  const request = new Request(REQUEST, { signal: gone.signal });
  const served = serveClient(request, "/client/hubs/chat", context);
  // The runtime finds out a turn later.
  gone.abort();
  assert.equal((await served).status, 400);
  assert.deepEqual(asked, []);
  assert.equal(context.open.count, 0);
});

/** Hears of ends. */
function recording(heard: string[], upstream: Partial<Upstream> = {}): Upstream {
  return {
    ...noUpstream,
    ...upstream,
    disconnected: ({ connectionId }, id) => heard.push(`disconnected ${connectionId} ${id}`),
  };
}

Deno.test("when the upgrade fails, a handler that had let the client in hears disconnected once", async () => {
  const heard: string[] = [];
  let admitted = "";
  const context = contextWith(recording(heard, {
    asksAbout: () => true,
    connect({ connectionId }) {
      admitted = connectionId;
      return Promise.resolve(answered(200, '{"userId":"ann","groups":["g"]}'));
    },
  }));
  assert.equal(await serveInVain(context), 500);
  assert.deepEqual(heard, [`disconnected ${admitted} 1`]);
  assert.equal(context.open.count, 0);
  assert.deepEqual([...context.hubs.all()], []);
});

Deno.test("when the upgrade fails and no handler was asked, none hears of it", async () => {
  const heard: string[] = [];
  const context = contextWith(recording(heard));
  assert.equal(await serveInVain(context), 500);
  assert.deepEqual(heard, []);
});

Deno.test("a recovery whose upgrade fails is answered 500 and leaves no socket", async () => {
  const context = contextWith(noUpstream);
  const target = "/client/hubs/chat?awps_connection_id=x";
  assert.equal(await serveInVain(context, target), 500);
  assert.equal(context.open.count, 0);
});

Deno.test("a fault behind the upgrade closes that client: without the runtime's response the server would end", async () => {
  const context = contextWith(noUpstream);
  const hubs = Object.create(context.hubs, { open: { value: fail } });
  const broken = { ...context, endpoints: [webPubSubEndpoint({ hubs, codec: () => jsonCodec })] };
  const response = await serveClient(REQUEST, "/client/hubs/chat", broken);
  assert.equal(response.status, 101);
});

function fail(): never {
  throw new Error("planted");
}
