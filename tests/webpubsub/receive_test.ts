import assert from "node:assert/strict";
import type { HandlerAnswer, Upstream } from "../../src/hub/ports.ts";
import { noUpstream } from "../support/no_upstream.ts";
import { FakeServer } from "../support/fake_hub.ts";
import { answered } from "../support/handler_answers.ts";

const ALL = ["webpubsub.joinLeaveGroup", "webpubsub.sendToGroup"];
const ok = (ackId: number) => ({ type: "ack", ackId, success: true });
const failed = (ackId: number, name: string, message: string) => ({
  type: "ack",
  ackId,
  success: false,
  error: { name, message },
});

Deno.test("a second ackId answers Duplicate and does nothing, whatever its type", () => {
  const server = new FakeServer();
  const ann = server.client({ roles: ALL });
  ann.send({ type: "joinGroup", group: "g", ackId: 1 });
  ann.send({ type: "leaveGroup", group: "g", ackId: 1 });
  assert.deepEqual(ann.take(), [
    ok(1),
    failed(1, "Duplicate", "Message with ack-id: 1 has been processed"),
  ]);
  assert.equal(server.hub.groups.memberCount("g"), 1);
});

Deno.test("a failed request does not use up its ackId", () => {
  const server = new FakeServer();
  const ann = server.client();
  const forbidden = failed(
    1,
    "Forbidden",
    "The client does not have permission to join group 'g'.",
  );
  ann.send({ type: "joinGroup", group: "g", ackId: 1 });
  ann.connection.permissions.grant("joinLeaveGroup", "g");
  ann.send({ type: "joinGroup", group: "g", ackId: 1 });
  assert.deepEqual(ann.take(), [forbidden, ok(1)]);
});

Deno.test("the duplicate check comes before the permission check", () => {
  const server = new FakeServer();
  const ann = server.client({ roles: ALL });
  ann.send({ type: "joinGroup", group: "g", ackId: 1 });
  ann.connection.permissions.revoke("joinLeaveGroup", "g");
  ann.send({ type: "joinGroup", group: "g", ackId: 1 });
  assert.equal((ann.take()[1] as { error: { name: string } }).error.name, "Duplicate");
});

Deno.test("without ackId a forbidden request is dropped silently and the connection stays", () => {
  const server = new FakeServer();
  const ann = server.client();
  ann.send({ type: "joinGroup", group: "g" });
  ann.send({ type: "sendToGroup", group: "g", dataType: "text", data: "x" });
  ann.send({ type: "leaveGroup", group: "g" });
  ann.send({ type: "event", event: "e", dataType: "text", data: "x" });
  ann.send({ type: "ping" });
  assert.deepEqual(ann.take(), [{ type: "pong" }]);
  assert.equal(ann.connection.phase, "open");
});

Deno.test("each forbidden action names itself and its group", () => {
  const server = new FakeServer();
  const ann = server.client();
  ann.send({ type: "joinGroup", group: "a.b", ackId: 1 });
  ann.send({ type: "leaveGroup", group: "a.b", ackId: 2 });
  ann.send({ type: "sendToGroup", group: "a.b", dataType: "text", data: "", ackId: 3 });
  const message = (verb: string) => `The client does not have permission to ${verb} group 'a.b'.`;
  assert.deepEqual(ann.take(), [
    failed(1, "Forbidden", message("join")),
    failed(2, "Forbidden", message("leave")),
    failed(3, "Forbidden", message("send to")),
  ]);
});

Deno.test("a publish reaches every member once, the sender too unless noEcho, and only that connection", () => {
  const server = new FakeServer();
  const ann = server.client({ userId: "ann", roles: ALL, groups: ["g"] });
  const other = server.client({ userId: "ann", groups: ["g"] });
  const stranger = server.client();
  const message = {
    type: "message",
    from: "group",
    group: "g",
    fromUserId: "ann",
    dataType: "text",
    data: "x",
  };
  ann.send({ type: "sendToGroup", group: "g", dataType: "text", data: "x" });
  assert.deepEqual([ann.take(), other.take(), stranger.take()], [[message], [message], []]);
  ann.send({ type: "sendToGroup", group: "g", dataType: "text", data: "x", noEcho: true });
  assert.deepEqual([ann.take(), other.take()], [[], [message]]);
});

