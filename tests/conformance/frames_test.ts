import assert from "node:assert/strict";
import { FrameParser } from "../../src/transport/websocket_frames.ts";
import { type Case, CASES, type Category } from "./cases.ts";
import { join } from "./client_frames.ts";
import { cut, outcome, record, seeded } from "./recorder.ts";

/** Above this, cases are cut at random places, not into single bytes. */
const MAX_SINGLE_BYTES = 200_000;

function check(one: Case, chunks: Iterable<Uint8Array>, how: string): void {
  assert.deepEqual(outcome(record(new FrameParser(), chunks)), outcome(one), `${one.name}, ${how}`);
}

Deno.test("the table has more than 250 cases with names of their own", () => {
  const names = new Set(CASES.map((one) => `${one.category}: ${one.name}`));
  assert.equal(names.size, CASES.length);
  assert(CASES.length >= 250, `${CASES.length} cases`);
});

const categories = new Map<Category, Case[]>();
for (const one of CASES) {
  const cases = categories.get(one.category) ?? [];
  categories.set(one.category, cases);
  cases.push(one);
}

for (const [category, cases] of categories) {
  Deno.test(`conformance, ${category}: every case, however its bytes are cut`, async (t) => {
    const random = seeded(0x6455);
    for (const one of cases) {
      await t.step(one.name, () => {
        check(one, one.chunks, "in writes");
        const bytes = join(...one.chunks);
        check(one, [bytes], "in one chunk");
        if (bytes.length <= MAX_SINGLE_BYTES) check(one, cut(bytes, () => 1), "byte by byte");
        const largest = Math.max(20, bytes.length / 3);
        for (let round = 0; round < (bytes.length < 5000 ? 10 : 2); round++) {
          check(one, cut(bytes, () => Math.floor(random() * largest)), `cut at random, ${round}`);
        }
      });
    }
  });
}
