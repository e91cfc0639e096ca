import { BareClient, clientFrame } from "../load/client.ts";
import { pause } from "./probe.ts";
import type { Run, Scenario } from "./scenario.ts";
import type { Target } from "./target.ts";

/** Row 11: one client in ever more groups. */
export const manyGroups: Scenario = {
  name: "many-groups",
  story:
    "one client joins 300,000 groups with names of 1,000 characters: refused beyond the bound, memory flat",
  seconds: 240,
  quick: true,
  async run(run) {
    const server = await run.server();
    const count = run.size(300_000, 20_000);
    await run.twice(server, 16, () => join(run, server, count));
    run.must("peak below 160 MiB", server.memory.peak < 160);
  },
};

/** Joins, waits for the answers, and leaves. */
async function join(run: Run, server: Target, count: number): Promise<void> {
  let answers = 0;
  const client = await BareClient.connect(
    server.door({ role: ["webpubsub.joinLeaveGroup"] }),
    (count) => answers += count,
  );
  for (let i = 1; i <= count; i++) {
    const group = `${i}-`.padEnd(1000, "g");
    await client.write(clientFrame(JSON.stringify({ type: "joinGroup", group, ackId: i })));
  }
  for (let last = -1; answers < count && last < answers;) {
    last = answers;
    await pause(1000);
  }
  run.must("every join is answered", answers === count);
  client.destroy();
}
