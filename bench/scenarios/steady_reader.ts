import { PacedReader } from "../../tests/support/paced_reader.ts";
import { clientUrl } from "../../tests/support/rest_client.ts";
import { HUB } from "../support/hubbub.ts";
import { pause } from "./probe.ts";
import type { Scenario } from "./scenario.ts";

const BYTES = 100_000;
/** Messages that it is behind. */
const BEHIND = 75;
/** Bytes that it takes in a second: what it is behind takes it a while. */
const RATE = 3_000_000;

/** Row 15: a reader that keeps up, but is always behind. */
export const steadyReader: Scenario = {
  name: "steady-reader",
  story: "a reader that is 7 MB behind all the time and reads all the time is not cut",
  seconds: 90,
  quick: false,
  async run(run) {
    const server = await run.server();
    const url = clientUrl(server, HUB, { "webpubsub.group": ["room"] }).replace(/^http/, "ws");
    const reader = run.use(await PacedReader.open(url));
    const headers = { "content-type": "text/plain" };
    const body = "x".repeat(BYTES);
    const until = performance.now() + run.size(25, 15) * 1000;
    let sent = 0;
    let open = true;
    const reading = (async () => {
      while (open && performance.now() < until) {
        open = await reader.read(RATE / 20) && reader.close === undefined;
        await pause(50);
      }
    })();
    while (open && performance.now() < until) {
      if (sent - reader.dataFrames >= BEHIND) {
        await pause(5);
        continue;
      }
      const { status } = await server.rest("POST", "/groups/room/:send", { headers, body });
      if (status === 202) sent++;
    }
    await reading;
    run.figure("sent", sent);
    run.figure("read", reader.dataFrames);
    run.figure("close code", reader.close?.code ?? "none");
    run.must("it is not cut", open);
  },
};
