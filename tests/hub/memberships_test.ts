// The one door of memberships: what it lets in, and what it tells an observer.
import assert from "node:assert/strict";
import { closeByApplication, cutOff, depart } from "../../src/hub/close.ts";
import { expect, miss } from "../../src/hub/connect.ts";
import { addToGroups, removeFromGroups } from "../../src/hub/membership.ts";
import type { MembershipObserver } from "../../src/hub/ports.ts";
import { EVERYBODY } from "../../src/hub/target.ts";
import type { Target } from "../../src/hub/verb.ts";
import { Identity } from "../../src/session/identity.ts";
import { FakeServer } from "../support/fake_hub.ts";
import { OtherClient } from "../support/other_language.ts";

const ALL = ["webpubsub.joinLeaveGroup"];
const HUB: Target = { kind: "hub" };

/** Writes down what it is told; joins wait while `held` is set. */
class Recorder implements MembershipObserver {
  told: string[] = [];
  /** Who came and went. */
  readonly arrivals: string[] = [];
  held: Promise<void> | undefined = undefined;

  expected(member: { connectionId: string }, groups: readonly string[]): void | Promise<void> {
    this.arrivals.push(`${member.connectionId} expected in ${groups.join()}`);
    return this.held;
  }

  missed(member: { connectionId: string }, groups: readonly string[]): void {
    this.arrivals.push(`${member.connectionId} missed in ${groups.join()}`);
  }

  arrived(member: { connectionId: string }, ofUser: number, inHub: number): void {
    this.arrivals.push(`${member.connectionId} came: ${ofUser} of ${inHub}`);
  }

  departed(member: { connectionId: string }, ofUser: number, inHub: number): void {
    this.arrivals.push(`${member.connectionId} went: ${ofUser} of ${inHub}`);
  }

  joined(member: { connectionId: string }, group: string, members: number): void | Promise<void> {
    this.told.push(`${member.connectionId} +${group} ${members}`);
    return this.held;
  }

  left(member: { connectionId: string }, group: string, members: number): void {
    this.told.push(`${member.connectionId} -${group} ${members}`);
  }

  take(): string[] {
    return this.told.splice(0);
  }
}

function observed() {
  const memberships = new Recorder();
  return { memberships, server: new FakeServer({ memberships }) };
}

Deno.test("a client of any language is expected, comes with its groups, or is missed", () => {
  const { memberships, server } = observed();
  const { hubs, hub } = server;
  for (const id of ["ann", "bob"]) {
    const identity = new Identity("chat", id, "u", "localhost");
    assert.equal(expect(hubs, { identity, groups: ["g"] }), undefined);
    if (id === "ann") new OtherClient(hub, id, { userId: "u", groups: ["g"] });
    else miss(hubs, { identity, groups: ["g"] });
  }
  assert.deepEqual(memberships.arrivals, [
    "ann expected in g",
    "ann came: 1 of 1",
    "bob expected in g",
    "bob missed in g",
  ]);
  assert.deepEqual(memberships.take(), ["ann +g 1"]);
});

Deno.test("the observer hears the first and the last member of a group, and how many there are between", () => {
  const { memberships, server } = observed();
  const ann = server.client({ roles: ALL });
  const bob = server.client({ roles: ALL });
  ann.send({ type: "joinGroup", group: "g" });
  bob.send({ type: "joinGroup", group: "g" });
  ann.send({ type: "leaveGroup", group: "g" });
  bob.send({ type: "leaveGroup", group: "g" });
  assert.deepEqual(memberships.take(), ["c1 +g 1", "c2 +g 2", "c1 -g 1", "c2 -g 0"]);
});

