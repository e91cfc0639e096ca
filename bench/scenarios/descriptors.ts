import net from "node:net";
import { raw, RawHttp } from "../../tests/rest/raw_http.ts";
import { comesTrue, pause } from "./probe.ts";
import type { Run, Scenario } from "./scenario.ts";
import type { Target } from "./target.ts";

/** Row 3: more connections than the process may have descriptors. */
export const descriptors: Scenario = {
  name: "descriptors",
  story:
    "more silent sockets than descriptors: REST goes on, and the server accepts again within 2 s",
  seconds: 90,
  quick: true,
  async run(run) {
    await judge(run, 256, 400);
    if (!run.isQuick) await judge(run, 1024, 1074);
  },
};

async function judge(run: Run, limit: number, connects: number): Promise<void> {
  const server = await run.server({ descriptors: limit });
  const before = run.use(await RawHttp.open(server));
  const call = async () => (await before.call("HEAD", "/api/hubs/chat/groups/g")).status;
  const known = await call();
  const sockets = Array.from({ length: connects }, () => connect(server.port));
  await pause(2000);
  const cpu = server.process.cpuMicros();
  await pause(2000);
  const busy = (server.process.cpuMicros() - cpu) / 2_000_000;

  const name = `limit ${limit}`;
  run.figure(`${name}: CPU while full, cores`, busy);
  run.must(`${name}: lives with ${connects} sockets`, server.isAlive);
  if (!server.isAlive) return;
  run.figure(`${name}: descriptors while full`, server.descriptors);
  run.must(`${name}: does not spin`, busy < 0.2);
  run.must(`${name}: a reserve is left`, server.descriptors < limit);
  run.must(`${name}: REST on a connection from before goes on`, await call() === known);
  for (const socket of sockets) socket.destroy();
  const freed = performance.now();
  const accepts = await comesTrue(2000, () => answers(server));
  run.figure(`${name}: accepts again after, ms`, performance.now() - freed);
  run.must(`${name}: accepts again within 2 s`, accepts);
  const lines = server.logLines().length;
  run.figure(`${name}: log lines`, lines);
  run.must(`${name}: about a log line a second at most`, lines <= 12);
}

function connect(port: number): net.Socket {
  const socket = net.connect({ port, host: "127.0.0.1" });
  socket.on("error", () => {});
  return socket;
}

async function answers(server: Target): Promise<boolean> {
  try {
    return (await raw(server, "HEAD", "/api/hubs/chat/groups/g")).status === 404;
  } catch {
    return false;
  }
}
