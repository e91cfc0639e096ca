// The conformance table over real TCP connections to a whole server, for both transports.
import assert from "node:assert/strict";
import { MAX_CLIENT_MESSAGE_BYTES } from "../../src/limits.ts";
import { type Case, CASES } from "./cases.ts";
import { closeFrame, frame } from "./client_frames.ts";
import { LiveClient } from "./live_client.ts";
import { LiveServer, type Transport, TRANSPORTS } from "./live_server.ts";
import { NATIVE_DIFFERENCES, nativeOutcome } from "./native_differences.ts";
import { observe, type Outcome, required } from "./observe.ts";

/** Connections at a time. */
const LANES = 16;

function expectedOf(one: Case, transport: Transport): Outcome {
  return (transport === "native" ? nativeOutcome(one) : undefined) ?? required(one);
}

for (const transport of TRANSPORTS) {
  Deno.test(`${transport}: each of ${CASES.length} cases of RFC 6455 has its outcome on a socket`, async (t) => {
    const found = new Map<Case, Outcome>();
    {
      await using server = await LiveServer.start(transport);
      let next = 0;
      const lane = async () => {
        for (let one = CASES[next++]; one !== undefined; one = CASES[next++]) {
          const expected = expectedOf(one, transport);
          try {
            found.set(one, await observe(server, `case-${next}`, one, expected));
          } catch (error) {
            throw new Error(`${one.category}: ${one.name}`, { cause: error });
          }
        }
      };
      await Promise.all(Array.from({ length: LANES }, lane));
    }
    for (const category of new Set(CASES.map((one) => one.category))) {
      await t.step(category, () => {
        for (const one of CASES) {
          if (one.category !== category) continue;
          const message = `${one.name}: ${JSON.stringify(found.get(one))}`;
          assert.deepEqual(found.get(one), expectedOf(one, transport), message);
        }
      });
    }
  });
}

Deno.test("each listed difference of the native transport is one, and is shown by a case", () => {
  const shown = new Set<string>();
  for (const one of CASES) {
    const first = NATIVE_DIFFERENCES.find((difference) => difference.outcome(one) !== undefined);
    if (first === undefined) continue;
    shown.add(first.rule);
    assert.notDeepEqual(first.outcome(one), required(one), `${first.rule}: ${one.name}`);
  }
  assert.deepEqual([...shown].sort(), NATIVE_DIFFERENCES.map(({ rule }) => rule).sort());
});

for (const transport of TRANSPORTS) {
  Deno.test({
    name:
      `${transport}: when the client has answered a close frame of the server, TCP ends at once (5.5.1)`,
    fn: async () => {
      await using server = await LiveServer.start(transport);
      using client = await LiveClient.open(server.echoUrl("ann"));
      await client.write(frame(2, new Uint8Array(MAX_CLIENT_MESSAGE_BYTES + 1)));
      const received = await client.next();
      assert(received.type === "close" && received.code === 1009);
      await client.write(closeFrame(1009));
      const before = performance.now();
      await client.untilEnd();
      const took = performance.now() - before;
      assert(took < 2000, `the server waited ${took} ms`);
    },
  });
}
