import { fileURLToPath } from "node:url";
import { BareClient, connectAll } from "../load/client.ts";
import { pause, pinger, probe, within } from "./probe.ts";
import { PLANTED } from "./planted_name.ts";
import type { Scenario } from "./scenario.ts";

const ROLES = { role: ["webpubsub.joinLeaveGroup"] };

/** Row 9: a fault in the work for one client. */
export const faults: Scenario = {
  name: "faults",
  story:
    "an unforeseen exception in one client's frame ends that client, with a stack in the log, and nobody else",
  seconds: 60,
  quick: true,
  async run(run) {
    const preload = fileURLToPath(new URL("./planted_fault.ts", import.meta.url));
    const server = await run.server({ preload });
    const ping = await pinger(server);
    const unlucky = await connectAll(
      Array.from({ length: 20 }, () => server.door(ROLES)),
      20,
      () => {},
    );
    for (const client of unlucky) {
      client.send(JSON.stringify({ type: "joinGroup", group: PLANTED, ackId: 1 }));
    }
    const others = await probe(ping, 20, pause(1500));
    const ended = await within(3000, () => unlucky.every(({ closed }) => closed));
    run.figure("clients ended", `${count(unlucky)} of ${unlucky.length}`);
    run.must("the server lives", server.isAlive);
    run.must("whoever met the fault is ended", ended);
    run.must("others are answered all the while", others.unanswered === 0);
    const log = server.logLines().join("\n");
    run.must("the log has the error with its stack", /planted/.test(log) && /\.ts:\d+/.test(log));
  },
};

function count(clients: readonly BareClient[]): number {
  return clients.filter(({ closed }) => closed).length;
}
