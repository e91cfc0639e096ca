import { connectAll } from "../load/client.ts";
import { group, show } from "./idle_crowd.ts";
import { pause, probe } from "./probe.ts";
import type { Scenario } from "./scenario.ts";

/** Members that stop reading, among others that read. */
export const slowReaders: Scenario = {
  name: "slow-readers",
  story: "50 of 500 members stop reading: the others' p99 stays, memory is bounded",
  seconds: 120,
  quick: true,
  async run(run) {
    const server = await run.server();
    const healthy = run.size(450, 90);
    const publish = await group(run, server, healthy);
    const seconds = run.size(8, 3);
    const calm = await probe(publish, 20, pause(seconds * 1000));
    const slow = await connectAll(
      Array.from(
        { length: run.size(50, 10) },
        () => server.door({ "webpubsub.group": ["talk", "bulk"] }),
      ),
      10,
      () => {},
    );
    for (const client of slow) client.pause();
    // Enough for what the kernel holds of each, and more than their queues.
    const headers = { "content-type": "text/plain" };
    const body = "x".repeat(500_000);
    for (let i = 0; i < 8; i++) await server.rest("POST", "/groups/bulk/:send", { headers, body });
    const beside = await probe(publish, 20, pause(seconds * 1000));
    show(run, calm, beside);
    const { peak } = server.memory;
    run.figure("peak, MiB", peak);
    run.must("memory stays below 500 MiB", peak < 500);
    for (const client of slow) client.destroy();
  },
};
