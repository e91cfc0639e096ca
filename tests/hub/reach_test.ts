// Every verb and every question, about hubs, users, groups and connections that exist and that do not.
import assert from "node:assert/strict";
import type { Outcome, Target, Verb } from "../../src/hub/verb.ts";
import { NOBODY } from "../../src/hub/verb.ts";
import { FakeServer } from "../support/fake_hub.ts";

const hub: Target = { kind: "hub" };
const group = (name: string): Target => ({ kind: "group", group: name });
const user = (userId: string): Target => ({ kind: "user", userId });
const one = (connectionId: string): Target => ({ kind: "connection", connectionId });

/** Ann twice, of whom the first is in `g`, and Bob, who is in `g` too. */
function people(options: ConstructorParameters<typeof FakeServer>[0] = {}) {
  const server = new FakeServer(options);
  const clients = {
    ann1: server.client({ id: "ann1", userId: "ann", groups: ["g"] }),
    ann2: server.client({ id: "ann2", userId: "ann" }),
    bob: server.client({ id: "bob", userId: "bob", groups: ["g"] }),
  };
  return { server, reach: server.reach, clients };
}

const content = {
  payload: { kind: "text", text: "x" },
  metadata: undefined,
  ttlSeconds: 0,
} as const;

const EVERYONE = ["ann1", "ann2", "bob"];
const TARGETS: readonly (readonly [what: string, target: Target, ids: readonly string[]])[] = [
  ["a hub", hub, EVERYONE],
  ["a group", group("g"), ["ann1", "bob"]],
  ["a group that does not exist", group("none"), []],
  ["a user", user("ann"), ["ann1", "ann2"]],
  ["a user who does not exist", user("eve"), []],
  ["a connection", one("ann2"), ["ann2"]],
  ["a connection that does not exist", one("none"), []],
];

const EXCEPTS = [
  { except: NOBODY, left: EVERYONE },
  { except: { connectionIds: ["ann1", "none"], filter: undefined }, left: ["ann2", "bob"] },
  { except: { connectionIds: [], filter: "userId eq 'ann'" }, left: ["ann1", "ann2"] },
  { except: { connectionIds: ["ann2"], filter: "not ('g' in groups)" }, left: [] },
] as const;

for (const [what, target, ids] of TARGETS) {
  const chosen = (left: readonly string[]) => ids.filter((id) => left.includes(id));

  Deno.test(`send reaches ${what} but for those left out`, () => {
    for (const { except, left } of EXCEPTS) {
      const { reach, clients } = people();
      const verb = {
        do: "send",
        hub: "chat",
        to: target,
        content,
        except,
        from: undefined,
      } as const;
      assert.equal(reach.perform(verb), "done");
      const reached = Object.entries(clients).filter(([, client]) => client.take().length > 0);
      assert.deepEqual(reached.map(([id]) => id), chosen(left));
    }
  });

  Deno.test(`close ends ${what} but for those left out`, () => {
    for (const { except, left } of EXCEPTS) {
      const { reach, clients } = people();
      const verb = { do: "close", hub: "chat", who: target, except, reason: "bye" } as const;
      assert.equal(reach.perform(verb), "done");
      const ended = Object.entries(clients).filter(([, { outlet }]) => outlet.closeCode === 1000);
      assert.deepEqual(ended.map(([id]) => id), chosen(left));
    }
  });

  Deno.test(`join and leave change the groups of ${what} whom the filter matches`, () => {
    for (const filter of [undefined, "userId eq 'ann'"]) {
      const left = filter === undefined ? EVERYONE : ["ann1", "ann2"];
      const { server, reach } = people();
      const about = { hub: "chat", who: target, filter } as const;
      const isNamed = target.kind === "user" || target.kind === "connection";
      const outcome = reach.perform({ do: "join", ...about, groups: ["new", "g"] });
      assert.equal(outcome, isNamed && ids.length === 0 ? "absent" : "done");
      const members = () =>
        server.hub.membersOf(server.hub.groups, "new").map(({ id }) => id).sort();
      assert.deepEqual(members(), chosen(left));
      assert.equal(reach.perform({ do: "leave", ...about, groups: ["new"] }), "done");
      assert.deepEqual(members(), []);
      assert.equal(reach.perform({ do: "leave", ...about, groups: "all" }), "done");
      if (target.kind !== "group") {
        const idle = server.hub.membersOf(server.hub.groups, "g").map(({ id }) => id);
        assert.deepEqual(idle.filter((id) => chosen(left).includes(id)), []);
      }
    }
  });

  Deno.test(`exists: ${what}`, () => {
    const { reach } = people();
    assert.equal(reach.ask({ ask: "exists", hub: "chat", who: target }), ids.length > 0);
    assert.equal(reach.ask({ ask: "exists", hub: "nowhere", who: target }), false);
  });
}

const IN_NO_HUB: readonly (readonly [verb: Verb, outcome: Outcome])[] = [
  ...[hub, group("g"), user("ann"), one("ann1")].flatMap((who): [Verb, Outcome][] => [
    [{ do: "send", hub: "no", to: who, content, except: NOBODY, from: undefined }, "done"],
    [{ do: "close", hub: "no", who, except: NOBODY, reason: "" }, "done"],
    [
      { do: "join", hub: "no", who, filter: undefined, groups: ["g"] },
      who.kind === "user" || who.kind === "connection" ? "absent" : "done",
    ],
    [{ do: "leave", hub: "no", who, filter: undefined, groups: "all" }, "done"],
  ]),
  ...(["grant", "revoke"] as const).map((what): [Verb, Outcome] => [
    { do: what, hub: "no", connectionId: "ann1", permission: "sendToGroup", group: "g" },
    "absent",
  ]),
];

