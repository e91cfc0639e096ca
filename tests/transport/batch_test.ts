import assert from "node:assert/strict";
import { Batch, Batcher } from "../../src/transport/batch.ts";

const [a, b, c] = [new Uint8Array([1, 2]), new Uint8Array([3]), new Uint8Array([4, 5, 6])];

Deno.test("the same frames in the same order are one batch with one piece of joined bytes", () => {
  const root = new Batch();
  const first = root.and(a).and(b).and(c);
  const second = root.and(a).and(b).and(c);
  assert.equal(first, second);
  assert.deepEqual([...first.bytes], [1, 2, 3, 4, 5, 6]);
  assert.equal(first.bytes, second.bytes);
});

Deno.test("another frame, or another order, is another batch", () => {
  const root = new Batch();
  const ab = root.and(a).and(b);
  const ac = root.and(a).and(c);
  const ba = root.and(b).and(a);
  assert.deepEqual([ab, ac, ba].map(({ bytes }) => [...bytes]), [
    [1, 2, 3],
    [1, 2, 4, 5, 6],
    [3, 1, 2],
  ]);
  assert.equal(root.and(b).and(a), ba);
});

Deno.test("a single frame is not copied", () => {
  assert.equal(new Batch().and(a).bytes, a);
});

Deno.test("one read is flushed once at its end, other work at the end of its turn", async () => {
  const batcher = new Batcher(() => assert.fail("nobody is busy"));
  let flushes = 0;
  const connection = { flush: () => void flushes++, fail: assert.fail };
  batcher.beginRead();
  batcher.touch(connection);
  await Promise.resolve();
  assert.equal(flushes, 0);
  batcher.endRead();
  assert.equal(flushes, 1);
  batcher.touch(connection);
  assert.equal(flushes, 1);
  await Promise.resolve();
  assert.equal(flushes, 2);
});

Deno.test("after many writes, work from elsewhere is flushed together", async () => {
  const later: (() => void)[] = [];
  const batcher = new Batcher((task) => later.push(task));
  let flushes = 0;
  const connection = { flush: () => void flushes++, fail: assert.fail };
  for (let i = 0; i < 100; i++) batcher.touch(connection);
  await Promise.resolve();
  assert.equal(flushes, 100);
  batcher.touch(connection);
  await Promise.resolve();
  batcher.touch(connection);
  await Promise.resolve();
  assert.equal(flushes, 100);
  assert.equal(later.length, 1);
  later[0]?.();
  assert.equal(flushes, 102);
});

Deno.test("a write that throws ends its connection; the others are written", () => {
  const batcher = new Batcher(() => assert.fail("nobody is busy"));
  const written: string[] = [];
  const connection = (name: string) => ({
    flush: () => {
      if (name === "broken") throw new Error("planted");
      written.push(name);
    },
    fail: (error: unknown) => void written.push(`${name} failed: ${error}`),
  });
  batcher.beginRead();
  for (const name of ["a", "broken", "b"]) batcher.touch(connection(name));
  batcher.endRead();
  assert.deepEqual(written, ["a", "broken failed: Error: planted", "b"]);
});
