// The loop of deliveries: each member once, those left out never, and what fails concerns one receiver alone.
import assert from "node:assert/strict";
import { deliverTo, fanOutToHub, fanOutToMembers, NO_SLOT } from "../../src/hub/fan_out.ts";
import { EVERYBODY } from "../../src/hub/target.ts";
import { Outgoing } from "../../src/session/outgoing.ts";
import { type FakeClient, FakeServer } from "../support/fake_hub.ts";

function outgoing(text = "x"): Outgoing {
  return new Outgoing({
    type: "message",
    group: "g",
    fromUserId: undefined,
    payload: { kind: "text", text },
    metadata: undefined,
  }, 0);
}

/** Three members and a stranger. */
function scene(options: ConstructorParameters<typeof FakeServer>[0] = {}) {
  const server = new FakeServer(options);
  const members = [1, 2, 3].map(() => server.client({ groups: ["g"] }));
  return { server, hub: server.hub, members, stranger: server.client() };
}

const counts = (clients: readonly FakeClient[]) => clients.map((client) => client.take().length);

Deno.test("each member gets it once, a stranger not", () => {
  const { hub, members, stranger } = scene();
  fanOutToMembers(hub, hub.groups.membersOf("g"), outgoing(), NO_SLOT, undefined);
  assert.deepEqual(counts([...members, stranger]), [1, 1, 1, 0]);
});

Deno.test("the sender's slot is left out, and nobody's slot leaves out nobody", () => {
  const { hub, members } = scene();
  const slot = members[1]?.connection.slot ?? NO_SLOT;
  fanOutToMembers(hub, hub.groups.membersOf("g"), outgoing(), slot, EVERYBODY);
  assert.deepEqual(counts(members), [1, 0, 1]);
});

Deno.test("a hub's fan-out reaches all but those that the selection leaves out", () => {
  const { hub, members, stranger } = scene();
  fanOutToHub(hub, outgoing(), { excluded: new Set(["c1"]), filter: undefined });
  assert.deepEqual(counts([...members, stranger]), [0, 1, 1, 1]);
});

Deno.test("a group without members takes no effort", () => {
  const { hub, members } = scene();
  fanOutToMembers(hub, hub.groups.membersOf("none"), outgoing(), NO_SLOT, undefined);
  assert.deepEqual(counts(members), [0, 0, 0]);
});

Deno.test("a receiver whose socket throws ends alone; those behind it get the message", () => {
  const { hub, members } = scene();
  const [first] = members;
  assert(first !== undefined);
  first.outlet.send = () => {
    throw new Error("broken");
  };
  fanOutToMembers(hub, hub.groups.membersOf("g"), outgoing(), NO_SLOT, undefined);
  assert.equal(first.outlet.closeCode, 1011);
  assert.deepEqual(counts(members), [0, 1, 1]);
  assert.equal(hub.groups.memberCount("g"), 2);
});

Deno.test("receivers whose replay buffer is full end after the loop, which nobody else notices", () => {
  const { server, hub, members } = scene({ bounds: { messages: 1, bytes: 1000 } });
  const reliable = [1, 2].map(() => server.client({ groups: ["g"], reliable: true }));
  const last = server.client({ groups: ["g"] });
  for (const word of ["fits", "does not"]) {
    fanOutToMembers(hub, hub.groups.membersOf("g"), outgoing(word), NO_SLOT, undefined);
  }
  assert.deepEqual(reliable.map(({ outlet }) => outlet.closeCode), [1008, 1008]);
  assert.deepEqual(counts([...members, last]), [2, 2, 2, 2]);
  assert.equal(server.counters.ended.replayBufferFull.value, 2);
});

Deno.test("a single delivery ends its receiver when there is no room", () => {
  const { server, hub } = scene({ bounds: { messages: 1, bytes: 1000 } });
  const reliable = server.client({ reliable: true });
  deliverTo(hub, reliable.connection, outgoing());
  assert.equal(reliable.outlet.closedWith, undefined);
  deliverTo(hub, reliable.connection, outgoing());
  assert.equal(reliable.outlet.closeCode, 1008);
});
