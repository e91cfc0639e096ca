import { runCuts } from "../../tests/fault/cut_run.ts";
import type { Scenario } from "./scenario.ts";

/** The cut test under a fresh seed; `deno task soak` does it again and again. The server runs in this process. */
export const cuts: Scenario = {
  name: "cuts",
  story: "reliable clients and publishers are cut at random: nothing lost, nothing twice",
  seconds: 60,
  quick: false,
  async run(run) {
    const seed = Math.floor(Math.random() * 2 ** 32);
    const { verdict, receiverCuts } = await runCuts({ seed, cuts: 200, deadlineMs: 40_000 });
    const { lost, duplicated, reordered, delivered } = verdict;
    run.figure("seed", seed);
    run.figure("cuts", receiverCuts);
    run.figure("delivered", delivered);
    run.must("nothing is lost, twice or out of order", lost + duplicated + reordered === 0);
  },
};
