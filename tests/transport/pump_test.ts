import assert from "node:assert/strict";
import { OUTBOUND_STALL_MS, STALLED_HOLD_MS } from "../../src/limits.ts";
import { Pump, type Pumped } from "../../src/transport/pump.ts";
import { FakePlatform } from "../support/fake_platform.ts";

/** A socket that takes `rate` bytes a look, and gets as many again where `refilled`. */
class Slow implements Pumped {
  bufferedBytes: number;
  takenBytes = 0;
  rate: number;
  refilled = false;
  broken = false;
  looks = 0;
  stalled = false;
  /** What was said about its queue. */
  readonly said: boolean[] = [];
  failure: unknown;

  constructor(bytes: number, rate: number) {
    this.bufferedBytes = bytes;
    this.rate = rate;
  }
  pump(): boolean {
    this.looks++;
    if (this.broken) throw new Error("planted");
    const taken = Math.min(this.bufferedBytes, this.rate);
    this.takenBytes += taken;
    if (!this.refilled) this.bufferedBytes -= taken;
    return this.bufferedBytes > 0;
  }
  moves(moves: boolean): void {
    this.said.push(moves);
  }
  stall(): void {
    this.stalled = true;
  }
  fail(error: unknown): void {
    this.failure = error;
  }
}

Deno.test("a socket is looked after until its queue is empty, then no timer runs any more", async () => {
  const platform = new FakePlatform();
  const pump = new Pump(platform);
  const socket = new Slow(5, 1);
  pump.watch(socket);
  pump.watch(socket);
  await platform.advance(10_000);
  assert.equal(socket.bufferedBytes, 0);
  assert.equal(socket.looks, 5);
  assert.equal(platform.waitingTimers, 0);
});

Deno.test("no progress for 10 s is a stall; a slow but steady reader is none", async () => {
  const platform = new FakePlatform();
  const pump = new Pump(platform);
  const stuck = new Slow(5, 0);
  const steady = new Slow(100_000, 1);
  pump.watch(stuck);
  pump.watch(steady);
  await platform.advance(OUTBOUND_STALL_MS - 100);
  assert.equal(stuck.stalled, false);
  await platform.advance(200);
  assert.equal(stuck.stalled, true);
  assert.equal(steady.stalled, false);
  pump.forget(steady);
  const looks = steady.looks;
  await platform.advance(1000);
  assert.equal(steady.looks, looks);
});

Deno.test("any byte is progress: who keeps up with a stream never has to empty its queue", async () => {
  const platform = new FakePlatform();
  const pump = new Pump(platform);
  const keepsUp = new Slow(8_000_000, 100_000);
  keepsUp.refilled = true;
  pump.watch(keepsUp);
  await platform.advance(2 * OUTBOUND_STALL_MS);
  assert.equal(keepsUp.stalled, false);
  assert.deepEqual(keepsUp.said, []);
});

Deno.test("a queue that stands still for a second is said to, until it moves again", async () => {
  const platform = new FakePlatform();
  const pump = new Pump(platform);
  const socket = new Slow(10, 0);
  pump.watch(socket);
  await platform.advance(STALLED_HOLD_MS + 100);
  assert.deepEqual(socket.said, [false]);
  socket.rate = 1;
  await platform.advance(100);
  assert.deepEqual(socket.said, [false, true]);
});

Deno.test("what a look at one socket throws ends that socket; the others are looked after", async () => {
  const platform = new FakePlatform();
  const pump = new Pump(platform);
  const [broken, other] = [new Slow(5, 1), new Slow(5, 1)];
  broken.broken = true;
  pump.watch(broken);
  pump.watch(other);
  await platform.advance(1000);
  assert.match(String(broken.failure), /planted/);
  assert.equal(broken.looks, 1);
  assert.equal(other.bufferedBytes, 0);
});
