import { Buffer } from "node:buffer";
import { comesTrue, pause } from "./probe.ts";
import type { Scenario } from "./scenario.ts";
import { BareSocket } from "./sockets.ts";
import type { Target } from "./target.ts";

const AT_ONCE = 100;
const KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";

/** Row 14: clients that leave before they have said anything. */
export const earlyResets: Scenario = {
  name: "early-resets",
  story: "40,000 clients reset right after the upgrade: memory bounded, nothing of them stays",
  seconds: 180,
  quick: true,
  async run(run) {
    const server = await run.server();
    await attack(server, 500);
    const before = await server.settledMib();
    const started = performance.now();
    const count = run.size(40_000, 4000);
    await attack(server, count);
    const { peak } = server.memory;
    run.figure("attacks a second", count / (performance.now() - started) * 1000);
    run.figure("memory, MiB", `${before.toFixed(0)}, at most ${peak.toFixed(0)}`);
    run.must("at most 64 MiB more", peak - before <= 64);
    const over = performance.now();
    const gone = await comesTrue(
      15_000,
      async () => (await server.rest("HEAD", "/groups/room")).status === 404,
    );
    run.figure("nobody is left after, s", (performance.now() - over) / 1000);
    run.must("nobody is left after 15 s", gone);
    const after = await server.settledMib();
    run.figure("memory afterwards, MiB", after);
    run.must("at most 32 MiB are kept", after - before <= 32);
  },
};

async function attack(server: Target, count: number): Promise<void> {
  const { path, protocol } = server.door({ "webpubsub.group": ["room"] });
  const head = Buffer.from([
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${server.port}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    KEY,
    `Sec-WebSocket-Protocol: ${protocol}`,
    "",
    "",
  ].join("\r\n"));
  let left = count;
  const one = async () => {
    while (left-- > 0) {
      const socket = new BareSocket(server.port);
      await socket.connected();
      socket.write(head);
      // Half of them wait for the 101, the others do not.
      if (left % 2 === 0) {
        const answered = new Promise((resolve) => socket.socket.once("data", resolve));
        await Promise.race([answered, socket.over(), pause(5000)]);
      } else await pause(0);
      socket.socket.resetAndDestroy();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}
