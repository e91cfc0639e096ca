import assert from "node:assert/strict";
import { type Beating, BEATS_PER_SECOND, Heartbeat } from "../../src/transport/heartbeat.ts";
import { FakePlatform } from "../support/fake_platform.ts";

class Silent implements Beating {
  lastHeard = 0;
  readonly patience = 2 * BEATS_PER_SECOND;
  pings = 0;
  givenUp = 0;
  ping(): void {
    this.pings++;
  }
  giveUp(): void {
    this.givenUp++;
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
