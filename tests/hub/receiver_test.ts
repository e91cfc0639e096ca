// Clients of a language that the hub has never heard of: it serves them like any other, and they hear of their end in
// their own way.
import assert from "node:assert/strict";
import { parseFilter } from "../../src/filter/filter.ts";
import { join, leave, publish } from "../../src/hub/act.ts";
import { closeByApplication, closedByClient, cutOff, failConnection } from "../../src/hub/close.ts";
import { findRecoverable } from "../../src/hub/connect.ts";
import type { Upstream } from "../../src/hub/ports.ts";
import { noUpstream } from "../support/no_upstream.ts";
import { sendFromClient, sendFromServer } from "../../src/hub/send.ts";
import { EVERYBODY } from "../../src/hub/target.ts";
import { FakeOutlet } from "../support/fake_outlet.ts";
import { FakeServer } from "../support/fake_hub.ts";
import { OtherClient } from "../support/other_language.ts";
import { RecordedLog } from "../support/recorded_log.ts";

/** A JSON client and two of the other language, all in group `g`; the first one is reliable. */
function scene() {
  const told: string[] = [];
  const upstream: Upstream = {
    ...noUpstream,
    disconnected: ({ connectionId }, _id, reason) => void told.push(`${connectionId}: ${reason}`),
  };
  const server = new FakeServer({ upstream });
  const json = server.client({ id: "json", groups: ["g"] });
  const { hub } = server;
  const [ann, bob] = [
    new OtherClient(hub, "ann", { userId: "u", groups: ["g"], reliable: true }),
    new OtherClient(hub, "bob", { groups: ["g"] }),
  ] as const;
  return { server, hub, json, ann, bob, told };
}

const text = (data: string) => ({
  payload: { kind: "text", text: data } as const,
  metadata: undefined,
  ttlSeconds: 0,
});

const texts = ({ got }: OtherClient) => got.splice(0).map(({ data }) => data);

Deno.test("a client of any language comes in with groups; one that the hub has no room for is told to the operator", () => {
  const log = new RecordedLog();
  const { hub } = new FakeServer({ log, maxGroupsInHub: 1 });
  const ann = new OtherClient(hub, "ann", { userId: "u", groups: ["g", "h"] });
  assert.equal(hub.find("ann"), ann);
  assert.deepEqual(hub.membersOf(hub.users, "u"), [ann]);
  assert.deepEqual(hub.membersOf(hub.groups, "g"), [ann]);
  assert.equal(hub.groups.memberCount("h"), 0);
  assert.deepEqual(log.lines.map(({ level, connection }) => [level, connection]), [[
    "warn",
    "ann",
  ]]);
});

Deno.test("a message reaches members of every language, encoded once for each", () => {
  const { hub, json, ann, bob } = scene();
  sendFromServer(hub, { kind: "group", group: "g" }, text("hi"), EVERYBODY);
  assert.equal(ann.got[0], bob.got[0]);
  assert.deepEqual([texts(ann), texts(bob), json.take().length], [["!hi"], ["!hi"], 1]);
});

Deno.test("hub, user and connection are targets of every language", () => {
  const { hub, json, ann, bob } = scene();
  sendFromServer(hub, { kind: "hub" }, text("all"), EVERYBODY);
  sendFromServer(hub, { kind: "user", userId: "u" }, text("user"), EVERYBODY);
  sendFromServer(hub, { kind: "connection", connectionId: "bob" }, text("bob"), EVERYBODY);
  assert.deepEqual([texts(ann), texts(bob)], [["!all", "!user"], ["!all", "!bob"]]);
  assert.equal(json.take().length, 1);
});

Deno.test("filters and exclusions see clients of every language", () => {
  const { hub, json, ann, bob } = scene();
  const parsed = parseFilter("userId eq 'u' and 'g' in groups");
  assert(parsed.ok);
  sendFromServer(hub, { kind: "hub" }, text("u"), { excluded: undefined, filter: parsed.filter });
  const excluded = new Set(["ann"]);
  sendFromServer(hub, { kind: "hub" }, text("not ann"), { excluded, filter: undefined });
  assert.deepEqual([texts(ann), texts(bob), json.take().length], [["!u"], ["!not ann"], 1]);
});

