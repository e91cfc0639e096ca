// What goes to other nodes, when, and what their word means here.
import assert from "node:assert/strict";
import { NOBODY, type Outcome, type SendVerb, type Verb } from "../../src/hub/verb.ts";
import { newConnectionId } from "../../src/hub/connect.ts";
import { REST_HOLD_MS } from "../../src/limits.ts";
import { FakeServer } from "../support/fake_hub.ts";
import { MemoryBackplane } from "../support/memory_backplane.ts";

/** Writes down what is to go to the others, and says what came of it. */
class Recorder extends MemoryBackplane {
  readonly spreads: [verb: Verb, here: Outcome][] = [];
  answer: Outcome | Promise<Outcome> = "done";

  constructor() {
    super("n1", []);
  }

  override spread(verb: Verb, here: Outcome): Promise<Outcome> {
    this.spreads.push([verb, here]);
    return this.answer as Promise<Outcome>;
  }
}

const ROLES = ["webpubsub.sendToGroup"];
const PUBLISH = { type: "sendToGroup", group: "g", dataType: "text", data: "x", ackId: 1 };
const FRAME = { type: "message", from: "group", group: "g", dataType: "text", data: "x" };

const SEND: SendVerb = {
  do: "send",
  hub: "chat",
  to: { kind: "group", group: "g" },
  content: { payload: { kind: "text", text: "x" }, metadata: undefined, ttlSeconds: 0 },
  except: NOBODY,
  from: undefined,
};

function node() {
  const backplane = new Recorder();
  return { backplane, server: new FakeServer({ backplane }) };
}

Deno.test("a client's publish goes to the others as a send, without its sender when there is no echo", () => {
  const { backplane, server } = node();
  const ann = server.client({ userId: "ann", roles: ROLES });
  ann.send(PUBLISH);
  ann.send({ ...PUBLISH, ackId: 2, noEcho: true });
  const sent: SendVerb = { ...SEND, from: { userId: "ann" } };
  assert.deepEqual(backplane.spreads, [
    [sent, "done"],
    [{ ...sent, except: { connectionIds: ["c1"], filter: undefined } }, "done"],
  ]);
});

Deno.test("what a client may not publish goes nowhere", () => {
  const { backplane, server } = node();
  server.client().send(PUBLISH);
  assert.deepEqual(backplane.spreads, []);
});

Deno.test("an ack waits until the message is with the others; so does the next frame", async () => {
  const { backplane, server } = node();
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  backplane.answer = promise;
  const ann = server.client({ roles: ROLES });
  ann.send(PUBLISH);
  ann.send({ type: "ping" });
  assert.deepEqual(ann.take(), []);
  resolve("done");
  await settled();
  assert.deepEqual(ann.take(), [{ type: "ack", ackId: 1, success: true }, { type: "pong" }]);
});

Deno.test("a publish that the others may not have fails, and may be repeated with its ackId", async () => {
  const { backplane, server } = node();
  const ann = server.client({ roles: ROLES });
  const bob = server.client({ groups: ["g"] });
  for (const answer of ["behind", Promise.resolve<Outcome>("behind")]) {
    backplane.answer = answer as Outcome | Promise<Outcome>;
    ann.send(PUBLISH);
    await settled();
    const [{ success, error }] = ann.take() as [{ success: boolean; error: { name: string } }];
    assert.deepEqual([success, error.name], [false, "InternalServerError"]);
    assert.equal(bob.take().length, 1, "members here have it");
  }
  backplane.answer = "done";
  ann.send(PUBLISH);
  assert.deepEqual(ann.take(), [{ type: "ack", ackId: 1, success: true }]);
});

Deno.test("a message goes to the others when receivers here have caught up, not before", async () => {
  const { backplane, server } = node();
  const ann = server.client({ roles: ROLES });
  const bob = server.client({ groups: ["g"] });
  server.hub.congestion.queueHigh(bob.connection);
  ann.send(PUBLISH);
  assert.deepEqual(backplane.spreads, []);
  server.hub.congestion.queueLow(bob.connection);
  await settled();
  assert.equal(backplane.spreads.length, 1);
});

Deno.test("a message that was given up here goes to nobody elsewhere", async () => {
  const { backplane, server } = node();
  const bob = server.client({ groups: ["g"] });
  server.hub.congestion.queueHigh(bob.connection);
  const outcome = server.reach.perform(SEND);
  server.platform.advance(REST_HOLD_MS);
  assert.equal(await outcome, "behind");
  assert.deepEqual(backplane.spreads, []);
});

Deno.test("a verb for somebody who is not here goes to the others before anybody is told that he is absent", async () => {
  const { backplane, server } = node();
  const join = {
    do: "join",
    hub: "chat",
    who: { kind: "user", userId: "bob" },
    filter: undefined,
    groups: ["g"],
  } as const;
  assert.equal(server.reach.perform(join), "done");
  assert.deepEqual(backplane.spreads, [[join, "absent"]]);
  backplane.answer = Promise.resolve("absent");
  assert.equal(await server.reach.perform(join), "absent");
});

Deno.test("what others ask of this node goes no further", () => {
  const { backplane, server } = node();
  const bob = server.client({ groups: ["g"] });
  assert.equal(server.reach.performHere(SEND), "done");
  const { from: _, ...frame } = FRAME;
  assert.deepEqual(bob.take(), [{ ...frame, from: "group" }]);
  const who = { kind: "connection", connectionId: "elsewhere" } as const;
  assert.equal(server.reach.askHere({ ask: "exists", hub: "chat", who }), false);
  assert.deepEqual(backplane.spreads, []);
});

Deno.test("the id of a connection names its node, and says nothing where a node is alone", () => {
  assert.match(newConnectionId(node().server.hubs), /^n1\.[0-9a-f]{32}$/);
  assert.match(newConnectionId(new FakeServer().hubs), /^[0-9a-f]{32}$/);
});

/** All that waited for something that has come is done. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
