import assert from "node:assert/strict";
import { SharedCounts } from "../../src/group_index/shared_counts.ts";
import {
  countOf,
  type Findings,
  nameOf,
  NAMES,
  type Order,
  READS,
  RISING,
  ROTATION,
  STAYING,
  STOP,
} from "./count_stress_reader.ts";

/** Looks after which the reader has seen enough, and rounds after which nobody waits for them any longer. */
const ENOUGH_READS = 500_000;
const MAX_ROUNDS = 20_000;
/** Rounds that bring a name that stays elsewhere, so that the table grows while it is read. */
const GROWING_ROUNDS = 3_000;

/** A name that stays goes to the end of the run; then the others go and come again, and it moves to the front. */
function change(counts: SharedCounts, round: number, control: Int32Array): void {
  counts.add(nameOf(RISING), 1);
  const stays = round % STAYING;
  Atomics.add(control, ROTATION, 1);
  counts.add(nameOf(stays), -countOf(stays));
  counts.add(nameOf(stays), countOf(stays));
  Atomics.add(control, ROTATION, 1);
  for (let i = 0; i < NAMES - STAYING; i++) {
    // Another order each time.
    const which = STAYING + (i * 7 + round) % (NAMES - STAYING);
    counts.add(nameOf(which), -countOf(which));
    if (i % 2 === 0) counts.add(nameOf(which), countOf(which));
  }
  for (let i = 1; i < NAMES - STAYING; i += 2) {
    const which = STAYING + (i * 7 + round) % (NAMES - STAYING);
    counts.add(nameOf(which), countOf(which));
  }
  if (round < GROWING_ROUNDS) counts.add({ low: round * 97 + 1000, high: 1 }, 1);
}

Deno.test("readers in another worker never see a count that was not, while names come, go, move and the table grows", async () => {
  const counts = new SharedCounts();
  for (let which = 0; which < NAMES; which++) counts.add(nameOf(which), countOf(which));
  const control = new SharedArrayBuffer(12);
  const words = new Int32Array(control);
  const file = new URL("./count_stress_reader.ts", import.meta.url);
  const worker = new Worker(file, { type: "module" });
  const { port1: port, port2 } = new MessageChannel();
  const answer = (): Promise<unknown> =>
    new Promise((resolve, reject) => {
      port.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => reject(new Error(event.message));
    });
  try {
    const ready = answer();
    worker.postMessage(undefined, [port2]);
    assert.equal(await ready, "ready");
    const findings = answer() as Promise<Findings>;
    const order: Order = { buffer: counts.buffer, control };
    port.postMessage(order);
    const bytes = counts.buffer.byteLength;
    for (let i = 0; i < MAX_ROUNDS; i++) {
      change(counts, i, words);
      if (i > GROWING_ROUNDS && Atomics.load(words, READS) > ENOUGH_READS) break;
    }
    Atomics.store(words, STOP, 1);
    const { reads, wrong } = await findings;
    assert.deepEqual(wrong, []);
    assert.ok(reads > NAMES, `${reads} reads`);
    assert.ok(counts.buffer.byteLength > bytes * 16, "the table grew");
  } finally {
    port.close();
    worker.terminate();
  }
});
