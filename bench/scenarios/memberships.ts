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
    const turns = run.size(500_000, 25_000) / CLIENTS / GROUPS;
    let number = 0;
    await run.twice(server, 16, async () => {
      for (let i = 0; i < turns; i++) await turn(number++);
    });
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
