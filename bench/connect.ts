/**
 * How many clients a second can come in? TCP connection, handshake and, with Hubbub, a token that was not seen before,
 * a group and the `connected` message; 50 handshakes at once. The peers have no tokens.
 *
 *     deno run -A bench/connect.ts [--quick]
 */
import type { OpenAnswer, OpenJob, OpenOrder } from "./load/open_load.ts";
import { startHubbub, startLoad, TRANSPORTS } from "./support/hubbub.ts";
import { startPeers } from "./support/peers.ts";
import type { Child } from "./support/process.ts";
import { median, quick, result, say, table } from "./support/report.ts";

const ROUNDS = quick ? 2 : 5;
const COUNT = quick ? 500 : 1500;

/** A server and those who connect to it. */
interface Pair {
  readonly name: string;
  readonly server: Child;
  readonly load: Child;
  readonly perSecond: number[];
  readonly cpu: number[];
}

await using children = new AsyncDisposableStack();
const pairs: Pair[] = [];
async function add(name: string, server: Child, job: OpenJob): Promise<void> {
  const load = await startLoad("open_load", job);
  children.use(server);
  children.use(load);
  pairs.push({ name, server, load, perSecond: [], cpu: [] });
}

for (const transport of TRANSPORTS) {
  const { process, port } = await startHubbub(transport);
  await add(`hubbub ${transport}`, process, { port, hubbub: true });
}
for (const peer of await startPeers()) {
  if ("reason" in peer) say(`left out: ${peer.name}: ${peer.reason}`);
  else await add(peer.name, peer.process, { port: peer.port, hubbub: false });
}

const order: OpenOrder = { count: COUNT, atOnce: 50, keep: false };
// The first round warms up.
for (let round = 0; round <= ROUNDS; round++) {
  for (const { server, load, perSecond, cpu } of pairs) {
    const before = server.cpuMicros();
    const { seconds, connections } = await load.ask<OpenAnswer>(order);
    if (round === 0) continue;
    perSecond.push(connections / seconds);
    cpu.push((server.cpuMicros() - before) / connections);
  }
}

const figures = pairs.map(({ name, perSecond, cpu }) => ({
  server: name,
  handshakesPerSecond: Math.round(median(perSecond)),
  cpuMicrosPerHandshake: Math.round(median(cpu)),
}));
table([
  ["", "handshakes/s", "server CPU us each"],
  ...figures.map(({ server, handshakesPerSecond, cpuMicrosPerHandshake }) => [
    server,
    String(handshakesPerSecond),
    String(cpuMicrosPerHandshake),
  ]),
]);
result("connect", figures);
