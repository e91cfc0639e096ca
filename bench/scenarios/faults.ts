import { fileURLToPath } from "node:url";
import { BareClient, connectAll } from "../load/client.ts";
import { pause, pinger, probe, within } from "./probe.ts";
import { PLANTED } from "./planted_name.ts";
import type { Run, Scenario } from "./scenario.ts";
import type { Target } from "./target.ts";

const ROLES = { role: ["webpubsub.joinLeaveGroup", "webpubsub.sendToGroup"] };

/** What meets the fault, one client each. */
const FRAMES = {
  join: { type: "joinGroup", group: PLANTED, ackId: 1 },
  leave: { type: "leaveGroup", group: PLANTED, ackId: 1 },
  send: { type: "sendToGroup", group: PLANTED, dataType: "text", data: "x", ackId: 1 },
} as const;

/** Row 9: a fault in the work for one client. */
export const faults: Scenario = {
  name: "faults",
  story:
    "an unforeseen exception in one client's frame, handshake or call ends that client, with a stack in the log, and nobody else",
  seconds: 60,
  quick: true,
  async run(run) {
    const preload = fileURLToPath(new URL("./planted_fault.ts", import.meta.url));
    const server = await run.server({ preload });
    const ping = await pinger(server);
    for (const [what, frame] of Object.entries(FRAMES)) await meet(run, server, ping, what, frame);
    await refuse(run, server, ping);
    const log = server.logLines().join("\n");
    run.must("the log has the error with its stack", /planted/.test(log) && /\.ts:\d+/.test(log));
  },
};

/** Clients whose frame meets the fault. */
async function meet(
  run: Run,
  server: Target,
  ping: () => Promise<void>,
  what: string,
  frame: Readonly<Record<string, unknown>>,
): Promise<void> {
  const doors = Array.from({ length: 20 }, () => server.door(ROLES));
  const unlucky = await connectAll(doors, 20, () => {});
  for (const client of unlucky) client.send(JSON.stringify(frame));
  const others = await probe(ping, 20, pause(1500));
  const ended = await within(3000, () => unlucky.every(({ closed }) => closed));
  run.figure(`${what}: clients ended`, `${count(unlucky)} of ${unlucky.length}`);
  run.must(`${what}: the server lives`, server.isAlive);
  run.must(`${what}: whoever met the fault is ended`, ended);
  run.must(`${what}: others are answered all the while`, others.unanswered === 0);
}

/** Handshakes and REST calls that meet the fault. */
async function refuse(run: Run, server: Target, ping: () => Promise<void>): Promise<void> {
  const headers = { "content-type": "text/plain" };
  const call = () =>
    server.rest("POST", `/groups/${PLANTED}/:send`, { headers, body: "x" })
      .then(({ status }) => status);
  const knock = () => {
    const client = BareClient.connect(server.door({ "webpubsub.group": [PLANTED] }), () => {});
    // Neither let in nor told so is no end.
    const ended = client.then(({ closed }) => closed, () => true);
    return Promise.race([ended, pause(3000).then(() => false)]);
  };
  const calls = Promise.all(Array.from({ length: 20 }, call));
  const knocks = Promise.all(Array.from({ length: 20 }, knock));
  const others = await probe(ping, 20, pause(1500));
  const statuses = await calls;
  run.figure("REST: statuses", [...new Set(statuses)].join(", "));
  run.must("REST: each call is answered with 500", statuses.every((status) => status === 500));
  run.must("handshake: each ends at once", (await knocks).every((isRefused) => isRefused));
  run.must("handshake and REST: others are answered all the while", others.unanswered === 0);
  const { status } = await server.rest("POST", "/groups/other/:send", { headers, body: "x" });
  run.must("REST: the next call is answered as ever", status === 202 && server.isAlive);
}

function count(clients: readonly BareClient[]): number {
  return clients.filter(({ closed }) => closed).length;
}
