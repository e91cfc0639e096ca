import { connectAll } from "../load/client.ts";
import type { Scenario } from "./scenario.ts";

const AT_ONCE = 100;

/** Clients that come and go. */
export const churn: Scenario = {
  name: "churn",
  story: "20,000 clients connect, join by their token and leave: memory is back where it was",
  seconds: 240,
  quick: true,
  async run(run) {
    const server = await run.server();
    let number = 0;
    const cycles = async (count: number) => {
      for (let i = 0; i < count; i += AT_ONCE) {
        const doors = Array.from(
          { length: AT_ONCE },
          () => server.door({ sub: `user ${++number}`, "webpubsub.group": [`group ${number}`] }),
        );
        for (const client of await connectAll(doors, AT_ONCE, () => {})) client.destroy();
      }
    };
    await cycles(2000);
    const before = await server.settledMib();
    const started = performance.now();
    const count = run.size(20_000, 2000);
    await cycles(count);
    run.figure("cycles a second", count / (performance.now() - started) * 1000);
    const after = await server.settledMib();
    run.figure("memory, MiB", `${before.toFixed(0)} -> ${after.toFixed(0)}`);
    run.must("at most 16 MiB more", after - before <= 16);
  },
};
