import assert from "node:assert/strict";
import { BEATS_PER_SECOND } from "../../src/limits.ts";
import { type Beating, Heartbeat } from "../../src/transport/heartbeat.ts";
import { FakePlatform } from "../support/fake_platform.ts";

class Silent implements Beating {
  lastHeard = 0;
  readonly patience = 2 * BEATS_PER_SECOND;
  pings = 0;
  givenUp = 0;
  broken = false;
  failure: unknown;
  ping(): void {
    if (this.broken) throw new Error("planted");
    this.pings++;
  }
  giveUp(): void {
    this.givenUp++;
  }
  fail(error: unknown): void {
    this.failure = error;
  }
}

Deno.test("silence is answered with one ping after an interval and the end after two", async () => {
  const platform = new FakePlatform();
  const heartbeat = new Heartbeat(platform);
  const socket = new Silent();
  heartbeat.add(socket);
  await platform.advance(1999);
  assert.equal(socket.pings, 0);
  await platform.advance(1);
  assert.equal(socket.pings, 1);
  await platform.advance(1999);
  assert.deepEqual([socket.pings, socket.givenUp], [1, 0]);
  await platform.advance(1);
  assert.equal(socket.givenUp, 1);
});

Deno.test("whoever is heard starts afresh; without sockets no timer runs", async () => {
  const platform = new FakePlatform();
  const heartbeat = new Heartbeat(platform);
  const socket = new Silent();
  heartbeat.add(socket);
  await platform.advance(3000);
  socket.lastHeard = heartbeat.now;
  await platform.advance(3000);
  assert.equal(socket.givenUp, 0);
  heartbeat.remove(socket);
  const { now } = heartbeat;
  await platform.advance(5000);
  assert.equal(heartbeat.now, now);
});

Deno.test("a ping that throws ends its socket; the others are pinged", async () => {
  const platform = new FakePlatform();
  const heartbeat = new Heartbeat(platform);
  const [broken, other] = [new Silent(), new Silent()];
  broken.broken = true;
  heartbeat.add(broken);
  heartbeat.add(other);
  await platform.advance(2500);
  assert.match(String(broken.failure), /planted/);
  assert.equal(other.pings, 1);
  heartbeat.remove(broken);
  heartbeat.remove(other);
});
