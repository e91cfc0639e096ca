// What a client may do in its hub, whatever its language.
import assert from "node:assert/strict";
import { join, leave, publish, raise } from "../../src/hub/act.ts";
import { depart } from "../../src/hub/close.ts";
import { noUpstream } from "../support/no_upstream.ts";
import { FakeServer } from "../support/fake_hub.ts";

const ROLES = ["webpubsub.joinLeaveGroup.g", "webpubsub.sendToGroup.g"];
const CONTENT = {
  payload: { kind: "text", text: "hi" },
  metadata: undefined,
  ttlSeconds: 0,
} as const;

Deno.test("joining twice is no fault, and neither is leaving a group that one is not in", () => {
  const { hub, connection } = new FakeServer().client({ roles: ROLES });
  assert.equal(join(hub, connection, "g"), "joined");
  assert.equal(join(hub, connection, "g"), "already");
  assert.equal(leave(hub, connection, "g"), "done");
  assert.equal(leave(hub, connection, "g"), "done");
  assert.equal(hub.groups.isMember(connection.slot, "g"), false);
});

Deno.test("without permission nothing is done", () => {
  const { hub, connection } = new FakeServer().client({ roles: ROLES, groups: ["h"] });
  assert.equal(join(hub, connection, "other"), "forbidden");
  assert.equal(leave(hub, connection, "h"), "forbidden");
  assert.equal(publish(hub, connection, "h", CONTENT, false), "forbidden");
  assert.equal(hub.groups.isMember(connection.slot, "other"), false);
  assert.equal(hub.groups.isMember(connection.slot, "h"), true);
});

Deno.test("a client in as many groups as it may be joins no other", () => {
  const { hub, connection } = new FakeServer({ maxGroups: 1 }).client({
    roles: ROLES,
    groups: ["h"],
  });
  assert.equal(join(hub, connection, "g"), "tooMany");
});

Deno.test("a client that has said goodbye joins nothing: its slot may be somebody else's", () => {
  const server = new FakeServer();
  const { hub, connection } = server.client({ roles: ROLES });
  depart(hub, connection, "applicationClosed");
  const heir = server.client();
  assert.equal(join(hub, connection, "g"), "gone");
  assert.equal(leave(hub, connection, "g"), "gone");
  assert.equal(heir.hub.groups.isMember(heir.connection.slot, "g"), false);
});

Deno.test("a publish reaches the members; with noEcho, all but the one that sent it", () => {
  const server = new FakeServer();
  const sender = server.client({ roles: ROLES, groups: ["g"] });
  const other = server.client({ groups: ["g"] });
  assert.equal(publish(sender.hub, sender.connection, "g", CONTENT, true), "done");
  assert.deepEqual([sender.take().length, other.take().length], [0, 1]);
  assert.equal(publish(sender.hub, sender.connection, "g", CONTENT, false), "done");
  assert.deepEqual([sender.take().length, other.take().length], [1, 1]);
});

Deno.test("events of a client are numbered; the answer is whatever the handler says", async () => {
  const ids: number[] = [];
  const answer = { kind: "failed", why: "timedOut" } as const;
  const upstream = {
    ...noUpstream,
    userEvent: (_source: unknown, id: number) => {
      ids.push(id);
      return Promise.resolve(answer);
    },
  };
  const { hub, connection } = new FakeServer({ upstream }).client();
  const request = {
    contentType: "text/plain",
    body: "hi",
    headers: undefined,
    readsRefusals: false,
  };
  const { signal } = new AbortController();
  assert.equal(await raise(hub, connection, "say", request, signal), answer);
  await raise(hub, connection, "say", request, signal);
  assert.equal((ids[1] ?? 0) - (ids[0] ?? 0), 1);
});