Deno.test("what changes nothing is not told", () => {
  const { memberships, server } = observed();
  const ann = server.client({ roles: ALL, groups: ["g"] });
  assert.deepEqual(memberships.take(), ["c1 +g 1"]);
  ann.send({ type: "joinGroup", group: "g" });
  ann.send({ type: "leaveGroup", group: "other" });
  addToGroups(server.hub, HUB, ["g"], EVERYBODY);
  removeFromGroups(server.hub, HUB, ["other"], EVERYBODY);
  assert.deepEqual(memberships.take(), []);
});

Deno.test("every way out of a group is told: of one, of all, closed, gone, and away for too long", async () => {
  const { memberships, server } = observed();
  const { hub } = server;
  server.client({ id: "one", groups: ["g", "h"] });
  server.client({ id: "all", groups: ["g", "h"] });
  server.client({ id: "closed", groups: ["g", "h"] });
  const gone = server.client({ id: "gone", groups: ["g", "h"] });
  const away = server.client({ id: "away", groups: ["g", "h"], reliable: true });
  memberships.take();
  const named = (connectionId: string): Target => ({ kind: "connection", connectionId });

  removeFromGroups(hub, named("one"), ["g"], EVERYBODY);
  removeFromGroups(hub, named("all"), "all", EVERYBODY);
  assert.deepEqual(memberships.take(), ["one -g 4", "all -g 3", "all -h 4"]);
  closeByApplication(hub, named("closed"), EVERYBODY, "");
  cutOff(hub, gone.connection, gone.outlet);
  assert.deepEqual(memberships.take(), ["closed -g 2", "closed -h 3", "gone -g 1", "gone -h 2"]);
  cutOff(hub, away.connection, away.outlet);
  assert.deepEqual(memberships.take(), [], "who may come back is a member");
  await server.platform.advance(60_000);
  assert.deepEqual(memberships.take(), ["away -g 0", "away -h 1"]);
});

Deno.test("users have no memberships: only groups are told", () => {
  const { memberships, server } = observed();
  const ann = server.client({ userId: "ann" });
  cutOff(server.hub, ann.connection, ann.outlet);
  assert.deepEqual(memberships.take(), []);
});

Deno.test("the ack of a join waits for the observer, other frames of the client do not", async () => {
  const { memberships, server } = observed();
  const ann = server.client({ roles: ALL });
  const { promise, resolve } = Promise.withResolvers<void>();
  memberships.held = promise;
  ann.send({ type: "joinGroup", group: "g", ackId: 1 });
  ann.send({ type: "ping" });
  assert.deepEqual(ann.take(), [{ type: "pong" }]);
  assert.equal(server.hub.groups.memberCount("g"), 1, "a member at once");
  resolve();
  await server.platform.settle();
  assert.deepEqual(ann.take(), [{ type: "ack", ackId: 1, success: true }]);
});

Deno.test("a client that goes while its join waits harms nobody", async () => {
  const { memberships, server } = observed();
  const ann = server.client({ roles: ALL });
  const { promise, resolve } = Promise.withResolvers<void>();
  memberships.held = promise;
  ann.send({ type: "joinGroup", group: "g", ackId: 1 });
  cutOff(server.hub, ann.connection, ann.outlet);
  resolve();
  await server.platform.settle();
  assert.deepEqual(ann.take(), []);
  assert.deepEqual(memberships.take(), ["c1 +g 1", "c1 -g 0"]);
});

Deno.test("a join of many waits for each of them", async () => {
  const { memberships, server } = observed();
  server.client();
  server.client();
  const { promise, resolve } = Promise.withResolvers<void>();
  memberships.held = promise;
  let outcome: string | undefined;
  void Promise.resolve(addToGroups(server.hub, HUB, ["g", "h"], EVERYBODY))
    .then((known) => outcome = known);
  await server.platform.settle();
  assert.equal(outcome, undefined);
  resolve();
  await server.platform.settle();
  assert.equal(outcome, "done");
  assert.equal(memberships.take().length, 4);
});

