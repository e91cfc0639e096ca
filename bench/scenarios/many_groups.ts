import { BareClient, clientFrame } from "../load/client.ts";
import type { Scenario } from "./scenario.ts";

/** Row 11: one client in ever more groups. */
export const manyGroups: Scenario = {
  name: "many-groups",
  story:
    "one client joins 300,000 groups with names of 1,000 characters: refused beyond the bound, memory flat",
  seconds: 120,
  quick: true,
  async run(run) {
    const server = await run.server();
    let answers = 0;
    const client = await BareClient.connect(
      server.door({ role: ["webpubsub.joinLeaveGroup"] }),
      (count) => answers += count,
    );
    const before = await server.settledMib();
    const count = run.size(300_000, 20_000);
    for (let i = 1; i <= count; i++) {
      const group = `${i}-`.padEnd(1000, "g");
      await client.write(clientFrame(JSON.stringify({ type: "joinGroup", group, ackId: i })));
    }
    for (let last = -1; answers < count && last < answers;) {
      last = answers;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    const { now, peak } = server.memory;
    run.figure("answers", `${answers} of ${count}`);
    run.figure(
      "memory, MiB",
      `${before.toFixed(0)} -> ${now.toFixed(0)}, at most ${peak.toFixed(0)}`,
    );
    run.must("every join is answered", answers === count);
    run.must("at most 64 MiB more", peak - before <= 64);
    client.destroy();
    const kept = await server.settledMib() - before;
    run.figure("kept when it has left, MiB", kept);
    run.must("at most 32 MiB are kept", kept <= 32);
  },
};
