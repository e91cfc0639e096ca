/**
 * What does an idle connection hold? Growth of the server's resident memory over 5,000 JSON clients, each in a group
 * of its own, once it stands still. The first 500 are not counted: they pay for code and pools. Goals: 20 KiB with the
 * native transport, 10 with the batching one.
 *
 *     deno run -A bench/idle.ts [--quick]
 */
import type { OpenAnswer, OpenJob, OpenOrder } from "./load/open_load.ts";
import { START_FLAGS, startHubbub, startLoad, TRANSPORTS } from "./support/hubbub.ts";
import type { Child } from "./support/process.ts";
import { quick, result, table } from "./support/report.ts";

const FIRST = 500;
const COUNTED = quick ? 2000 : 5000;
const GOALS = { native: 20, batching: 10 } as const;
/** The runtime's own default beside ours: its young generation grows with the rush of connections and is kept. */
const FLAGS = { "as started": START_FLAGS, "runtime's own": [] } as const;

const figures = [];
for (const transport of TRANSPORTS) {
  for (const [flags, runtimeFlags] of Object.entries(FLAGS).slice(0, quick ? 1 : undefined)) {
    const { process, port } = await startHubbub(transport, runtimeFlags);
    await using server = process;
    await using load = await startLoad("open_load", { port, hubbub: true } satisfies OpenJob);
    await load.ask<OpenAnswer>(order(FIRST));
    const before = await settled(server);
    const { connections } = await load.ask<OpenAnswer>(order(COUNTED), 120);
    const kib = (await settled(server) - before) / connections;
    figures.push({ transport, flags, connections, kibPerConnection: Number(kib.toFixed(1)) });
  }
}
table([
  ["transport", "runtime flags", "connections", "KiB each", "goal"],
  ...figures.map(({ transport, flags, connections, kibPerConnection }) => [
    transport,
    flags,
    String(connections),
    kibPerConnection.toFixed(1),
    kibPerConnection <= GOALS[transport] ? "met" : `missed (${GOALS[transport]})`,
  ]),
]);
result("idle", figures);

function order(count: number): OpenOrder {
  return { count, atOnce: 50, keep: true };
}

/** Memory once it has not grown or shrunk by a hundredth for a second. */
async function settled(server: Child): Promise<number> {
  let last = server.residentKib();
  for (let tries = 0; tries < 15; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const now = server.residentKib();
    if (Math.abs(now - last) < last / 100) return now;
    last = now;
  }
  return last;
}
