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
    const count = run.size(10_000, 2000);
    const started = performance.now();
    await run.twice(server, 24, () => cycles(count));
    run.figure("cycles a second", 2 * count / (performance.now() - started) * 1000);
  },
};
