// Streams of wrong bytes after a right handshake, over real TCP connections, for both transports: every connection
// ends, nothing is left behind, and a client that keeps the rules notices nothing.
import assert from "node:assert/strict";
import { MAX_CLIENT_MESSAGE_BYTES } from "../../src/limits.ts";
import { rest } from "../support/rest_client.ts";
import { below, clientStream } from "./byte_streams.ts";
import { frame } from "./client_frames.ts";
import { LiveClient } from "./live_client.ts";
import { HUB, LiveServer, TRANSPORTS } from "./live_server.ts";
import { required, watch } from "./observe.ts";
import { cut, seeded } from "./recorder.ts";
import { readAll } from "./reference.ts";

const SEED = 0x6455;
const CONNECTIONS = 150;
/** Connections at a time. */
const LANES = 8;
/** A stop that waits for a socket that was left behind takes the whole drain time, 10 s. */
const PROMPT_MS = 5000;

/** Sends and gets back numbered texts until `isOver`; gives how many. */
async function echoes(client: LiveClient, isOver: () => boolean): Promise<number> {
  for (let round = 1;; round++) {
    await client.write(frame(1, `round ${round}`));
    assert.deepEqual(await client.next(), { type: "text", text: `round ${round}` });
    if (isOver()) return round;
  }
}

for (const transport of TRANSPORTS) {
  Deno.test(`${transport}: ${CONNECTIONS} connections with wrong bytes end, and a right one beside them goes on`, async () => {
    const server = await LiveServer.start(transport);
    const random = seeded(SEED);
    let started = 0;
    let ended = 0;

    const attack = async (number: number) => {
      const bytes = clientStream(random);
      const largest = 1 + below(random, 200);
      const pieces = [...cut(bytes, () => below(random, largest))];
      const leavesRudely = random() < 0.2;
      const user = `fuzz-${number}`;
      {
        using client = await LiveClient.open(server.echoUrl(user));
        let writable = true;
        for (const piece of pieces) writable = writable && await client.write(piece);
        if (!leavesRudely) {
          await client.finish();
          const { received, end } = await watch(client, []);
          if (transport === "batching") {
            const expected = required(readAll(bytes, MAX_CLIENT_MESSAGE_BYTES));
            const message = `connection ${number}`;
            assert.deepEqual(received, expected.received, message);
            assert.equal(end, expected.end === "open" ? "dropped" : expected.end, message);
          }
        }
      }
      await server.whyEnded(user);
      ended++;
    };
    const lane = async () => {
      while (started < CONNECTIONS) await attack(started++);
    };

    {
      using healthy = await LiveClient.open(server.echoUrl("healthy"));
      const rounds = echoes(healthy, () => ended === CONNECTIONS);
      await Promise.all([rounds, ...Array.from({ length: LANES }, lane)]);
      assert(await rounds > CONNECTIONS / LANES, `only ${await rounds} rounds`);
    }
    await server.whyEnded("healthy");
    for (const number of [0, CONNECTIONS - 1]) {
      const path = `/api/hubs/${HUB}/users/fuzz-${number}`;
      assert.equal((await rest(server.server, "HEAD", path)).status, 404);
    }
    const before = performance.now();
    await server[Symbol.asyncDispose]();
    const took = performance.now() - before;
    assert(took < PROMPT_MS, `the stop took ${took} ms: a socket was left behind`);
  });
}
