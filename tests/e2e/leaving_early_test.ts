// Clients that leave, or come, at the wrong moment: in their handshake, half way, while the server stops.
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { once } from "node:events";
import net from "node:net";
import { setImmediate } from "node:timers";
import { type HubbubServer, startServer } from "../../src/server.ts";
import { IS_OLD_RUNTIME, QUIET, until } from "../support/fixture.ts";
import { RawClient } from "../support/raw_client.ts";
import { clientUrl, rest } from "../support/rest_client.ts";
import { SkippingPlatform } from "../support/skipping_platform.ts";
import { upgradeTo } from "../support/upgrade_request.ts";

/** A bare connection to the server. */
async function dial(server: HubbubServer): Promise<net.Socket> {
  const { hostname, port } = new URL(server.endpoint);
  const socket = net.connect({ port: Number(port), host: hostname, allowHalfOpen: true });
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

function upgradeOf(server: HubbubServer, userId: string): string {
  return upgradeTo(clientUrl(server, "chat", { sub: userId }));
}

/** The client's side of these tests cannot reset, or send no more and still read, on the old runtime. */
const NEEDS_CLIENT = { ignore: IS_OLD_RUNTIME };

Deno.test(
  "clients that reset right behind their handshake leave nothing, and the stop waits for none",
  NEEDS_CLIENT,
  async () => {
    const platform = new SkippingPlatform();
    await using server = await startServer({ ...QUIET, platform, drainSeconds: 2 });
    for (let i = 0; i < 50; i++) {
      const socket = await dial(server);
      socket.write(upgradeOf(server, "ann"));
      // At different moments of the handshake.
      if (i % 2 === 1) await new Promise((resolve) => setImmediate(resolve));
      socket.resetAndDestroy();
    }
    await until(async () => {
      platform.skip(11_000);
      return (await rest(server, "HEAD", "/api/hubs/chat/users/ann")).status === 404;
    });
  },
);

Deno.test(
  "a client that sends no more behind its request gets its answer",
  NEEDS_CLIENT,
  async () => {
    await using server = await startServer(QUIET);
    const socket = await dial(server);
    const chunks: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    socket.end("GET /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await once(socket, "end");
    assert.match(Buffer.concat(chunks).toString(), /^HTTP\/1\.1 200 /);
    socket.destroy();
  },
);

Deno.test("whoever comes while the server stops gets 503", async () => {
  await using server = await startServer({ ...QUIET, drainSeconds: 2 });
  // This one never answers the close frame, so that the stop takes its time.
  using lingering = await RawClient.open(clientUrl(server, "chat", { sub: "ann" }));
  const late = await dial(server);
  const stopped = server.close();
  late.write(upgradeOf(server, "bob"));
  const [answer] = await once(late, "data") as [Buffer];
  assert.match(answer.toString(), /^HTTP\/1\.1 503 /);
  late.destroy();
  lingering.drop();
  await stopped;
});
