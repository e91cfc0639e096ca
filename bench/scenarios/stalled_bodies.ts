import { health, pause, probe, within } from "./probe.ts";
import type { Scenario } from "./scenario.ts";
import { BareSocket, sendHead } from "./sockets.ts";

const COUNT = 500;

/** Row 4: good tokens, bodies that never come. */
export const stalledBodies: Scenario = {
  name: "stalled-bodies",
  story:
    "500 sends say 1 MiB and send 3 bytes: memory follows the bytes that came, and they are cut",
  seconds: 120,
  quick: true,
  known: { native: "the runtime ends no connection whose body is waited for" },
  async run(run) {
    const server = await run.server();
    await server.rest("HEAD", "/groups/g");
    const before = server.memory.now;
    const head = sendHead(server, { "content-length": String(1024 * 1024) });
    const sockets = Array.from({ length: run.size(COUNT, 200) }, () => {
      const socket = run.use(new BareSocket(server.port));
      socket.write(`${head}abc`);
      return socket;
    });
    const checks = await probe(() => health(server), 100, pause(3000));
    const kib = (server.memory.now - before) * 1024 / sockets.length;
    run.figure("memory for each, KiB", kib);
    run.figure("health p99, ms", checks.p99);
    run.must("at most 64 KiB for each", kib <= 64);
    run.mustBeFast("health answers within 100 ms", checks.p99 <= 100);
    if (run.isQuick) return;
    const started = performance.now();
    const cut = await within(60_000, () => sockets.every(({ closed }) => closed));
    run.figure("all cut after, s", (performance.now() - started) / 1000 + 3);
    run.must("all are cut within a minute", cut);
    run.must("no ERROR line for it", server.logLines().every((line) => !/ERROR/i.test(line)));
  },
};
