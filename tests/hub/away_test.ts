// Connections without a socket: one queue and one timer for any number of them.
import assert from "node:assert/strict";
import { AwayQueue } from "../../src/hub/away.ts";
import type { Connection } from "../../src/session/connection.ts";
import { FakeServer } from "../support/fake_hub.ts";
import { FakePlatform } from "../support/fake_platform.ts";

function scene() {
  const platform = new FakePlatform();
  const away = new AwayQueue(platform, 1000);
  const server = new FakeServer();
  const expired: string[] = [];
  const leave = (connection: Connection, note = "") =>
    away.leave(connection, () => void expired.push(connection.id + note));
  const [a, b, c] = ["a", "b", "c"].map((id) => server.client({ id, reliable: true }).connection);
  assert(a && b && c);
  return { platform, away, expired, leave, a, b, c };
}

Deno.test("each expires when its own window is over, in the order of departure", async () => {
  const { platform, away, expired, leave, a, b } = scene();
  leave(a);
  await platform.advance(400);
  leave(b);
  await platform.advance(599);
  assert.deepEqual(expired, []);
  await platform.advance(1);
  assert.deepEqual(expired, ["a"]);
  await platform.advance(400);
  assert.deepEqual(expired, ["a", "b"]);
  assert.equal(away.size, 0);
  assert.equal(platform.waitingTimers, 0);
});

Deno.test("many that are away share one timer", () => {
  const { platform, leave, a, b, c } = scene();
  for (const connection of [a, b, c]) leave(connection);
  assert.equal(platform.waitingTimers, 1);
});

Deno.test("who comes back does not expire, and the last to do so stops the timer", async () => {
  const { platform, away, expired, leave, a, b } = scene();
  leave(a);
  leave(b);
  away.forget(a);
  away.forget(a);
  assert.equal(platform.waitingTimers, 1);
  away.forget(b);
  assert.equal(platform.waitingTimers, 0);
  await platform.advance(1000);
  assert.deepEqual(expired, []);
});

Deno.test("who leaves again gets a whole window, once, behind those who left meanwhile", async () => {
  const { platform, expired, leave, a, b } = scene();
  leave(a, " first");
  await platform.advance(500);
  leave(b);
  leave(a, " second");
  await platform.advance(999);
  assert.deepEqual(expired, []);
  await platform.advance(1);
  assert.deepEqual(expired, ["b", "a second"]);
});

Deno.test("one may leave while another expires", async () => {
  const { platform, away, expired, leave, a, b } = scene();
  away.leave(a, () => {
    expired.push("a");
    leave(b);
  });
  await platform.advance(1000);
  assert.deepEqual([expired, away.size], [["a"], 1]);
  await platform.advance(1000);
  assert.deepEqual(expired, ["a", "b"]);
});

Deno.test("a server that stops waits for nobody", async () => {
  const { platform, away, expired, leave, a } = scene();
  leave(a);
  away.close();
  assert.equal(platform.waitingTimers, 0);
  await platform.advance(5000);
  assert.deepEqual(expired, []);
});
