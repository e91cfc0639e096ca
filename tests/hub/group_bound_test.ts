// How many groups one connection may be in, by whatever door it comes.
import assert from "node:assert/strict";
import { addToGroups } from "../../src/hub/membership.ts";
import { EVERYBODY } from "../../src/hub/target.ts";
import type { Target } from "../../src/hub/verb.ts";
import { FakeServer } from "../support/fake_hub.ts";

const ALL = ["webpubsub.joinLeaveGroup"];
const MESSAGE = "A connection can be in at most 2 groups.";

Deno.test("a join beyond the bound is a BadRequest, and the connection stays where it is", () => {
  const server = new FakeServer({ maxGroups: 2 });
  const ann = server.client({ roles: ALL, groups: ["a"] });
  ann.send({ type: "joinGroup", group: "b", ackId: 1 });
  ann.send({ type: "joinGroup", group: "c", ackId: 2 });
  assert.deepEqual(ann.take(), [
    { type: "ack", ackId: 1, success: true },
    { type: "ack", ackId: 2, success: false, error: { name: "BadRequest", message: MESSAGE } },
  ]);
  assert.deepEqual(server.hub.groups.groupsOf(ann.connection.slot).sort(), ["a", "b"]);
  assert.equal(server.counters.get("groupsPerConnectionReached"), 1);
});

Deno.test("at the bound a group it is in may be joined again, and leaving one makes room", () => {
  const server = new FakeServer({ maxGroups: 2 });
  const ann = server.client({ roles: ALL, groups: ["a", "b"] });
  ann.send({ type: "joinGroup", group: "a", ackId: 1 });
  ann.send({ type: "leaveGroup", group: "b", ackId: 2 });
  ann.send({ type: "joinGroup", group: "c", ackId: 3 });
  assert.deepEqual(ann.take(), [1, 2, 3].map((ackId) => ({ type: "ack", ackId, success: true })));
});

Deno.test("0 is no bound", () => {
  const server = new FakeServer({ maxGroups: 0 });
  const ann = server.client({ roles: ALL });
  for (let i = 0; i < 2000; i++) ann.send({ type: "joinGroup", group: `g${i}` });
  assert.equal(server.hub.groups.groupCountOf(ann.connection.slot), 2000);
});

Deno.test("the bound holds for what the application adds too, and a refused call changes nothing", () => {
  const server = new FakeServer({ maxGroups: 2 });
  server.client({ id: "full", userId: "ann", groups: ["a", "b"] });
  const other = server.client({ id: "other", userId: "ann" });
  const add = (who: Target, group: string) => addToGroups(server.hub, who, [group], EVERYBODY);
  const full = { kind: "connection", connectionId: "full" } as const;
  assert.equal(add(full, "c"), "tooMany");
  assert.equal(add(full, "a"), "done");
  assert.equal(add({ kind: "connection", connectionId: "nobody" }, "c"), "absent");
  // The user's other connection has room, but the call is one.
  assert.equal(add({ kind: "user", userId: "ann" }, "c"), "tooMany");
  assert.deepEqual(server.hub.groups.groupsOf(other.connection.slot), []);
  assert.equal(server.counters.get("groupsPerConnectionReached"), 2);
});

Deno.test("a client that filled itself up does not spoil a call for all", () => {
  const server = new FakeServer({ maxGroups: 2 });
  server.client({ groups: ["a", "b"] });
  const other = server.client();
  const addToAll = (groups: string[]) =>
    addToGroups(server.hub, { kind: "hub" }, groups, EVERYBODY);
  assert.equal(addToAll(["c", "d"]), "done");
  assert.deepEqual(server.hub.groups.groupsOf(other.connection.slot).sort(), ["c", "d"]);
  // Nobody could be in three.
  assert.equal(addToAll(["e", "f", "g"]), "tooMany");
  assert.equal(server.hub.groups.memberCount("e"), 0);
});
