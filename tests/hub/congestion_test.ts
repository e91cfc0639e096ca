import assert from "node:assert/strict";
import { closeByApplication, closedByClient, cutOff } from "../../src/hub/close.ts";
import type { Upstream } from "../../src/hub/ports.ts";
import { noUpstream } from "../support/no_upstream.ts";
import { sendFromServer } from "../../src/hub/send.ts";
import { EVERYBODY, type Selection } from "../../src/hub/target.ts";
import type { Target } from "../../src/hub/verb.ts";
import { READ_AHEAD, UNACKNOWLEDGED_HOLD_MS } from "../../src/limits.ts";
import { type FakeClient, FakeServer } from "../support/fake_hub.ts";
import { answered } from "../support/handler_answers.ts";

const ALL = ["webpubsub.joinLeaveGroup", "webpubsub.sendToGroup"];
const GROUP: Target = { kind: "group", group: "g" };
const text = (data: string, ttlSeconds = 0) => ({
  payload: { kind: "text", text: data } as const,
  metadata: undefined,
  ttlSeconds,
});

function publish(client: FakeClient, data: string, ackId?: number, more: object = {}): void {
  client.send({ type: "sendToGroup", group: "g", dataType: "text", data, ackId, ...more });
}

/** The queue of the client's socket is high from now on. */
function behind({ hub, connection }: FakeClient): void {
  hub.congestion.queueHigh(connection);
}

function caughtUp({ hub, connection }: FakeClient): Promise<void> {
  hub.congestion.queueLow(connection);
  return turn();
}

