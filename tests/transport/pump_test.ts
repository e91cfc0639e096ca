import assert from "node:assert/strict";
import { OUTBOUND_STALL_MS } from "../../src/limits.ts";
import { Pump, type Pumped } from "../../src/transport/pump.ts";
import { FakePlatform } from "../support/fake_platform.ts";

/** A socket that takes `rate` bytes a look. */
class Slow implements Pumped {
  bufferedBytes: number;
  readonly #rate: number;
  looks = 0;
  stalled = false;

  constructor(bytes: number, rate: number) {
    this.bufferedBytes = bytes;
    this.#rate = rate;
  }
  pump(): boolean {
    this.looks++;
    this.bufferedBytes = Math.max(0, this.bufferedBytes - this.#rate);
    return this.bufferedBytes > 0;
  }
  stall(): void {
    this.stalled = true;
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
