import { Buffer } from "node:buffer";
import { BareClient, clientFrame, connectAll } from "../load/client.ts";
import type { Scenario } from "./scenario.ts";

const CLIENTS = 10;
/** Groups that a client is in before it leaves them again. */
const GROUPS = 500;

/** Groups that come and go. */
export const memberships: Scenario = {
  name: "memberships",
  story: "1,000,000 joins and as many leaves, each of another group: memory is back where it was",
  seconds: 240,
  quick: true,
  async run(run) {
    const server = await run.server();
    const role = { role: ["webpubsub.joinLeaveGroup"] };
    const clients = await connectAll(
      Array.from({ length: CLIENTS }, () => server.door(role)),
      10,
      () => {},
    );
    const turn = async (number: number) => {
      await Promise.all(clients.map((client, i) => joinAndLeave(client, `${i} ${number}`)));
    };
    for (let i = 0; i < 20; i++) await turn(i);
    const before = await server.settledMib();
    const turns = run.size(1_000_000, 50_000) / CLIENTS / GROUPS;
    const started = performance.now();
    for (let i = 0; i < turns; i++) await turn(20 + i);
    run.figure(
      "joins and leaves a second",
      2 * turns * CLIENTS * GROUPS / (performance.now() - started) * 1000,
    );
    const after = await server.settledMib();
    run.figure("memory, MiB", `${before.toFixed(0)} -> ${after.toFixed(0)}`);
    run.must("at most 16 MiB more", after - before <= 16);
    run.must("nobody is cut", clients.every(({ closed }) => !closed));
    for (const client of clients) client.destroy();
  },
};

/** Joins groups and leaves them; the answer to the last leave is waited for. */
async function joinAndLeave(client: BareClient, name: string): Promise<void> {
  const frames: Buffer[] = [];
  for (const type of ["joinGroup", "leaveGroup"]) {
    for (let i = 0; i < GROUPS; i++) {
      frames.push(clientFrame(JSON.stringify({ type, group: `group ${name} ${i}` })));
    }
  }
  const { received } = client;
  frames.push(clientFrame('{"type":"ping"}'));
  client.write(Buffer.concat(frames));
  while (client.received === received && !client.closed) {
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}
