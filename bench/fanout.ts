/**
 * What does a delivery cost the server? Server CPU time per delivered message, beside the fastest peers.
 *
 * One group, 100-byte messages, W messages in flight, N members; each server and each load generator is a process of
 * its own. Hubbub does all of its protocol (tokens, roles, JSON, acks of publishes, sessions); the peers only join and
 * publish. Rounds of the servers alternate; each figure is the median of its rounds.
 *
 *     deno run -A bench/fanout.ts [--quick]
 */
import type { FanoutAnswer, FanoutJob, FanoutOrder } from "./load/fanout_load.ts";
import { type Contestant, startHubbubs, startOthers } from "./support/contestants.ts";
import { startLoad } from "./support/hubbub.ts";
import type { Child } from "./support/process.ts";
import { median, quick, result, say, table } from "./support/report.ts";

const ROUNDS = quick ? 1 : 5;
const SECONDS = quick ? 0.3 : 1;
const WARM_UP_SECONDS = quick ? 0.15 : 1;
const WINDOWS = [1, 8, 32];
const MEMBERS = [100, 1000];
/** What everybody is compared with. */
const REFERENCE = "bun";

/** What one server made of one case. */
interface Figure {
  readonly server: string;
  readonly case: string;
  readonly cpuMicrosPerDelivery: number;
  readonly deliveriesPerSecond: number;
}

/** A server with its load. */
interface Pair {
  readonly name: string;
  readonly server: Child;
  readonly job: FanoutJob;
}

let groups = 0;
const figures: Figure[] = [];

await using children = new AsyncDisposableStack();
const hubbubs = await startHubbubs();
const contestants: Contestant[] = [...hubbubs, ...await startOthers()];
for (const { process } of contestants) children.use(process);

for (const members of MEMBERS) {
  const pairs = contestants.map(({ name, process, job }) => ({
    name,
    server: process,
    job: job(`g${++groups}`, members),
  }));
  await compete(pairs, WINDOWS, (window) => `W=${window} N=${members}`);
}
say("Server CPU microseconds per delivery (ratio to Bun) and deliveries a second, JSON members");
show(contestants.map(({ name }) => name));

for (const speech of ["reliable", "protobuf", "raw"] as const) {
  const pairs = hubbubs.map(({ name, process, jobOf }) => ({
    name,
    server: process,
    job: jobOf(speech, `g${++groups}`, 1000),
  }));
  await compete(pairs, [8], () => `${speech} W=8 N=1000`);
}
say();
say("The same for members of other subprotocols");
show(hubbubs.map(({ name }) => name), "W=8 N=1000", /^[a-z]/);
result("fanout", figures);

/** Connects all loads, then measures window by window, server after server, round after round. */
async function compete(
  pairs: readonly Pair[],
  windows: readonly number[],
  caseOf: (window: number) => string,
): Promise<void> {
  await using loads = new AsyncDisposableStack();
  const ready = await Promise.all(pairs.map(async (pair) => {
    const load = loads.use(await startLoad("fanout_load", pair.job));
    return { pair, load };
  }));
  for (const window of windows) {
    const measured = new Map<string, Figure[]>();
    for (const { load } of ready) {
      await load.ask({ window, seconds: WARM_UP_SECONDS } satisfies FanoutOrder);
    }
    for (let round = 0; round < ROUNDS; round++) {
      for (const { pair: { name, server }, load } of ready) {
        const before = server.cpuMicros();
        const order: FanoutOrder = { window, seconds: SECONDS };
        const { seconds, deliveries } = await load.ask<FanoutAnswer>(order);
        const figure = {
          server: name,
          case: caseOf(window),
          cpuMicrosPerDelivery: (server.cpuMicros() - before) / deliveries,
          deliveriesPerSecond: deliveries / seconds,
        };
        measured.set(name, [...(measured.get(name) ?? []), figure]);
      }
    }
    for (const [server, rounds] of measured) {
      figures.push({
        server,
        case: caseOf(window),
        cpuMicrosPerDelivery: Number(
          median(rounds.map((one) => one.cpuMicrosPerDelivery)).toFixed(3),
        ),
        deliveriesPerSecond: Math.round(median(rounds.map((one) => one.deliveriesPerSecond))),
      });
    }
  }
}

/** Prints the cases that match; ratios are to Bun in the same case, or in `reference`. */
function show(servers: readonly string[], reference?: string, cases = /^W/): void {
  const columns = [...new Set(figures.map((one) => one.case))].filter((one) => cases.test(one));
  const find = (server: string, of: string) =>
    figures.find((one) => one.server === server && one.case === of);
  table([
    ["", ...columns],
    ...servers.map((server) => [
      server,
      ...columns.map((column) => {
        const figure = find(server, column);
        if (figure === undefined) return "-";
        const { cpuMicrosPerDelivery: cpu, deliveriesPerSecond } = figure;
        const base = find(REFERENCE, reference ?? column)?.cpuMicrosPerDelivery;
        const ratio = base === undefined ? "" : ` (${(cpu / base).toFixed(2)})`;
        return `${cpu.toFixed(2)}${ratio} ${(deliveriesPerSecond / 1000).toFixed(0)}k/s`;
      }),
    ]),
  ]);
}