Deno.test("publishing needs no membership and makes nobody a member", () => {
  const server = new FakeServer();
  const ann = server.client({ roles: ["webpubsub.sendToGroup.g"] });
  const bob = server.client({ groups: ["g"] });
  ann.send({ type: "sendToGroup", group: "g", data: 1, ackId: 1 });
  assert.deepEqual(ann.take(), [ok(1)]);
  assert.equal(bob.take().length, 1);
  assert.equal(server.hub.groups.memberCount("g"), 1);
});

Deno.test("joining twice delivers once; leaving a group one is not in succeeds", () => {
  const server = new FakeServer();
  const ann = server.client({ roles: ALL });
  for (const ackId of [1, 2]) ann.send({ type: "joinGroup", group: "g", ackId });
  ann.send({ type: "leaveGroup", group: "other", ackId: 3 });
  ann.send({ type: "sendToGroup", group: "g", data: 1 });
  assert.equal(
    ann.take().filter((frame) => (frame as { type: string }).type === "message").length,
    1,
  );
});

Deno.test("an event that no handler takes fails its ack and closes a simple client with 1011", () => {
  const server = new FakeServer();
  const ann = server.client();
  ann.send({ type: "event", event: "e", data: 1, ackId: 7 });
  assert.deepEqual(ann.take(), [failed(7, "InternalServerError", "Internal server error")]);
  const raw = server.client({ raw: { kind: "sendEvent" } });
  raw.send("hello");
  assert.deepEqual(raw.outlet.closedWith, { code: 1011, reason: "Internal server error" });
  assert.equal(server.hub.find(raw.connection.id), undefined);
});

Deno.test("a malformed frame closes with 1007 and nothing of it is executed; others are untouched", () => {
  const server = new FakeServer();
  const ann = server.client({ roles: ALL });
  const bob = server.client({ groups: ["g"] });
  ann.send('{"type":"sendToGroup","group":"g","data":1,"ackId":-1}');
  assert.equal(ann.outlet.closeCode, 1007);
  assert.deepEqual([ann.take(), bob.take()], [[], []]);
  assert.equal(server.hub.find(ann.connection.id), undefined);
  assert.equal(bob.connection.phase, "open");
});

Deno.test("simple clients in sendToGroup mode publish by role and are closed with 1008 without", () => {
  const server = new FakeServer();
  const bob = server.client({ groups: ["g"] });
  const mode = { kind: "sendToGroup", group: "g", noEcho: true } as const;
  const ann = server.client({ userId: "ann", raw: mode, roles: ALL, groups: ["g"] });
  ann.send("hi");
  ann.send(new Uint8Array([1, 2, 3]));
  assert.deepEqual(bob.take(), [
    { type: "message", from: "group", group: "g", fromUserId: "ann", dataType: "text", data: "hi" },
    {
      type: "message",
      from: "group",
      group: "g",
      fromUserId: "ann",
      dataType: "binary",
      data: "AQID",
    },
  ]);
  assert.deepEqual(ann.take(), []);
  ann.connection.permissions.revoke("sendToGroup", "g");
  ann.send("no");
  assert.deepEqual(ann.outlet.closedWith, {
    code: 1008,
    reason: "The connection is not authorized for raw sendToGroup mode.",
  });
  assert.deepEqual(bob.take(), []);
});

/** Handlers that answer when the test says so. */
class HeldUpstream implements Upstream {
  readonly calls: { name: string; id: number; answer: (answer: HandlerAnswer) => void }[] = [];
  readonly ended: { id: number; reason: string }[] = [];
  asksAbout = noUpstream.asksAbout;
  connect = noUpstream.connect;
  connected = noUpstream.connected;
  drain = noUpstream.drain;
  reportUnusable = noUpstream.reportUnusable;
  aborted = 0;

