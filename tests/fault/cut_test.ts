// Official clients survive cuts at any byte of their connections: nothing lost, nothing twice, nothing out of order.
import assert from "node:assert/strict";
import { type CutRunResult, runCuts } from "./cut_run.ts";

const SEED = Number(Deno.env.get("HUBBUB_TEST_SEED") ?? Math.floor(Math.random() * 2 ** 32));

/** The official client leaves timers of its cut sockets behind, in older runtimes. */
const LEAKY = { sanitizeOps: false, sanitizeResources: false };

function print(name: string, result: CutRunResult): void {
  const { verdict, ms, ...counts } = result;
  // deno-lint-ignore no-console
  console.log(
    `${name}, seed ${SEED}, ${ms} ms:`,
    JSON.stringify(verdict),
    JSON.stringify(counts),
  );
}

Deno.test(
  "200 cuts over 4 official clients and 2 publishers: 0 lost, 0 duplicated, 0 reordered",
  LEAKY,
  async () => {
    const result = await runCuts({ seed: SEED, cuts: 200, deadlineMs: 28_000 });
    print("cuts", result);
    const { verdict, receiverCuts, connections, clients, duplicateAcks, published } = result;
    const { lost, duplicated, reordered, delivered } = verdict;
    assert.deepEqual({ lost, duplicated, reordered }, { lost: 0, duplicated: 0, reordered: 0 });
    assert.ok(receiverCuts >= 200, `${receiverCuts} cuts`);
    assert.equal(delivered, published * 4);
    assert.equal(connections, clients, "no recovery was refused");
    assert.ok(duplicateAcks > 0, "acks were lost on the way");
  },
);

Deno.test(
  "control: publishers that retry under a fresh ackId make duplicates, and the checker finds them",
  LEAKY,
  async () => {
    const result = await runCuts({
      seed: SEED,
      cuts: 60,
      deadlineMs: 20_000,
      receivers: 2,
      without: "ackIds",
    });
    print("control without ackIds", result);
    assert.ok(result.verdict.duplicated > 0);
    assert.equal(result.verdict.lost, 0);
    assert.equal(result.connections, result.clients);
  },
);

Deno.test(
  "control: receivers that ignore sequence ids see replays twice, and the checker finds them",
  LEAKY,
  async () => {
    const result = await runCuts({
      seed: SEED,
      cuts: 10,
      deadlineMs: 20_000,
      receivers: 2,
      without: "sequenceIds",
    });
    print("control without sequenceIds", result);
    assert.ok(result.verdict.duplicated > 0);
  },
);
