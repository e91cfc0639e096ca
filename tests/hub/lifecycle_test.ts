import assert from "node:assert/strict";
import { closeByApplication, closedByClient, cutOff } from "../../src/hub/close.ts";
import { findRecoverable, recover } from "../../src/hub/connect.ts";
import { UNACKNOWLEDGED_HOLD_MS } from "../../src/limits.ts";
import type { Upstream } from "../../src/hub/ports.ts";
import { noUpstream } from "../support/no_upstream.ts";
import { sendFromServer } from "../../src/hub/send.ts";
import { EVERYBODY } from "../../src/hub/target.ts";
import { FakeOutlet } from "../support/fake_outlet.ts";
import { FakeServer } from "../support/fake_hub.ts";

/** Records the ends of connections. */
function recorder() {
  const ended: string[] = [];
  const upstream: Upstream = {
    ...noUpstream,
    disconnected: (source, _id, reason) => void ended.push(`${source.connectionId}: ${reason}`),
  };
  return { ended, upstream };
}

const text = (data: string, ttlSeconds = 0) => ({
  payload: { kind: "text", text: data } as const,
  metadata: undefined,
  ttlSeconds,
});

Deno.test("a REST close announces itself, closes with 1000, and ends the connection before it returns", () => {
  const { ended, upstream } = recorder();
  const server = new FakeServer({ upstream });
  const ann = server.client({ userId: "ann", groups: ["g"] });
  const { hub } = server;
  closeByApplication(hub, { kind: "user", userId: "ann" }, EVERYBODY, "bye ünïcode");
  assert.deepEqual(ann.take(), [{
    type: "system",
    event: "disconnected",
    message: "Application server closed the connection. Reason: bye ünïcode",
  }]);
  assert.deepEqual(ann.outlet.closedWith, { code: 1000, reason: "" });
  assert.equal(hub.find(ann.connection.id), undefined);
  assert.equal(hub.users.memberCount("ann"), 0);
  assert.equal(hub.groups.memberCount("g"), 0);
  assert.deepEqual(ended, ["c1: Application server closed the connection. Reason: bye ünïcode"]);
  assert.equal(server.hubs.find("chat"), undefined, "an empty hub leaves nothing behind");
});

Deno.test("excluded connections survive the closing of their group", () => {
  const server = new FakeServer();
  const ann = server.client({ groups: ["g"] });
  const bob = server.client({ groups: ["g"] });
  const selection = { excluded: new Set(["c1", "nobody"]), filter: undefined };
  closeByApplication(server.hub, { kind: "group", group: "g" }, selection, "");
  assert.equal(ann.outlet.closedWith, undefined);
  assert.deepEqual(bob.take(), [{
    type: "system",
    event: "disconnected",
    message: "Application server closed the connection.",
  }]);
});

Deno.test("a reliable client that is cut stays a member, keeps what is sent, and gets it after recovery", () => {
  const { ended, upstream } = recorder();
  const server = new FakeServer({ upstream });
  const ann = server.client({ userId: "ann", groups: ["g"], reliable: true });
  const { hub, hubs } = server;
  const token = hubs.context.reconnectionTokens.issue("c1");
  sendFromServer(hub, { kind: "group", group: "g" }, text("one"), EVERYBODY);
  cutOff(hub, ann.connection, ann.outlet);
  assert.equal(hub.groups.memberCount("g"), 1);
  sendFromServer(hub, { kind: "user", userId: "ann" }, text("two"), EVERYBODY);

  assert.equal(findRecoverable(hubs, "chat", "c1", "wrong"), undefined);
  assert.equal(findRecoverable(hubs, "other", "c1", token), undefined);
  const found = findRecoverable(hubs, "CHAT", "c1", token);
  assert.equal(found, ann.connection);
  const outlet = new FakeOutlet();
  recover(hub, ann.connection, outlet);
  const [connected, ...messages] = outlet.take() as Record<string, unknown>[];
  assert.equal(connected?.event, "connected");
  assert.deepEqual(messages.map((m) => [m.data, m.sequenceId]), [["one", 1], ["two", 2]]);
  assert.deepEqual(ended, []);
});

Deno.test("a takeover drops the old socket, and nothing of it is read any more", () => {
  const server = new FakeServer();
  const ann = server.client({ reliable: true, roles: ["webpubsub.joinLeaveGroup"] });
  const outlet = new FakeOutlet();
  recover(server.hub, ann.connection, outlet);
  assert.equal(ann.outlet.dropped, true);
  ann.send({ type: "joinGroup", group: "g" });
  assert.equal(server.hub.groups.memberCount("g"), 0);
  cutOff(server.hub, ann.connection, ann.outlet);
  assert.equal(ann.connection.phase, "open");
});

