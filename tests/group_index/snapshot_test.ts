import assert from "node:assert/strict";
import { GroupIndex } from "../../src/group_index/group_index.ts";
import { Membership } from "../../src/group_index/membership.ts";
import { MemberReader, type SharedMembers } from "../../src/group_index/snapshot.ts";
import { makeScript, READS, SETS, STOP } from "./changes.ts";
import type { Findings, Order } from "./snapshot_reader.ts";

function sharedOf(source: { readonly shared: SharedMembers | undefined }): SharedMembers {
  assert.ok(source.shared !== undefined);
  return source.shared;
}

function membersOf(reader: MemberReader, set: number): number[] {
  assert.ok(reader.read(set));
  return [...reader.slots.subarray(0, reader.length)].sort((a, b) => a - b);
}

Deno.test("a reader sees joins and leaves, by the group's id", () => {
  const index = new GroupIndex(true);
  const reader = new MemberReader(sharedOf(index));
  assert.deepEqual(membersOf(reader, 0), []);
  index.join(7, "sports");
  const sports = index.idOf("sports");
  assert.deepEqual(membersOf(reader, sports), [7]);
  for (let slot = 0; slot < 5; slot++) index.join(slot, "sports");
  assert.deepEqual(membersOf(reader, sports), [0, 1, 2, 3, 4, 7]);
  index.leave(7, "sports");
  assert.deepEqual(membersOf(reader, sports), [0, 1, 2, 3, 4]);
  for (let slot = 0; slot < 5; slot++) index.leaveAll(slot);
  assert.deepEqual(membersOf(reader, sports), []);
});

Deno.test("a reader follows buffers that grow without being told", () => {
  const index = new GroupIndex(true);
  const reader = new MemberReader(sharedOf(index));
  index.join(0, "first");
  assert.deepEqual(membersOf(reader, index.idOf("first")), [0]);
  for (let i = 0; i < 20_000; i++) {
    index.join(i, "large");
    index.join(i, `group ${i}`);
  }
  assert.equal(membersOf(reader, index.idOf("large")).length, 20_000);
  assert.deepEqual(membersOf(reader, index.idOf("group 19999")), [19_999]);
});

Deno.test("the sequence tells whether a copy is current, also after the id went to another group", () => {
  const index = new GroupIndex(true);
  const reader = new MemberReader(sharedOf(index));
  index.join(1, "old");
  const id = index.idOf("old");
  assert.ok(reader.read(id));
  const { sequence } = reader;
  index.join(1, "elsewhere");
  assert.equal(reader.sequenceOf(id), sequence);
  index.leave(1, "old");
  index.join(1, "new");
  assert.equal(index.idOf("new"), id);
  assert.notEqual(reader.sequenceOf(id), sequence);
});

Deno.test("a reader gives up after its attempts while a set is being changed", () => {
  const index = new GroupIndex(true);
  index.join(1, "sports");
  const shared = sharedOf(index);
  const reader = new MemberReader(shared);
  const sequences = new Uint32Array(shared.sequences);
  Atomics.add(sequences, 0, 1);
  assert.equal(reader.read(0, 3), false);
  Atomics.add(sequences, 0, 1);
  assert.equal(reader.read(0, 3), true);
});

Deno.test("a private index has nothing to share", () => {
  assert.equal(new GroupIndex().shared, undefined);
});

/** Lets each set take its next changes in turn, so that regions of one go to another. */
function change(membership: Membership, scripts: readonly Uint32Array[], from: number, to: number) {
  for (let i = from; i < to; i++) {
    for (let set = 0; set < scripts.length; set++) {
      const script = scripts[set] ?? new Uint32Array(1);
      const slot = script[i % script.length] ?? 0;
      if (!membership.join(slot, set)) membership.leave(slot, set);
    }
  }
}

Deno.test("readers in another worker see only whole states, each as of its sequence", async () => {
  const membership = new Membership(true);
  const scripts = Array.from({ length: SETS }, (_, set) => makeScript(set).slots);
  const control = new SharedArrayBuffer(8);
  const words = new Int32Array(control);
  const worker = new Worker(new URL("./snapshot_reader.ts", import.meta.url), { type: "module" });
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
    const order: Order = { shared: sharedOf(membership), control };
    port.postMessage(order);
    // At least 20 rounds; more, but not without end, when the worker came late.
    const round = 2_000;
    for (let i = 0; i < 150 && (i < 20 || Atomics.load(words, READS) < 2_000); i++) {
      change(membership, scripts, i * round, (i + 1) * round);
    }
    Atomics.store(words, STOP, 1);
    const { reads, wrong } = await findings;
    assert.deepEqual(wrong, []);
    assert.ok(reads > SETS, `${reads} reads`);
  } finally {
    port.close();
    worker.terminate();
  }
});
