import assert from "node:assert/strict";
import { Frame } from "../../src/protocol/event.ts";
import { ReplayBuffer } from "../../src/session/replay_buffer.ts";

const frame = new Frame("0123456789");

function held(buffer: ReplayBuffer, now = 0): number[] {
  const ids: number[] = [];
  buffer.replay(now, { replay: (_frame, id) => ids.push(id) });
  return ids;
}

Deno.test("numbers count from 1 without gaps and are not used again", () => {
  const buffer = new ReplayBuffer();
  assert.deepEqual([1, 2, 3].map(() => buffer.push(frame, 0, 0)), [1, 2, 3]);
  buffer.acknowledge(3n);
  assert.equal(buffer.push(frame, 0, 0), 4);
});

Deno.test("an acknowledgement is cumulative; lower ones do nothing, higher ones release everything", () => {
  const buffer = new ReplayBuffer();
  for (let i = 0; i < 5; i++) buffer.push(frame, 0, 0);
  buffer.acknowledge(0n);
  assert.deepEqual(held(buffer), [1, 2, 3, 4, 5]);
  buffer.acknowledge(2n);
  buffer.acknowledge(1n);
  assert.deepEqual(held(buffer), [3, 4, 5]);
  assert.equal(buffer.bytes, 30);
  buffer.acknowledge(18446744073709551615n);
  assert.deepEqual(held(buffer), []);
  assert.equal(buffer.bytes, 0);
});

Deno.test("exactly the bound fits in messages and in bytes, one more does not", () => {
  const byCount = new ReplayBuffer({ messages: 3, bytes: 1000 });
  assert.deepEqual([1, 2, 3, 4].map(() => byCount.push(frame, 0, 0)), [1, 2, 3, 0]);
  const byBytes = new ReplayBuffer({ messages: 1000, bytes: 30 });
  assert.deepEqual([1, 2, 3, 4].map(() => byBytes.push(frame, 0, 0)), [1, 2, 3, 0]);
});

Deno.test("expired messages are not replayed, free their place, and leave gaps in the numbers", () => {
  const buffer = new ReplayBuffer({ messages: 3, bytes: 1000 });
  buffer.push(frame, 0, 0);
  buffer.push(frame, 100, 0);
  buffer.push(frame, 0, 0);
  assert.equal(buffer.push(frame, 0, 99), 0);
  assert.equal(buffer.push(frame, 0, 100), 4);
  assert.deepEqual(held(buffer, 100), [1, 3, 4]);
  buffer.acknowledge(3n);
  assert.deepEqual(held(buffer, 100), [4]);
});

Deno.test("memory of released messages is given back, also when every message expires unacknowledged", () => {
  const buffer = new ReplayBuffer({ messages: 10, bytes: 1000 });
  for (let now = 0; now < 10_000; now += 10) buffer.push(frame, now + 5, now);
  assert(buffer.length <= 10);
  assert(buffer.bytes <= 100);
});
