import type { BodyAnswer, BodyJob, BodyOrder } from "../load/body_load.ts";
import { startLoad } from "../support/process.ts";
import { health, probe } from "./probe.ts";
import type { Scenario } from "./scenario.ts";
import { sendHead } from "./sockets.ts";

/** Row 5: many large bodies at once. */
export const manyBodies: Scenario = {
  name: "many-bodies",
  story:
    "1,000 sends of 1 MiB at once without receivers: memory stays below 256 MiB, health answers",
  seconds: 120,
  quick: false,
  known: { native: "the first pieces of all bodies are read before anybody can bound them" },
  async run(run) {
    const server = await run.server();
    const bytes = 1024 * 1024;
    const head = sendHead(server, { "content-length": String(bytes) });
    const job: BodyJob = { port: server.port, head, bytes };
    const load = run.use(await startLoad("body_load", job));
    const order: BodyOrder = { calls: run.size(1000, 200) };
    const sends = load.ask<BodyAnswer>(order, 100);
    const checks = await probe(() => health(server), 50, sends);
    const statuses = Object.entries(await sends);
    const { peak } = server.memory;
    run.figure("answers", statuses.map(([status, count]) => `${status}: ${count}`).join(", "));
    run.figure("peak, MiB", peak);
    run.figure("kept when they are done, MiB", await server.settledMib());
    run.figure("health p99, ms", checks.p99);
    run.must("peak below 256 MiB", peak < 256);
    run.must("health p99 below 50 ms", checks.p99 < 50);
    run.must(
      "each is taken, or told to come later",
      statuses.every(([status]) => isTyped(Number(status))),
    );
  },
};

function isTyped(status: number): boolean {
  return status === 202 || status === 429 || status === 503;
}
