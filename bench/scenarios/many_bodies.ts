import { fileURLToPath } from "node:url";
import type { BodyAnswer, BodyJob, BodyOrder } from "../load/body_load.ts";
import { Child, startLoad } from "../support/process.ts";
import { health, type Latency, probe } from "./probe.ts";
import type { Run, Scenario } from "./scenario.ts";
import { sendHead } from "./sockets.ts";

const BYTES = 1024 * 1024;

/** Row 5: many large bodies at once, twice: the first time a server compiles what it needs. */
export const manyBodies: Scenario = {
  name: "many-bodies",
  story:
    "1,000 sends of 1 MiB at once without receivers: memory stays below 256 MiB, health answers",
  seconds: 120,
  quick: true,
  known: { native: "the first pieces of all bodies are read before anybody can bound them" },
  async run(run) {
    const server = await run.server();
    const head = sendHead(server, { "content-length": String(BYTES) });
    const first = await rush(run, server, head);
    const { peak } = server.memory;
    const second = await rush(run, server, head);
    run.figure("answers", [first, second].map(({ answers }) => shown(answers)).join("; "));
    run.figure("peak, MiB", peak);
    run.figure("kept when they are done, MiB", await server.settledMib());
    const bare = await bareServer(run);
    const bareFirst = await rush(run, bare, head);
    const bareSecond = await rush(run, bare, head);
    const p99 = (...latencies: readonly { readonly checks: Latency }[]) =>
      latencies.map(({ checks }) => checks.p99.toFixed(0)).join(", ");
    run.figure("health p50, ms", `${first.checks.p50.toFixed(1)}, ${second.checks.p50.toFixed(1)}`);
    run.figure("health p99, ms", p99(first, second));
    run.figure("health p99 of a bare node:net server, ms", p99(bareFirst, bareSecond));
    run.must("peak below 256 MiB", peak < 256);
    run.mustBeFast(
      "health p99 below 50 ms, or below a bare server's",
      second.checks.p99 < Math.max(50, bareSecond.checks.p99),
    );
    run.must(
      "each is taken, or told to come later",
      [first, second].every(({ answers }) => Object.keys(answers).map(Number).every(isTyped)),
    );
  },
};

interface Rush {
  readonly answers: BodyAnswer;
  readonly checks: Latency;
}

/** All sends at once, from a process of their own, and health probes meanwhile. */
async function rush(
  run: Run,
  server: { readonly endpoint: string; readonly port: number },
  head: string,
): Promise<Rush> {
  const job: BodyJob = { port: server.port, head, bytes: BYTES };
  await using load = await startLoad("body_load", job);
  const order: BodyOrder = { calls: run.size(1000, 200) };
  const sends = load.ask<BodyAnswer>(order, 100);
  const checks = await probe(() => health(server), 20, sends);
  return { answers: await sends, checks };
}

/** The same sockets without a server behind them. */
async function bareServer(run: Run): Promise<{ endpoint: string; port: number }> {
  const file = fileURLToPath(new URL("../load/bare_server.ts", import.meta.url));
  const child = run.use(new Child(Deno.execPath(), ["run", "-A", "--no-check", file]));
  const { endpoint } = await child.next<{ endpoint: string }>();
  return { endpoint, port: Number(new URL(endpoint).port) };
}

function shown(answers: BodyAnswer): string {
  return Object.entries(answers).map(([status, count]) => `${status}: ${count}`).join(", ");
}

function isTyped(status: number): boolean {
  return status === 202 || status === 429 || status === 503;
}
