import assert from "node:assert/strict";
import { TURN_FRAMES, TURN_LEFTOVER_FRAMES } from "../../src/limits.ts";
import { Batcher } from "../../src/transport/batch.ts";
import { type Reader, ReadQueue } from "../../src/transport/read_queue.ts";

/** A queue with readers that note what they worked on, on a clock that stands. */
class Fixture {
  readonly log: string[] = [];
  /** What runs when everybody is read, and what runs at the next turn of those with left-overs. */
  readonly later: (() => void)[] = [];
  readonly turns: (() => void)[] = [];
  now = 1;
  readonly batcher = new Batcher((task) => this.later.push(task));
  readonly queue = new ReadQueue(this.batcher, {
    now: () => this.now,
    afterReads: (task) => void this.later.push(task),
    after: (_ms, task) => {
      this.turns.push(task);
      return () => {};
    },
  });

  /** A reader gets a chunk. */
  take(reader: FakeReader, chunk: Chunk): void {
    reader.unread.push(chunk);
    this.queue.take(reader);
  }

  /** Everybody is read. */
  allRead(): void {
    for (const task of this.later.splice(0)) task();
  }

  /** A turn of those with left-overs. */
  turn(): void {
    for (const task of this.turns.splice(0)) task();
  }

  reader(name: string): FakeReader {
    return new FakeReader(name, this);
  }
}

/** Frames in a chunk, and the writes that the work on each leads to. */
interface Chunk {
  readonly frames: number;
  readonly writes?: number;
}

class FakeReader implements Reader {
  readonly name: string;
  readonly #fixture: Fixture;
  readonly unread: Chunk[] = [];
  queued = false;
  held = false;
  paused = false;
  broken = false;
  worked = 0;
  workedAt = 0;
  /** Frames worked on in all. */
  total = 0;
  failure: unknown;

  constructor(name: string, fixture: Fixture) {
    this.name = name;
    this.#fixture = fixture;
  }

  get hasWork(): boolean {
    return this.unread.length > 0 && !this.held;
  }

  get hasMuch(): boolean {
    return this.unread.length > 3;
  }

  work(frames: number): number {
    const { log, batcher } = this.#fixture;
    const chunk = this.unread.shift();
    if (chunk === undefined) return 0;
    if (this.broken) throw new Error("planted");
    log.push(this.name);
    for (let i = 0; i < (chunk.writes ?? 0); i++) {
      batcher.touch({
        flush: () => void (log.at(-1) !== "w" && log.push("w")),
        fail: assert.fail,
      });
    }
    const done = Math.min(frames, chunk.frames);
    if (done < chunk.frames) this.unread.unshift({ ...chunk, frames: chunk.frames - done });
    this.total += done;
    return done;
  }

  pause(): void {
    this.paused = true;
  }

  rest(): void {
    this.paused = this.unread.length > 0;
  }

  fail(error: unknown): void {
    this.failure = error;
  }
}

const few: Chunk = { frames: 1, writes: 3 };
const many: Chunk = { frames: 1, writes: 200 };
const flood: Chunk = { frames: 3000 };

Deno.test("a chunk is worked on at once, and its writes go out at its end", () => {
  const fixture = new Fixture();
  fixture.take(fixture.reader("a"), few);
  fixture.take(fixture.reader("b"), few);
  assert.deepEqual(fixture.log, ["a", "w", "b", "w"]);
  assert.equal(fixture.later.length, 0);
});

Deno.test("after many writes everybody is read before work goes on", () => {
  const fixture = new Fixture();
  const publisher = fixture.reader("publisher");
  fixture.take(publisher, many);
  fixture.take(publisher, many);
  fixture.take(fixture.reader("a"), few);
  fixture.take(fixture.reader("b"), few);
  assert.deepEqual(fixture.log, ["publisher", "w"]);
  assert.equal(fixture.later.length, 1);
  fixture.allRead();
  assert.deepEqual(fixture.log, ["publisher", "w", "publisher", "a", "b", "w"], "one flush");
});

