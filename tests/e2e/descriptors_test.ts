// The real program with few descriptors, and more connections than it may have.
import assert from "node:assert/strict";
import net from "node:net";
import { startTarget, type Target } from "../../bench/scenarios/target.ts";
import { raw, RawHttp } from "../rest/raw_http.ts";
import { QUIET, until } from "../support/fixture.ts";

const LIMIT = 200;
const PATH = "/api/hubs/chat/groups/g";

/** `ulimit` of a shell, and `/proc`, are asked for. */
const LINUX = { ignore: Deno.build.os !== "linux" };

function connect(port: number): net.Socket {
  const socket = net.connect({ port, host: "127.0.0.1" });
  socket.on("error", () => {});
  return socket;
}

/** Whether a new connection gets its answer. */
async function accepts(server: Target): Promise<boolean> {
  return await raw(server, "HEAD", PATH).then(({ status }) => status === 404, () => false);
}

Deno.test(
  "more connections than descriptors: who was there is served on, others come in again when there is room",
  LINUX,
  async () => {
    await using server = await startTarget(QUIET.transport, { descriptors: LIMIT });
    using before = await RawHttp.open(server);
    assert.equal((await before.call("HEAD", PATH)).status, 404);
    for (let round = 0; round < 2; round++) {
      const silent = Array.from({ length: LIMIT + 50 }, () => connect(server.port));
      // The port refuses as soon as only the reserve is left.
      await until(async () => !(await accepts(server)));
      assert.ok(server.descriptors < LIMIT);
      assert.equal((await before.call("HEAD", PATH)).status, 404);
      for (const socket of silent) socket.destroy();
      await until(() => accepts(server));
    }
    const lines = server.logLines().filter((line) => /Connections are refused/.test(line));
    assert.ok(lines.length > 0 && lines.length < 10);
  },
);
