import { BareClient, clientFrame } from "../load/client.ts";
import { within } from "./probe.ts";
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

const AT_ONCE = 1000;

/** Joins, waits for the answers, and leaves. */
async function join(run: Run, server: Target, count: number): Promise<void> {
  let answers = 0;
  const client = await BareClient.connect(
    server.door({ role: ["webpubsub.joinLeaveGroup"] }),
    (count) => answers += count,
  );
  for (let i = 1; i <= count; i++) {
    const group = `${i}-`.padEnd(1000, "g");
    client.write(clientFrame(JSON.stringify({ type: "joinGroup", group, ackId: i })));
    // Whoever does not read its answers is cut as a slow consumer.
    if (i % AT_ONCE === 0) await within(5000, () => answers >= i || client.closed);
  }
  await within(5000, () => answers >= count || client.closed);
  run.figure("answers", `${answers} of ${count}${client.closed ? ", then cut" : ""}`);
  run.must("every join is answered", answers === count);
  client.destroy();
}
