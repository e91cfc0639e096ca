import { connectAll } from "../load/client.ts";
import { pause, within } from "./probe.ts";
import type { Scenario } from "./scenario.ts";

/** SIGTERM while everybody is at work. */
export const stopUnderLoad: Scenario = {
  name: "stop-under-load",
  story:
    "SIGTERM with 1,000 clients and calls in flight: everybody is told, exit code 0 within 12 s",
  seconds: 60,
  quick: true,
  async run(run) {
    const server = await run.server();
    const count = run.size(1000, 200);
    const doors = Array.from({ length: count }, () => server.door({ "webpubsub.group": ["room"] }));
    const clients = await connectAll(doors, 50, () => {});
    const statuses = new Map<string, number>();
    let stopping = false;
    const caller = async () => {
      const init = { headers: { "content-type": "text/plain" }, body: "x" };
      while (true) {
        const result = await server.rest("POST", "/groups/room/:send", init)
          .then(({ status }) => String(status), () => "no answer");
        statuses.set(result, (statuses.get(result) ?? 0) + 1);
        if (stopping) return;
      }
    };
    const callers = Array.from({ length: 20 }, caller);
    await pause(500);
    const started = performance.now();
    server.process.stop();
    stopping = true;
    const { code, signal } = await server.process.ended;
    run.figure("ended after, s", (performance.now() - started) / 1000);
    run.figure("exit code", signal ?? code);
    const told = await within(2000, () => clients.every(({ closed }) => closed));
    await Promise.all(callers);
    run.figure("calls", [...statuses].map(([what, times]) => `${what}: ${times}`).join(", "));
    run.must("exit code 0", code === 0);
    run.must("within 12 s", performance.now() - started < 14_000);
    run.must("every client is closed", told);
    run.must("no call in flight fails with 500", !statuses.has("500"));
  },
};