Deno.test("after few writes work is done at once again", () => {
  const fixture = new Fixture();
  fixture.take(fixture.reader("publisher"), many);
  fixture.take(fixture.reader("a"), few);
  fixture.allRead();
  fixture.take(fixture.reader("b"), few);
  assert.deepEqual(fixture.log, ["publisher", "w", "a", "w", "b", "w"]);
  assert.equal(fixture.later.length, 0);
});

Deno.test("who leaves is heard to the end first", () => {
  const fixture = new Fixture();
  const leaving = fixture.reader("a");
  fixture.take(leaving, flood);
  fixture.queue.finish(leaving);
  assert.equal(leaving.total, 3000);
  fixture.turn();
  assert.equal(leaving.total, 3000);
});

Deno.test("one turn works on a bounded number of a client's frames; its socket is read no further", () => {
  const fixture = new Fixture();
  const flooder = fixture.reader("f");
  fixture.take(flooder, flood);
  assert.equal(flooder.total, TURN_FRAMES);
  assert.equal(flooder.paused, true);
  fixture.turn();
  assert.equal(flooder.total, TURN_FRAMES + TURN_LEFTOVER_FRAMES);
  while (flooder.paused) fixture.turn();
  assert.equal(flooder.total, 3000);
  assert.equal(fixture.turns.length, 0, "nothing is left to do");
});

Deno.test("who comes fresh does not wait for left-overs, and those take turns", () => {
  const fixture = new Fixture();
  const flooders = ["f1", "f2", "f3", "f4", "f5", "f6"].map((name) => fixture.reader(name));
  for (const flooder of flooders) fixture.take(flooder, flood);
  fixture.take(fixture.reader("a"), { frames: 1 });
  assert.deepEqual(fixture.log, ["f1", "f2", "f3", "f4", "f5", "f6", "a"]);
  const turns = [];
  for (let i = 0; i < 4; i++) {
    fixture.log.length = 0;
    fixture.turn();
    turns.push(fixture.log.join(" "));
  }
  assert.equal(TURN_LEFTOVER_FRAMES, 2 * TURN_FRAMES);
  assert.deepEqual(turns, ["f1 f2", "f3 f4", "f5 f6", "f1 f2"]);
});

Deno.test("many small chunks within a millisecond are a flood too", () => {
  const fixture = new Fixture();
  const flooder = fixture.reader("f");
  for (let i = 0; i < 1000; i++) fixture.take(flooder, { frames: 1 });
  assert.equal(flooder.total, TURN_FRAMES);
  assert.equal(flooder.paused, true);
});

Deno.test("as many chunks over a longer time are none", () => {
  const fixture = new Fixture();
  const busy = fixture.reader("busy");
  for (let i = 0; i < 1000; i++) {
    fixture.take(busy, { frames: 1 });
    if (i % (TURN_FRAMES - 1) === 0) fixture.now++;
  }
  assert.equal(busy.total, 1000);
  assert.equal(busy.paused, false);
});

Deno.test("a client that may not be worked on is read no further, and goes on when it may", () => {
  const fixture = new Fixture();
  const held = fixture.reader("held");
  held.held = true;
  for (let i = 0; i < 3; i++) fixture.take(held, few);
  assert.equal(held.paused, false);
  fixture.take(held, few);
  assert.equal(held.paused, true);
  assert.equal(fixture.turns.length, 0);
  held.held = false;
  fixture.queue.again(held);
  fixture.turn();
  assert.equal(held.total, 4);
  assert.equal(held.paused, false);
});

Deno.test("what one client's work throws ends that client; the others have their turn", () => {
  const fixture = new Fixture();
  const [first, broken, last] = ["first", "broken", "last"].map((name) => fixture.reader(name));
  assert(first && broken && last);
  broken.broken = true;
  fixture.take(first, many);
  for (const reader of [first, broken, last]) fixture.take(reader, few);
  fixture.allRead();
  assert.match(String(broken.failure), /planted/);
  assert.deepEqual(fixture.log, ["first", "w", "first", "last", "w"]);
  for (const go of [() => {}, () => fixture.turn()]) {
    broken.failure = undefined;
    fixture.take(broken, few);
    go();
    assert.match(String(broken.failure), /planted/);
    broken.worked = TURN_FRAMES; // and then as a left-over
    broken.workedAt = fixture.now;
  }
});