  userEvent: Upstream["userEvent"] = (_source, id, name, _request, signal) => {
    signal.addEventListener("abort", () => this.aborted++);
    const { promise, resolve } = Promise.withResolvers<HandlerAnswer>();
    this.calls.push({ name, id, answer: resolve });
    return promise;
  };
  disconnected: Upstream["disconnected"] = (_source, id, reason) => {
    this.ended.push({ id, reason });
  };
}

/** Success, with a text for the client or without. */
function done(text = ""): HandlerAnswer {
  return answered(200, text, { "Content-Type": "text/plain" });
}

/** Lets settled promises run on. */
async function turn(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

Deno.test("frames behind a pending event wait, and are answered in order after it", async () => {
  const upstream = new HeldUpstream();
  const server = new FakeServer({ upstream });
  const ann = server.client({ roles: ALL });
  ann.send({ type: "event", event: "first", data: 1, ackId: 1 });
  ann.send({ type: "joinGroup", group: "g", ackId: 2 });
  ann.send({ type: "event", event: "second", data: 1, ackId: 3 });
  ann.send({ type: "ping" });
  assert.deepEqual(ann.take(), []);
  assert.equal(upstream.calls.length, 1);
  upstream.calls[0]?.answer(done("reply"));
  await turn();
  assert.deepEqual(ann.take(), [
    { type: "message", from: "server", dataType: "text", data: "reply" },
    ok(1),
    ok(2),
  ]);
  assert.deepEqual(upstream.calls.map(({ name, id }) => [name, id]), [["first", 1], ["second", 2]]);
  upstream.calls[1]?.answer({ kind: "failed", why: "unreachable" });
  await turn();
  assert.deepEqual(ann.take(), [
    failed(3, "InternalServerError", "Internal server error"),
    { type: "pong" },
  ]);
});

Deno.test("a client that waits holds up nobody else", async () => {
  const upstream = new HeldUpstream();
  const server = new FakeServer({ upstream });
  const ann = server.client();
  const bob = server.client({ roles: ALL });
  ann.send({ type: "event", event: "slow", data: 1 });
  bob.send({ type: "joinGroup", group: "g", ackId: 1 });
  assert.deepEqual(bob.take(), [ok(1)]);
  upstream.calls[0]?.answer(done());
  await turn();
  assert.deepEqual(ann.take(), []);
});

Deno.test("more than 1000 waiting frames close the connection with 1008 and give up the event", () => {
  const upstream = new HeldUpstream();
  const server = new FakeServer({ upstream });
  const ann = server.client();
  ann.send({ type: "event", event: "slow", data: 1 });
  for (let i = 0; i < 1000; i++) ann.send({ type: "ping" });
  assert.equal(ann.outlet.closedWith, undefined);
  ann.send({ type: "ping" });
  assert.equal(ann.outlet.closeCode, 1008);
  assert.equal(upstream.aborted, 1);
  assert.equal(server.counters.ended.tooManyWaitingFrames.value, 1);
});

Deno.test("a group too many is a failed request, not the end of anybody", () => {
  const server = new FakeServer({ maxGroupsInHub: 1 });
  const ann = server.client({ roles: ALL });
  const { groups } = server.hub;
  server.client({ groups: ["old"] });
  ann.send({ type: "joinGroup", group: "new", ackId: 1 });
  ann.send({ type: "joinGroup", group: "old", ackId: 2 });
  const bob = server.client({ groups: ["new", "old"] });
  assert.deepEqual(ann.take(), [
    failed(1, "InternalServerError", "Internal server error"),
    ok(2),
  ]);
  assert.equal(bob.connection.phase, "open");
  assert.deepEqual(["new", "old"].map((name) => groups.memberCount(name)), [0, 3]);
});
