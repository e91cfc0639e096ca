import { health, probe } from "./probe.ts";
import type { Scenario } from "./scenario.ts";

/** Row 5: many large bodies at once. */
export const manyBodies: Scenario = {
  name: "many-bodies",
  story:
    "1,000 sends of 1 MiB at once without receivers: memory stays below 256 MiB, health answers",
  seconds: 120,
  quick: false,
  known: { native: "the runtime reads bodies before anybody can bound them" },
  async run(run) {
    const server = await run.server();
    const body = "x".repeat(1024 * 1024);
    const headers = { "content-type": "text/plain" };
    const statuses = new Map<number, number>();
    const send = async () => {
      const { status } = await server.rest("POST", "/:send", { headers, body })
        .catch(() => ({ status: 0 }));
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    };
    const sends = Promise.all(Array.from({ length: run.size(1000, 200) }, send));
    const checks = await probe(() => health(server), 50, sends);
    const { peak } = server.memory;
    run.figure("answers", [...statuses].map(([status, count]) => `${status}: ${count}`).join(", "));
    run.figure("peak, MiB", peak);
    run.figure("kept when they are done, MiB", await server.settledMib());
    run.figure("health p99, ms", checks.p99);
    run.must("peak below 256 MiB", peak < 256);
    run.must("health p99 below 50 ms", checks.p99 < 50);
    run.must("each is taken, or told to come later", [...statuses.keys()].every(isTyped));
  },
};

function isTyped(status: number): boolean {
  return status === 202 || status === 429 || status === 503;
}