for (
  const [name, code, phase] of [
    ["1000 ends it", 1000, "ended"],
    ["1001 leaves it recoverable", 1001, "away"],
    ["no code leaves it recoverable", 1005, "away"],
    ["4000 leaves it recoverable", 4000, "away"],
  ] as const
) {
  Deno.test(`a reliable client closes with a code: ${name}`, () => {
    const server = new FakeServer();
    const ann = server.client({ reliable: true });
    closedByClient(server.hub, ann.connection, ann.outlet, code, "");
    assert.equal(ann.connection.phase, phase);
  });
}

Deno.test("an away connection is recoverable for 60 s, then gone with exactly one disconnected", async () => {
  const { ended, upstream } = recorder();
  const server = new FakeServer({ upstream });
  const ann = server.client({ reliable: true });
  const { hub, hubs, platform } = server;
  const token = hubs.context.reconnectionTokens.issue("c1");
  cutOff(hub, ann.connection, ann.outlet);
  await platform.advance(59_999);
  assert.notEqual(findRecoverable(hubs, "chat", "c1", token), undefined);
  await platform.advance(1);
  assert.equal(findRecoverable(hubs, "chat", "c1", token), undefined);
  assert.equal(hub.find("c1"), undefined);
  await platform.advance(600_000);
  assert.deepEqual(ended, ["c1: The connection recovery timeout expired."]);
});

Deno.test("each absence has its own window: a recovery in time starts afresh", async () => {
  const server = new FakeServer();
  const ann = server.client({ reliable: true });
  const { hub, platform } = server;
  cutOff(hub, ann.connection, ann.outlet);
  await platform.advance(50_000);
  ann.outlet = new FakeOutlet();
  recover(hub, ann.connection, ann.outlet);
  await platform.advance(50_000);
  assert.equal(ann.connection.phase, "open");
  cutOff(hub, ann.connection, ann.outlet);
  await platform.advance(59_000);
  assert.equal(ann.connection.phase, "away");
});

Deno.test("a message whose time passes while its receiver is away is not delivered late; later ones are", async () => {
  const server = new FakeServer();
  const ann = server.client({ reliable: true, userId: "ann" });
  const { hub, platform } = server;
  cutOff(hub, ann.connection, ann.outlet);
  sendFromServer(hub, { kind: "hub" }, text("short", 5), EVERYBODY);
  sendFromServer(hub, { kind: "hub" }, text("long", 30), EVERYBODY);
  sendFromServer(hub, { kind: "hub" }, text("for ever"), EVERYBODY);
  await platform.advance(5_000);
  const outlet = new FakeOutlet();
  recover(hub, ann.connection, outlet);
  const messages = (outlet.take() as Record<string, unknown>[]).slice(1);
  assert.deepEqual(messages.map((m) => [m.data, m.sequenceId]), [["long", 2], ["for ever", 3]]);
  assert.equal(server.counters.get("messagesExpired"), 1);
});

Deno.test("the message that exceeds the replay bound ends the connection with 1008; the publisher is unharmed", async () => {
  const { ended, upstream } = recorder();
  const server = new FakeServer({ upstream, bounds: { messages: 2, bytes: 1e6 } });
  const slow = server.client({ reliable: true, groups: ["g"] });
  const good = server.client({ groups: ["g"] });
  for (const word of ["a", "b", "c"]) {
    sendFromServer(server.hub, { kind: "group", group: "g" }, text(word), EVERYBODY);
  }
  // While the buffer is more than half full, a send waits for an acknowledgement, but not for long.
  await server.platform.advance(UNACKNOWLEDGED_HOLD_MS);
  assert.equal(slow.take().length, 2);
  assert.deepEqual(slow.outlet.closedWith, {
    code: 1008,
    reason: "The reliable message buffer is full.",
  });
  assert.equal(good.take().length, 3);
  assert.deepEqual(ended, ["c1: The reliable message buffer is full."]);
});

Deno.test("REST closes away connections too, and they cannot be recovered then", () => {
  const server = new FakeServer();
  const ann = server.client({ reliable: true });
  const { hub, hubs } = server;
  const token = hubs.context.reconnectionTokens.issue("c1");
  cutOff(hub, ann.connection, ann.outlet);
  closeByApplication(hub, { kind: "hub" }, EVERYBODY, "");
  assert.equal(findRecoverable(hubs, "chat", "c1", token), undefined);
});

Deno.test("a slot that is used again belongs to the new connection alone", () => {
  const server = new FakeServer();
  const keep = server.client();
  const ann = server.client({ groups: ["g"], roles: ["webpubsub.joinLeaveGroup"] });
  closedByClient(server.hub, ann.connection, ann.outlet, 1000, "");
  const bob = server.client();
  assert.equal(bob.connection.slot, ann.connection.slot);
  ann.send({ type: "joinGroup", group: "g" });
  sendFromServer(server.hub, { kind: "group", group: "g" }, text("x"), EVERYBODY);
  assert.deepEqual([bob.take(), keep.take()], [[], []]);
});
