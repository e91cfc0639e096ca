/**
 * What does an idle connection hold? Growth of the server's resident memory over 5,000 JSON clients, each in a group
 * of its own, once it stands still; beside the peers, whose clients join a group each too. The first 500 are not
 * counted: they pay for code and pools. Goals: 20 KiB with the native transport, 10 with the batching one.
 *
 *     deno run -A bench/idle.ts [--quick]
 */
import type { OpenAnswer, OpenJob, OpenOrder } from "./load/open_load.ts";
import { openJob, START_FLAGS, startHubbub, TRANSPORTS } from "./support/hubbub.ts";
import { peerDoor } from "./support/peer_jobs.ts";
import { startRunnablePeers } from "./support/peers.ts";
import { type Child, startLoad } from "./support/process.ts";
import { quick, result, table } from "./support/report.ts";

const FIRST = 500;
const COUNTED = 5000;
const GOALS_KIB: Readonly<Record<string, number>> = { "hubbub native": 20, "hubbub batching": 10 };
/** The runtime's own default beside ours: its young generation grows with the rush of connections and is kept. */
const FLAGS = { "as started": START_FLAGS, "runtime's own": [] } as const;
/** How long memory has to stand still, in milliseconds. */
const STILL_MS = quick ? 500 : 1000;

/** What one server holds. */
interface Figure {
  readonly server: string;
  readonly flags: string;
  readonly connections: number;
  readonly kibPerConnection: number;
}

const figures: Figure[] = [];
for (const transport of TRANSPORTS) {
  for (const [flags, runtimeFlags] of Object.entries(FLAGS).slice(0, quick ? 1 : undefined)) {
    const { process, port } = await startHubbub(transport, runtimeFlags);
    await using server = process;
    figures.push(await measure(`hubbub ${transport}`, flags, server, openJob(port)));
  }
}
// The peers only stand for comparison, for which a short run has no time.
const peers = quick ? [] : await startRunnablePeers();
await using children = new AsyncDisposableStack();
for (const { process } of peers) children.use(process);
for (const peer of peers) {
  const job: OpenJob = { door: peerDoor(peer, "group-$ID") };
  figures.push(await measure(peer.name, "-", peer.process, job));
}
table([
  ["", "runtime flags", "connections", "KiB each", "goal"],
  ...figures.map(({ server, flags, connections, kibPerConnection }) => [
    server,
    flags,
    String(connections),
    kibPerConnection.toFixed(1),
    verdict(kibPerConnection, GOALS_KIB[server]),
  ]),
]);
result("idle", figures);

async function measure(
  name: string,
  flags: string,
  server: Child,
  job: OpenJob,
): Promise<Figure> {
  await using load = await startLoad("open_load", job);
  await load.ask<OpenAnswer>(order(FIRST));
  const before = await settled(server);
  const { connections } = await load.ask<OpenAnswer>(order(COUNTED), 120);
  const kib = (await settled(server) - before) / connections;
  return { server: name, flags, connections, kibPerConnection: Number(kib.toFixed(1)) };
}

function verdict(kib: number, goal: number | undefined): string {
  if (goal === undefined) return "-";
  return kib <= goal ? "met" : `missed (${goal})`;
}

function order(count: number): OpenOrder {
  return { count, atOnce: 50, keep: true };
}

/** Memory once it has not grown or shrunk by a hundredth for a while. */
async function settled(server: Child): Promise<number> {
  let last = server.residentKib();
  for (let tries = 0; tries < 15; tries++) {
    await new Promise((resolve) => setTimeout(resolve, STILL_MS));
    const now = server.residentKib();
    if (Math.abs(now - last) < last / 100) return now;
    last = now;
  }
  return last;
}