Deno.test("an unknown hub has nobody in it, and no verb makes it exist", () => {
  const { server, reach } = people();
  for (const [verb, outcome] of IN_NO_HUB) {
    assert.equal(reach.perform(verb), outcome, JSON.stringify(verb));
  }
  assert.equal(server.hubs.find("no"), undefined);
});

Deno.test("hub names match in any letter case", () => {
  const { reach } = people();
  assert.equal(reach.ask({ ask: "exists", hub: "CHAT", who: hub }), true);
});

Deno.test("verbs and questions survive the way through JSON", () => {
  const { reach, clients } = people();
  const verb: Verb = {
    do: "send",
    hub: "chat",
    to: group("g"),
    content,
    except: { connectionIds: ["bob"], filter: "userId eq 'ann'" },
    from: { userId: "eve" },
  };
  assert.equal(reach.perform(JSON.parse(JSON.stringify(verb))), "done");
  assert.deepEqual(clients.bob.take(), []);
  assert.deepEqual(clients.ann1.take(), [{
    type: "message",
    from: "group",
    group: "g",
    fromUserId: "eve",
    dataType: "text",
    data: "x",
  }]);
});

Deno.test("grants and revocations are in force at once, for one connection and one group", () => {
  const { reach } = people();
  const about = (connectionId: string, name: string) =>
    ({ hub: "chat", connectionId, permission: "sendToGroup", group: name }) as const;
  const may = (connectionId: string, name: string) =>
    reach.ask({ ask: "may", ...about(connectionId, name) });
  assert.equal(may("ann1", "g"), false, "membership gives no permission");
  assert.equal(reach.perform({ do: "grant", ...about("ann1", "g") }), "done");
  assert.deepEqual([may("ann1", "g"), may("ann1", "h"), may("ann2", "g")], [true, false, false]);
  assert.equal(reach.perform({ do: "revoke", ...about("ann1", "g") }), "done");
  assert.equal(may("ann1", "g"), false);
  assert.equal(reach.perform({ do: "grant", ...about("none", "g") }), "absent");
  assert.equal(reach.perform({ do: "revoke", ...about("none", "g") }), "absent");
  assert.equal(may("none", "g"), false);
  assert.equal(reach.ask({ ask: "may", ...about("ann1", "g"), hub: "no" }), false);
});

Deno.test("a connection with all the rules it may have is a conflict", () => {
  const { reach } = people();
  const grant = (name: string) =>
    reach.perform({
      do: "grant",
      hub: "chat",
      connectionId: "bob",
      permission: "joinLeaveGroup",
      group: name,
    });
  let granted = 0;
  while (grant(`g${granted}`) === "done") granted++;
  assert.equal(grant("another"), "conflict");
  assert.equal(grant("g0"), "done", "what it has already is no more");
});

Deno.test("bounds of joins are outcomes, and nothing has changed", () => {
  const bounded = people({ maxGroups: 2 });
  const join = (who: Target, groups: string[]): Verb => ({
    do: "join",
    hub: "chat",
    who,
    filter: undefined,
    groups,
  });
  assert.equal(bounded.reach.perform(join(user("ann"), ["a", "b"])), "tooMany");
  assert.equal(bounded.reach.perform(join(hub, ["a", "b", "c"])), "tooMany");
  const full = people({ maxGroupsInHub: 1 });
  assert.equal(full.reach.perform(join(hub, ["a"])), "full");
  for (const { server } of [bounded, full]) {
    assert.deepEqual([...server.hub.groups.groupNames()], ["g"]);
  }
});

Deno.test("members come in the order of their ids, page by page", () => {
  const { reach } = people();
  const ask = (after: string, limit: number, name = "g", hubName = "chat") =>
    reach.ask({ ask: "members", hub: hubName, group: name, after, limit });
  const ann = { connectionId: "ann1", userId: "ann" };
  const bob = { connectionId: "bob", userId: "bob" };
  assert.deepEqual(ask("", 2), { members: [ann, bob], more: false });
  assert.deepEqual(ask("", 1), { members: [ann], more: true });
  assert.deepEqual(ask("ann1", 1), { members: [bob], more: false });
  assert.deepEqual(ask("bob", 1), { members: [], more: false });
  assert.deepEqual(ask("", 1, "none"), { members: [], more: false });
  assert.deepEqual(ask("", 1, "g", "no"), { members: [], more: false });
});

Deno.test("a filter is judged by whoever lets it in: one that is none is a fault here", () => {
  const { reach, clients } = people();
  const except = { connectionIds: [], filter: "userId eq" };
  const send = { do: "send", hub: "chat", to: hub, content, except, from: undefined } as const;
  assert.throws(() => reach.perform(send), TypeError);
  assert.deepEqual(clients.bob.take(), []);
});

Deno.test("a send waits for receivers that are behind, then is done; one to others does not", async () => {
  const { server, reach, clients } = people();
  server.hub.congestion.queueHigh(clients.bob.connection);
  const send = { do: "send", hub: "chat", content, except: NOBODY, from: undefined } as const;
  const waiting = reach.perform({ ...send, to: group("g") });
  assert.equal(reach.perform({ ...send, to: one("ann2") }), "done", "it concerns others");
  server.hub.congestion.queueLow(clients.bob.connection);
  assert.equal(await waiting, "done");
  assert.equal(clients.bob.take().length, 1);
});
