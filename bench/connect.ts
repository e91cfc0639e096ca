/**
 * How many clients a second can come in? TCP connection, handshake and, with Hubbub, a token that was not seen before,
 * a group and the `connected` message; 50 handshakes at once. The peers have no tokens; their clients join a group too,
 * and Socket.IO's wait for both of its greetings. Goal: the batching transport lets in as many as `ws` on Node.
 *
 *     deno run -A bench/connect.ts [--quick]
 */
import type { OpenAnswer, OpenJob, OpenOrder } from "./load/open_load.ts";
import { openJob, startHubbub, TRANSPORTS } from "./support/hubbub.ts";
import { peerDoor } from "./support/peer_jobs.ts";
import { startRunnablePeers } from "./support/peers.ts";
import { type Child, startLoad } from "./support/process.ts";
import { median, quick, result, table } from "./support/report.ts";

const ROUNDS = quick ? 3 : 5;
const COUNT = quick ? 200 : 1500;
const WARM_UP_COUNT = quick ? 300 : 1500;
/** What everybody is compared with. */
const REFERENCE = "bun";

/** A server and those who connect to it. */
interface Pair {
  readonly name: string;
  readonly server: Child;
  readonly load: Child;
  readonly perSecond: number[];
  readonly cpu: number[];
}

await using children = new AsyncDisposableStack();
const [peers, ...hubbubs] = await Promise.all([startRunnablePeers(), ...TRANSPORTS.map(hubbub)]);
const jobs = [
  ...hubbubs,
  ...peers.map((peer) => ({ ...peer, job: { door: peerDoor(peer, "group-$ID") } })),
];
for (const { process } of jobs) children.use(process);
const pairs = await Promise.all(jobs.map(async ({ name, process, job }): Promise<Pair> => {
  const load = children.use(await startLoad("open_load", job));
  return { name, server: process, load, perSecond: [], cpu: [] };
}));

async function hubbub(transport: typeof TRANSPORTS[number]) {
  const { process, port } = await startHubbub(transport);
  const job: OpenJob = openJob(port);
  return { name: `hubbub ${transport}`, process, job };
}

function order(count: number): OpenOrder {
  return { count, atOnce: 50, keep: false };
}

for (const { load } of pairs) await load.ask(order(WARM_UP_COUNT));
for (let round = 0; round < ROUNDS; round++) {
  for (const { server, load, perSecond, cpu } of pairs) {
    const before = server.cpuMicros();
    const { seconds, connections } = await load.ask<OpenAnswer>(order(COUNT));
    perSecond.push(connections / seconds);
    cpu.push((server.cpuMicros() - before) / connections);
  }
}

const figures = pairs.map(({ name, perSecond, cpu }) => ({
  server: name,
  handshakesPerSecond: Math.round(median(perSecond)),
  cpuMicrosPerHandshake: Math.round(median(cpu)),
}));
const base = figures.find(({ server }) => server === REFERENCE);
table([
  ["", "handshakes/s", "server CPU us each", "ratio to Bun"],
  ...figures.map(({ server, handshakesPerSecond, cpuMicrosPerHandshake }) => [
    server,
    String(handshakesPerSecond),
    String(cpuMicrosPerHandshake),
    base === undefined ? "-" : (cpuMicrosPerHandshake / base.cpuMicrosPerHandshake).toFixed(2),
  ]),
]);
result("connect", figures);
