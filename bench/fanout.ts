/**
 * What does a delivery cost the server? Server CPU time per delivered message, beside the fastest peers.
 *
 * One group, 100-byte messages, W messages in flight, N members; each server and each load generator is a process of
 * its own. Hubbub does all of its protocol (tokens, roles, JSON, acks of publishes, sessions); the peers only join and
 * publish. Rounds of the servers alternate; each figure is the median of its rounds. A short run leaves cases out.
 *
 *     deno run -A bench/fanout.ts [--quick]
 */
import { compete, type Failure, type Figure, type Pair } from "./support/competition.ts";
import { type Contestant, startHubbubs, startOthers } from "./support/contestants.ts";
import { quick, result, say, table } from "./support/report.ts";

/** Windows by the number of members. */
const CASES: readonly (readonly [members: number, windows: readonly number[]])[] = quick
  ? [[100, [1, 32]], [1000, [1, 8]]]
  : [[100, [1, 8, 32]], [1000, [1, 8, 32]]];
/** How many members speak other subprotocols, and the messages in flight to them. */
const SPEAKERS = quick ? 100 : 1000;
const SPEAKERS_WINDOW = quick ? 32 : 8;
/** What everybody is compared with. */
const REFERENCE = "bun";

let groups = 0;
const outcomes: (Figure | Failure)[] = [];

await using children = new AsyncDisposableStack();
const [hubbubs, others] = await Promise.all([startHubbubs(), startOthers()]);
const contestants: readonly Contestant[] = [...hubbubs, ...others];
for (const { process } of contestants) children.use(process);

for (const [members, windows] of CASES) {
  const pairs = contestants.map(({ name, process, job }): Pair => ({
    name,
    server: process,
    job: () => job(`g${++groups}`, members),
    windows,
    caseOf: (window) => `W=${window} N=${members}`,
  }));
  outcomes.push(...await compete(pairs));
}
say("Server CPU microseconds per delivery (ratio to Bun) and deliveries a second, JSON members");
show(contestants.map(({ name }) => name));

const speakers = (["reliable", "protobuf", "raw"] as const).flatMap((speech) =>
  hubbubs.map(({ name, process, jobOf }): Pair => ({
    name,
    server: process,
    job: () => jobOf(speech, `g${++groups}`, SPEAKERS),
    windows: [SPEAKERS_WINDOW],
    caseOf: (window) => `${speech} W=${window} N=${SPEAKERS}`,
  }))
);
outcomes.push(...await compete(speakers));
say();
say("The same for members of other subprotocols");
show(hubbubs.map(({ name }) => name), `W=${SPEAKERS_WINDOW} N=${SPEAKERS}`, /^[a-z]/);

const failures = outcomes.filter((outcome) => "failure" in outcome);
if (failures.length > 0) say();
for (const { server, case: of, failure } of failures) say(`failed: ${server}, ${of}: ${failure}`);
result("fanout", outcomes);
if (failures.length > 0) Deno.exitCode = 1;

/** Prints the cases that match; ratios are to Bun in the same case, or in `reference`. */
function show(servers: readonly string[], reference?: string, cases = /^W/): void {
  const columns = [...new Set(outcomes.map((one) => one.case))].filter((one) => cases.test(one));
  const find = (server: string, of: string) =>
    outcomes.find((one) => one.server === server && one.case === of);
  table([
    ["", ...columns],
    ...servers.map((server) => [
      server,
      ...columns.map((column) => {
        const outcome = find(server, column);
        if (outcome === undefined) return "-";
        if ("failure" in outcome) return "failed";
        const { cpuMicrosPerDelivery: cpu, deliveriesPerSecond } = outcome;
        const base = find(REFERENCE, reference ?? column);
        const ratio = base === undefined || "failure" in base
          ? ""
          : ` (${(cpu / base.cpuMicrosPerDelivery).toFixed(2)})`;
        return `${cpu.toFixed(2)}${ratio} ${(deliveriesPerSecond / 1000).toFixed(0)}k/s`;
      }),
    ]),
  ]);
}
