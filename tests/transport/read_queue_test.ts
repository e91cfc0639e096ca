import assert from "node:assert/strict";
import { Batcher } from "../../src/transport/batch.ts";
import { type Reader, ReadQueue } from "../../src/transport/read_queue.ts";

/** A queue with readers that note what they worked on; each chunk leads to as many writes as its first byte says. */
class Fixture {
  readonly log: string[] = [];
  readonly later: (() => void)[] = [];
  readonly #batcher = new Batcher((task) => this.later.push(task));
  readonly queue = new ReadQueue(this.#batcher, (task) => this.later.push(task));

  reader(name: string): Reader {
    return {
      read: (chunk) => {
        this.log.push(name);
        for (let i = 0; i < (chunk[0] ?? 0); i++) {
          this.#batcher.touch({
            flush: () => void (this.log.at(-1) !== "w" && this.log.push("w")),
          });
        }
      },
    };
  }
}

const writes = (count: number) => new Uint8Array([count]);

Deno.test("a chunk is worked on at once, and its writes go out at its end", () => {
  const { queue, log, later, reader } = bound(new Fixture());
  queue.take(reader("a"), writes(3));
  queue.take(reader("b"), writes(3));
  assert.deepEqual(log, ["a", "w", "b", "w"]);
  assert.equal(later.length, 0);
});

Deno.test("after many writes everybody is read before work goes on", () => {
  const { queue, log, later, reader } = bound(new Fixture());
  queue.take(reader("publisher"), writes(200));
  queue.take(reader("publisher"), writes(200));
  queue.take(reader("a"), writes(1));
  queue.take(reader("b"), writes(1));
  assert.deepEqual(log, ["publisher", "w"]);
  assert.equal(later.length, 1);
  later[0]?.();
  assert.deepEqual(log, ["publisher", "w", "publisher", "a", "b", "w"], "one flush for all");
});

Deno.test("after few writes work is done at once again", () => {
  const { queue, log, later, reader } = bound(new Fixture());
  queue.take(reader("publisher"), writes(200));
  queue.take(reader("a"), writes(1));
  later[0]?.();
  queue.take(reader("b"), writes(1));
  assert.deepEqual(log, ["publisher", "w", "a", "w", "b", "w"]);
  assert.equal(later.length, 1);
});

Deno.test("who leaves is heard to the end first", () => {
  const { queue, log, later, reader } = bound(new Fixture());
  queue.take(reader("publisher"), writes(200));
  queue.take(reader("a"), writes(0));
  queue.drain();
  assert.deepEqual(log, ["publisher", "w", "a"]);
  later[0]?.();
  assert.deepEqual(log, ["publisher", "w", "a"]);
});

function bound(fixture: Fixture) {
  return {
    queue: fixture.queue,
    log: fixture.log,
    later: fixture.later,
    reader: (name: string) => fixture.reader(name),
  };
}