Deno.test("a publisher of any language is left out of its own message where it asks for that", () => {
  const { hub, json, ann, bob } = scene();
  sendFromClient(hub, ann, "g", text("x"), true);
  assert.deepEqual([texts(ann), texts(bob)], [[], ["!x"]]);
  assert.equal((json.take()[0] as Record<string, unknown>).fromUserId, "u");
});

Deno.test("joining, leaving and publishing ask for permissions in every language, and work without a socket of ours", () => {
  const { hub, ann, bob } = scene();
  assert.deepEqual(
    [join(hub, ann, "h"), leave(hub, ann, "g"), publish(hub, ann, "g", text("x"), true)],
    ["forbidden", "forbidden", "forbidden"],
  );
  ann.permissions.grant("joinLeaveGroup", "h");
  ann.permissions.grant("sendToGroup", "g");
  assert.equal(join(hub, ann, "h"), "joined");
  assert.equal(leave(hub, ann, "h"), "done");
  assert.equal(publish(hub, ann, "g", text("x"), true), "done");
  assert.deepEqual([texts(ann), texts(bob)], [[], ["!x"]]);
});

Deno.test("a close by the application is told in the client's own language", () => {
  const { hub, json, ann, told } = scene();
  closeByApplication(hub, { kind: "user", userId: "u" }, EVERYBODY, "bye");
  const words = "Application server closed the connection. Reason: bye";
  assert.deepEqual(ann.heard, [`applicationClosed: ${words}`, "abandoned"]);
  assert.deepEqual(told, [`ann: ${words}`]);
  assert.deepEqual([hub.find("ann"), hub.groups.memberCount("g")], [undefined, 2]);
  assert.equal(json.outlet.closedWith, undefined);
});

Deno.test("one without room ends, one that throws ends, the rest of the group goes on", () => {
  const { hub, json, ann, bob } = scene();
  ann.hasRoom = false;
  bob.deliver = () => {
    throw new Error("planted");
  };
  sendFromServer(hub, { kind: "group", group: "g" }, text("x"), EVERYBODY);
  assert.match(ann.heard[0] ?? "", /^replayBufferFull: /);
  assert.match(bob.heard[0] ?? "", /^internalError: /);
  assert.equal(json.take().length, 1);
  assert.equal(hub.groups.memberCount("g"), 1);
});

Deno.test("cut off: who may come back is away, and a member; who may not has ended", async () => {
  const { server, hub, ann, bob, told } = scene();
  const outlet = new FakeOutlet();
  cutOff(hub, ann, outlet);
  cutOff(hub, bob, outlet);
  assert.deepEqual([ann.phase, bob.phase, hub.groups.memberCount("g")], ["away", "ended", 2]);
  assert.deepEqual(ann.heard, []);
  await server.platform.advance(60_000);
  assert.match(ann.heard[0] ?? "", /^recoveryExpired: /);
  assert.deepEqual(told.map((line) => line.slice(0, 4)), ["bob:", "ann:"]);
});

Deno.test("a goodbye of the client lets it finish what it asked for", () => {
  const { hub, ann, told } = scene();
  closedByClient(hub, ann, new FakeOutlet(), 1000, "done");
  assert.deepEqual(ann.heard, ["clientClosed: done", "finishes"]);
  assert.deepEqual(told, ["ann: done"]);
});

Deno.test("sends wait for a receiver of any language that is behind", async () => {
  const { hub, json, ann, bob } = scene();
  hub.congestion.queueHigh(ann);
  const waiting = sendFromServer(hub, { kind: "group", group: "g" }, text("x"), EVERYBODY);
  assert.deepEqual([texts(ann), texts(bob), json.take()], [[], [], []]);
  hub.congestion.queueLow(ann);
  assert.equal(await waiting?.delivered, true);
  assert.deepEqual([texts(ann), texts(bob), json.take().length], [["!x"], ["!x"], 1]);
});

Deno.test("a fault of one client of any language is its own", () => {
  const { hub, ann, bob, told } = scene();
  failConnection(hub, bob, new Error("planted"));
  assert.deepEqual(told, ["bob: Internal server error"]);
  assert.deepEqual([ann.phase, bob.phase], ["open", "ended"]);
});

Deno.test("a reconnection token of Web PubSub opens no session of another language", () => {
  const { server: { hubs }, ann } = scene();
  const token = hubs.context.reconnectionTokens.issue(ann.id);
  assert.equal(findRecoverable(hubs, "chat", ann.id, token), undefined);
});
