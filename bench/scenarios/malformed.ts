import { Buffer } from "node:buffer";
import { frameOf, MALFORMED_JSON } from "../../tests/protocol/malformed_json_table.ts";
import { seededRandom } from "../../tests/support/random.ts";
import { BareClient, clientFrame } from "../load/client.ts";
import { pause, pinger, probe } from "./probe.ts";
import type { Scenario } from "./scenario.ts";
import { BareSocket } from "./sockets.ts";
import type { Target } from "./target.ts";

const AT_ONCE = 20;

/** Whatever breaks the rules of JSON frames, WebSocket frames and HTTP. */
export const malformed: Scenario = {
  name: "malformed",
  story:
    "100,000 malformed frames, heads and bytes: the server lives, logs no ERROR, others notice nothing",
  seconds: 300,
  quick: true,
  async run(run) {
    const server = await run.server();
    const ping = await pinger(server);
    const calm = await probe(ping, 20, pause(1000));
    const random = seededRandom(20261128);
    const attacks = async () => {
      let left = run.size(50_000, 1500);
      const attackers = Array.from({ length: AT_ONCE }, async () => {
        while (left-- > 0) await attack(server, left, random);
      });
      await Promise.all(attackers);
    };
    const busy = await probe(ping, 20, run.twice(server, 16, attacks));
    run.figure("ping p99, ms", `${calm.p99.toFixed(1)} -> ${busy.p99.toFixed(1)}`);
    run.must("the server lives", server.isAlive);
    run.must("others are answered", busy.unanswered === 0);
    run.must("no ERROR line", server.logLines().every((line) => !/ERROR/i.test(line)));
  },
};

/** One of four kinds in turns. */
async function attack(server: Target, number: number, random: () => number): Promise<void> {
  if (number % 4 === 0) return await head(server, bytesOf(random, 200));
  if (number % 4 === 1) {
    return await head(server, `GET /${number} HTTP/1.1\r\nHost: ${number}\r\n: x\r\n\r\n`);
  }
  const client = await BareClient.connect(server.door(), () => {});
  if (number % 4 === 2) {
    // A frame by the rules around what is none: rows that would take a MiB are for the tests.
    const row = MALFORMED_JSON[number % MALFORMED_JSON.length];
    const frame = row === undefined || typeof row.frame === "function" ? "{" : frameOf(row);
    client.write(clientFrame(frame, typeof frame !== "string"));
  } else client.write(bytesOf(random, 50));
  await Promise.race([closed(client), pause(5)]);
  client.destroy();
}

async function head(server: Target, bytes: string | Uint8Array): Promise<void> {
  using socket = new BareSocket(server.port);
  await socket.connected();
  socket.write(bytes);
  await Promise.race([
    socket.over(),
    new Promise((resolve) => socket.socket.once("data", resolve)),
    pause(5),
  ]);
}

async function closed(client: BareClient): Promise<void> {
  while (!client.closed) await pause(1);
}

function bytesOf(random: () => number, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
}
