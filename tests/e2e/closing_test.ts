// Clients that never answer a close frame, and clients that take their time with a message, on both transports.
import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import { startServer } from "../../src/server.ts";
import { TRANSPORTS } from "../conformance/live_server.ts";
import { CapturedLog } from "../support/captured_log.ts";
import { IS_OLD_RUNTIME, QUIET } from "../support/fixture.ts";
import { RawClient } from "../support/raw_client.ts";
import { clientUrl, rest } from "../support/rest_client.ts";
import { SkippingPlatform } from "../support/skipping_platform.ts";

/** Lets a second pass at a time, so that what is planned meanwhile can happen, but never `seconds` of them. */
async function within(
  platform: SkippingPlatform,
  seconds: number,
  event: Promise<unknown>,
): Promise<boolean> {
  let happened = false;
  void event.then(() => happened = true);
  // A look takes half a second, and sees only what is planned by then.
  for (let i = 0; i < 2 * seconds && !happened; i++) {
    platform.skip(500);
    for (let turn = 0; turn < 20; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  return happened;
}

for (const transport of TRANSPORTS) {
  Deno.test({
    name: `${transport}: a stop waits a few seconds for clients that never answer its close frame`,
    // A shutdown of the old runtime waits for every WebSocket.
    ignore: transport === "native" && IS_OLD_RUNTIME,
    fn: async () => {
      const platform = new SkippingPlatform();
      const server = await startServer({ ...QUIET, transport, platform, drainSeconds: 60 });
      using client = await RawClient.open(clientUrl(server, "chat"));
      const stopped = server.close();
      assert.equal((await client.untilClosed()).last.kind, "close");
      assert(await within(platform, 30, stopped));
      assert.equal((await client.next()).kind, "end");
    },
  });

  Deno.test({
    name: `${transport}: a client closed by REST that never answers is not waited for`,
    ignore: transport === "native" && IS_OLD_RUNTIME,
    fn: async () => {
      const platform = new SkippingPlatform();
      const server = await startServer({ ...QUIET, transport, platform, drainSeconds: 60 });
      using client = await RawClient.open(clientUrl(server, "chat", { sub: "ann" }));
      await rest(server, "POST", "/api/hubs/chat/users/ann/:closeConnections");
      assert.equal((await client.untilClosed()).last.kind, "close");
      if (transport === "batching") {
        const ended = client.next();
        assert(await within(platform, 30, ended));
        assert.equal((await ended).kind, "end");
      } else await within(platform, 10, new Promise(() => {}));
      // Nobody is left, so the stop takes no time at all.
      await server.close();
    },
  });
}

Deno.test("native, a listed difference: a message that takes longer than two intervals is lost with its client", async () => {
  const hubs = { quick: { webSocketKeepAliveIntervalInSeconds: 1 } };
  await using server = await startServer({ ...QUIET, transport: "native", hubs });
  using client = await RawClient.open(clientUrl(server, "quick"));
  const header = new Uint8Array([0x81, 0x80 | 20, 0, 0, 0, 0]);
  client.write(header);
  assert.equal((await client.next()).kind, "ping");
  client.write(new Uint8Array([97]));
  const { last } = await client.untilClosed();
  assert(last.kind === "close" && last.code === 1001);
});

Deno.test({
  name:
    "the log tells which rule of the framing a client broke; the client hears no more than that it did",
  ignore: QUIET.transport !== "batching", // the runtime's own framing tells nobody
  fn: async () => {
    using log = new CapturedLog();
    await using server = await startServer({ ...QUIET, log: { level: "debug", format: "json" } });
    using client = await RawClient.open(clientUrl(server, "chat"));
    client.write(new Uint8Array([0x81, 0x01, 97]));
    const { last } = await client.untilClosed();
    assert.deepEqual(last, { kind: "close", code: 1002, reason: "The client frame is invalid." });
    const ends = log.entries("Connection ended").map(({ reason, problem }) => [reason, problem]);
    assert.deepEqual(ends, [["framingViolated", "the frame is not masked"]]);
  },
});