Deno.test("without an observer the answer is there at once", () => {
  const server = new FakeServer();
  const ann = server.client();
  assert.equal(server.hub.join(ann.connection, "g"), "joined");
  assert.equal(server.hub.join(ann.connection, "g"), "already");
  assert.equal(server.hub.leave(ann.connection, "g"), true);
  assert.equal(server.hub.leave(ann.connection, "g"), false);
});

Deno.test("a hub without room for a group refuses it from everybody, and what exists goes on", () => {
  const server = new FakeServer({ maxGroupsInHub: 2 });
  const ann = server.client({ groups: ["a", "b"] });
  const bob = server.client();
  assert.equal(server.hub.join(bob.connection, "c"), "full");
  assert.equal(server.hub.join(bob.connection, "a"), "joined");
  server.hub.leave(ann.connection, "b");
  assert.equal(server.hub.join(bob.connection, "c"), "joined", "the last member made room");
});

for (
  const who of [
    { kind: "connection", connectionId: "c2" },
    { kind: "user", userId: "bob" },
    { kind: "group", group: "a" },
    HUB,
  ] as const
) {
  Deno.test(`adding a ${who.kind} to groups for which the hub has no room changes nothing`, () => {
    const { hub } = fullHub();
    assert.equal(addToGroups(hub, who, ["a", "c", "d"], EVERYBODY), "full");
    assert.deepEqual([...hub.groups.groupNames()], ["a", "b"]);
    assert.equal(hub.groups.memberCount("a"), 2);
    assert.equal(addToGroups(hub, who, ["b", "c"], EVERYBODY), "done");
    assert.equal(hub.groups.memberCount("c") > 0, true, "one more has room");
  });
}

Deno.test("a full hub refuses nothing to nobody", () => {
  const { hub } = fullHub();
  const nobody = { excluded: new Set(["c1", "c2", "c3"]), filter: undefined };
  assert.equal(addToGroups(hub, HUB, ["c", "d"], nobody), "done");
  const stranger = { kind: "user", userId: "eve" } as const;
  assert.equal(addToGroups(hub, stranger, ["c", "d"], EVERYBODY), "absent");
});

/** Two groups of at most three, three connections. */
function fullHub(): FakeServer {
  const server = new FakeServer({ maxGroupsInHub: 3 });
  server.client({ groups: ["a", "b"] });
  server.client({ userId: "bob", groups: ["a"] });
  server.client({ userId: "bob" });
  return server;
}

Deno.test("a connection that has room for some of the groups gets none of them", () => {
  const server = new FakeServer({ maxGroups: 2 });
  const ann = server.client({ groups: ["a"] });
  const who = { kind: "connection", connectionId: "c1" } as const;
  assert.equal(addToGroups(server.hub, who, ["b", "c"], EVERYBODY), "tooMany");
  assert.deepEqual(server.hub.groups.groupsOf(ann.connection.slot), ["a"]);
  assert.equal(addToGroups(server.hub, who, ["a", "b"], EVERYBODY), "done", "it is in one of them");
});

Deno.test("the observer hears the first and the last connection of a user and of a hub", () => {
  const { memberships, server } = observed();
  const ann = server.client({ userId: "ann" });
  const again = server.client({ userId: "ann" });
  const nobody = server.client();
  for (const { hub, connection } of [ann, nobody, again]) {
    depart(hub, connection, "serverShutdown");
  }
  assert.deepEqual(memberships.arrivals, [
    "c1 came: 1 of 1",
    "c2 came: 2 of 2",
    "c3 came: 0 of 3",
    "c1 went: 1 of 2",
    "c3 went: 0 of 1",
    "c2 went: 0 of 0",
  ]);
});

Deno.test("who goes has left its groups before", () => {
  const { memberships, server } = observed();
  const { hub, connection } = server.client({ groups: ["g"] });
  memberships.departed = () => assert.equal(memberships.take().at(-1), "c1 -g 0");
  depart(hub, connection, "serverShutdown");
  assert.deepEqual(memberships.told, []);
});
