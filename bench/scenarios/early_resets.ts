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
    const before = server.descriptors;
    await run.twice(server, 32, () => attack(server, run.size(20_000, 2000)));
    run.must("peak below 200 MiB", server.memory.peak < 200);
    const over = performance.now();
    const gone = await comesTrue(
      15_000,
      async () => (await server.rest("HEAD", "/groups/room")).status === 404,
    );
    run.figure("nobody is left after, s", (performance.now() - over) / 1000);
    run.must("nobody is left after 15 s", gone);
    const kept = server.descriptors - before;
    run.figure("descriptors kept", kept);
    // What the native transport cannot help stands in its list of differences.
    if (run.transport === "batching") run.must("no more than 10 descriptors are kept", kept <= 10);
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
