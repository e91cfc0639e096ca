import { BareClient, connectAll } from "../load/client.ts";
import { type Latency, pause, probe } from "./probe.ts";
import type { Run, Scenario } from "./scenario.ts";
import type { Target } from "./target.ts";

const MEMBERS = 100;

/** Many who say nothing, and a group that talks. */
export const idleCrowd: Scenario = {
  name: "idle-crowd",
  story: "10,000 idle clients beside a group of 100: the group's p99 stays",
  seconds: 120,
  quick: false,
  async run(run) {
    const server = await run.server();
    const publish = await group(run, server);
    const seconds = run.size(5, 2);
    const calm = await probe(publish, 10, pause(seconds * 1000));
    const count = run.size(10_000, 1000);
    const idle = await connectAll(Array.from({ length: count }, () => server.door()), 50, () => {});
    await pause(3000);
    const crowded = await probe(publish, 10, pause(seconds * 1000));
    show(run, calm, crowded);
    run.must("all of the idle are still there", idle.every(({ closed }) => !closed));
    for (const client of idle) client.destroy();
  },
};

/** Puts members into a group; gives the way to send them a message and wait until all have it. */
export async function group(
  run: Run,
  server: Target,
  members = MEMBERS,
): Promise<() => Promise<void>> {
  let received = 0;
  let sent = 0;
  const waiting: { readonly at: number; readonly resolve: () => void }[] = [];
  const take = (count: number) => {
    received += count;
    while (waiting[0] !== undefined && received >= waiting[0].at) waiting.shift()?.resolve();
  };
  const doors = Array.from({ length: members }, () => server.door({ "webpubsub.group": ["talk"] }));
  const clients = await connectAll(doors, 50, take);
  const role = { role: ["webpubsub.sendToGroup"] };
  const publisher = await BareClient.connect(server.door(role), () => {});
  run.use({
    [Symbol.dispose]: () => {
      for (const client of [publisher, ...clients]) client.destroy();
    },
  });
  return () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting.push({ at: ++sent * members, resolve });
    publisher.send('{"type":"sendToGroup","group":"talk","dataType":"text","data":"hello"}');
    return promise;
  };
}

/** Figures and claims on a group's p99 before and after. */
export function show(run: Run, calm: Latency, now: Latency): void {
  run.figure("group p99, ms", `${calm.p99.toFixed(1)} -> ${now.p99.toFixed(1)}`);
  run.mustBeFast(
    "p99 at most doubles (or stays below 20 ms)",
    now.p99 <= Math.max(20, 2 * calm.p99),
  );
  run.must("everything arrives", now.unanswered === 0);
}