/** Lets microtasks run. */
async function turn(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

/** What a client got, in short: the data of messages, acks as numbers. */
function taken(client: FakeClient): unknown[] {
  return (client.take() as Record<string, unknown>[]).map((frame) =>
    frame.type === "message" ? frame.data : frame.type === "ack" ? frame.ackId : frame.type
  );
}

Deno.test("a publish waits while a member is behind; its ack comes when it is in the queues", async () => {
  const server = new FakeServer();
  const ann = server.client({ roles: ALL });
  const [slow, quick] = [server.client({ groups: ["g"] }), server.client({ groups: ["g"] })];
  behind(slow);
  publish(ann, "a", 1);
  ann.send({ type: "ping" });
  await turn();
  assert.deepEqual([taken(ann), taken(slow), taken(quick)], [[], [], []]);
  await caughtUp(slow);
  assert.deepEqual([taken(ann), taken(slow), taken(quick)], [[1, "pong"], ["a"], ["a"]]);
});

Deno.test("who is not a receiver holds up nobody", () => {
  const server = new FakeServer();
  const ann = server.client({ roles: ALL, groups: ["g"] });
  const bob = server.client({ groups: ["g"] });
  const stranger = server.client({ groups: ["other"] });
  behind(stranger);
  publish(ann, "a");
  assert.deepEqual(taken(bob), ["a"]);
  behind(ann);
  publish(ann, "b", undefined, { noEcho: true });
  assert.deepEqual(taken(bob), ["b"]);
});

Deno.test("sends of the application wait for those whom they concern, and for nobody else", () => {
  const server = new FakeServer();
  const { hub } = server;
  const slow = server.client({ userId: "ann", groups: ["g"] });
  server.client({ userId: "bob" });
  behind(slow);
  const waits = (target: Target, selection: Selection = EVERYBODY) =>
    sendFromServer(hub, target, text("x"), selection) !== undefined;
  assert.deepEqual([
    waits({ kind: "hub" }),
    waits(GROUP),
    waits({ kind: "user", userId: "ann" }),
    waits({ kind: "connection", connectionId: slow.connection.id }),
  ], [true, true, true, true]);
  assert.deepEqual([
    waits({ kind: "hub" }, { excluded: new Set([slow.connection.id]), filter: undefined }),
    waits({ kind: "group", group: "other" }),
    waits({ kind: "user", userId: "bob" }),
    waits({ kind: "connection", connectionId: "nobody" }),
  ], [false, false, false, false]);
});

Deno.test("those who wait go on in turn, one by one while a queue is low", async () => {
  const server = new FakeServer();
  const [ann, bob] = [server.client({ roles: ALL }), server.client({ roles: ALL })];
  const slow = server.client({ groups: ["g"] });
  slow.outlet.send = ((send) => (frame, expiresAt) => {
    send.call(slow.outlet, frame, expiresAt);
    behind(slow); // one message fills it
  })(slow.outlet.send);
  behind(slow);
  publish(ann, "a1", 1);
  publish(bob, "b1", 1);
  publish(ann, "a2", 2);
  const got = [];
  for (let i = 0; i < 4; i++) {
    await caughtUp(slow);
    got.push(taken(slow));
  }
  assert.deepEqual(got, [["a1"], ["b1"], ["a2"], []]);
  assert.equal(server.hub.congestion.waiting, 0);
});

Deno.test("a send that is given up reaches nobody", async () => {
  const server = new FakeServer();
  const slow = server.client({ groups: ["g"] });
  behind(slow);
  const waiting = sendFromServer(server.hub, GROUP, text("x"), EVERYBODY);
  assert(waiting);
  server.hub.congestion.giveUp(waiting);
  assert.equal(await waiting.delivered, false);
  await caughtUp(slow);
  assert.deepEqual(taken(slow), []);
});

Deno.test("a message whose time passes while it waits is not delivered", async () => {
  const server = new FakeServer();
  const slow = server.client({ groups: ["g"] });
  behind(slow);
  const short = sendFromServer(server.hub, GROUP, text("short", 1), EVERYBODY);
  sendFromServer(server.hub, GROUP, text("long", 60), EVERYBODY);
  await server.platform.advance(1000);
  await caughtUp(slow);
  assert.equal(await short?.delivered, true);
  assert.deepEqual(taken(slow), ["long"]);
  assert.equal(server.counters.get("messagesExpired"), 1);
});

Deno.test("a reliable receiver holds senders up at half of its replay buffer, until it acknowledges", async () => {
  const server = new FakeServer({ bounds: { messages: 10, bytes: 1e6 } });
  const ann = server.client({ roles: ALL });
  const slow = server.client({ reliable: true, groups: ["g"] });
  for (let i = 1; i <= 8; i++) publish(ann, `${i}`, i);
  assert.equal(slow.take().length, 6, "one more than half");
  assert.equal(ann.take().length, 6);
  slow.send({ type: "sequenceAck", sequenceId: 1 });
  await turn();
  assert.deepEqual(taken(ann), [7], "5 were left, and then 6 again");
  slow.send({ type: "sequenceAck", sequenceId: 7 });
  await turn();
  assert.deepEqual(taken(ann), [8]);
  assert.deepEqual(taken(slow), ["7", "8"]);
});

Deno.test("acknowledgements that do not come hold up nobody for long, and the receiver ends when its buffer is full", async () => {
  const server = new FakeServer({ bounds: { messages: 4, bytes: 1e6 } });
  const ann = server.client({ roles: ALL });
  const silent = server.client({ reliable: true, groups: ["g"] });
  for (let i = 1; i <= 6; i++) publish(ann, `${i}`, i);
  assert.equal(ann.take().length, 3);
  await server.platform.advance(UNACKNOWLEDGED_HOLD_MS - 1);
  assert.equal(ann.take().length, 0);
  await server.platform.advance(1);
  assert.equal(ann.take().length, 3);
  assert.equal(silent.outlet.closedWith?.reason, "The reliable message buffer is full.");
  assert.equal(server.platform.waitingTimers, 0);
});

Deno.test("two reliable publishers of one group never wait for each other's acknowledgements", async () => {
  const server = new FakeServer({ bounds: { messages: 100, bytes: 1e6 } });
  const member = { roles: ALL, reliable: true, groups: ["g"] };
  const [ann, bob] = [server.client(member), server.client(member)];
  // Each client's acknowledgements stand behind its publishes, as on a socket that is read no further.
  for (let i = 1; i <= 40; i++) {
    publish(ann, `a${i}`, i);
    publish(bob, `b${i}`, i);
  }
  await turn();
  const acked = (client: FakeClient) =>
    (client.take() as { type: string }[]).filter(({ type }) => type === "ack").length;
  assert(acked(ann) >= 39 || acked(bob) >= 39, "one of them goes on");
  for (const client of [ann, bob]) client.send({ type: "sequenceAck", sequenceId: 80 });
  await turn();
  assert.equal(server.hub.congestion.waiting, 0);
  assert.equal(ann.connection.phase, "open");
  assert.equal(bob.connection.phase, "open");
});

Deno.test("a publisher is not held up by what it has not acknowledged itself", () => {
  const server = new FakeServer({ bounds: { messages: 10, bytes: 1e6 } });
  const ann = server.client({ roles: ALL, reliable: true, groups: ["g"] });
  for (let i = 1; i <= 10; i++) publish(ann, `${i}`, i);
  assert.equal(taken(ann).length, 20);
});

Deno.test("a receiver that goes away, or ends, holds up nobody any more", async () => {
  for (const end of [cutOff, closedByClient]) {
    const server = new FakeServer();
    const ann = server.client({ roles: ALL });
    const slow = server.client({ reliable: true, groups: ["g"] });
    behind(slow);
    publish(ann, "a", 1);
    end(server.hub, slow.connection, slow.outlet, 1000, "");
    await turn();
    assert.deepEqual(taken(ann), [1], end.name);
    assert(server.hub.congestion.isCalm);
  }
});

Deno.test("a publisher that is cut off takes what waits along; one that says goodbye is heard to the end", async () => {
  const server = new FakeServer();
  const [ann, bob] = [server.client({ roles: ALL }), server.client({ roles: ALL })];
  const slow = server.client({ groups: ["g"] });
  behind(slow);
  for (const [client, name] of [[ann, "a"], [bob, "b"]] as const) {
    publish(client, `${name}1`, 1);
    publish(client, `${name}2`, 2);
  }
  cutOff(server.hub, ann.connection, ann.outlet);
  closedByClient(server.hub, bob.connection, bob.outlet, 1000, "");
  assert.equal(server.hub.congestion.waiting, 1);
  await caughtUp(slow);
  assert.deepEqual(taken(slow), ["b1", "b2"]);
  assert.equal(server.platform.waitingTimers, 0);
});

Deno.test("when the last connections end, whatever waits is let go", async () => {
  const server = new FakeServer();
  const { hub } = server;
  const slow = server.client({ groups: ["g"] });
  behind(slow);
  const waiting = sendFromServer(hub, GROUP, text("x"), EVERYBODY);
  closeByApplication(hub, { kind: "hub" }, EVERYBODY, "");
  assert.equal(await waiting?.delivered, true);
  assert.equal(hub.congestion.waiting, 0);
});

Deno.test("a handler's reply waits for a client that is behind; state first, then reply, then ack", async () => {
  const state = btoa(JSON.stringify("new"));
  const outcome = answered(200, "reply", {
    "Content-Type": "text/plain",
    "ce-connectionState": state,
  });
  for (const answer of [outcome, Promise.resolve(outcome)]) {
    const upstream: Upstream = { ...noUpstream, userEvent: () => answer };
    const server = new FakeServer({ upstream });
    const ann = server.client();
    behind(ann);
    ann.send({ type: "event", event: "e", dataType: "text", data: "x", ackId: 1 });
    ann.send({ type: "ping" });
    await turn();
    assert.deepEqual(taken(ann), []);
    assert.equal(ann.connection.identity.state, state);
    await caughtUp(ann);
    assert.deepEqual(taken(ann), ["reply", 1, "pong"]);
  }
});

Deno.test("behind a publish that waits, a client is read only a little ahead, and on when all is done", async () => {
  const server = new FakeServer();
  const ann = server.client({ roles: ALL });
  const slow = server.client({ groups: ["g"] });
  behind(slow);
  publish(ann, "0");
  for (let i = 1; i < READ_AHEAD.frames; i++) publish(ann, `${i}`);
  assert.equal(ann.outlet.paused, false);
  publish(ann, "last");
  assert.equal(ann.outlet.paused, true);
  await caughtUp(slow);
  await turn();
  assert.equal(slow.take().length, READ_AHEAD.frames + 1);
  assert.equal(ann.outlet.paused, false);
});

Deno.test("a few large frames are as much as many small ones", () => {
  const server = new FakeServer();
  const ann = server.client({ roles: ALL });
  const slow = server.client({ groups: ["g"] });
  behind(slow);
  publish(ann, "0");
  publish(ann, "x".repeat(READ_AHEAD.bytes));
  assert.equal(ann.outlet.paused, true);
});

Deno.test("acknowledgements act on arrival, also behind a publish that waits", async () => {
  const server = new FakeServer({ bounds: { messages: 2, bytes: 1e6 } });
  const ann = server.client({ roles: ALL, reliable: true, groups: ["h"] });
  const slow = server.client({ groups: ["g"] });
  behind(slow);
  publish(ann, "x");
  sendFromServer(server.hub, { kind: "group", group: "h" }, text("1"), EVERYBODY);
  ann.send({ type: "sequenceAck", sequenceId: 1 });
  assert.equal(ann.connection.unacknowledged, 0);
  await caughtUp(slow);
});

Deno.test("what delivering a released publish throws ends its sender alone", async () => {
  const server = new FakeServer();
  const [ann, bob] = [server.client({ roles: ALL }), server.client({ roles: ALL })];
  const slow = server.client({ groups: ["g"] });
  behind(slow);
  publish(ann, "a", 1);
  publish(bob, "b", 1);
  const { groups } = server.hub;
  const membersOf = groups.membersOf.bind(groups);
  groups.membersOf = () => {
    groups.membersOf = membersOf;
    throw new Error("planted");
  };
  await caughtUp(slow);
  assert.equal(ann.outlet.closeCode, 1011);
  assert.deepEqual([taken(slow), taken(bob)], [["b"], [1]]);
});
