import assert from "node:assert/strict";
import { Permissions } from "../../src/auth/permissions.ts";
import { compileRoles } from "../../src/auth/roles.ts";
import { jsonCodec } from "../../src/protocol/json.ts";
import { rawCodec } from "../../src/protocol/raw.ts";
import { Connection } from "../../src/session/connection.ts";
import { Identity } from "../../src/session/identity.ts";
import { Inbox } from "../../src/session/inbox.ts";
import { ReplayBuffer } from "../../src/session/replay_buffer.ts";
import { FakeOutlet } from "../support/fake_outlet.ts";

function open(codec = jsonCodec, replay?: ReplayBuffer) {
  const outlet = new FakeOutlet();
  const identity = new Identity("h", "c", undefined, "");
  const permissions = new Permissions(compileRoles([]));
  return { connection: new Connection(identity, 0, codec, permissions, outlet, replay), outlet };
}

Deno.test("dismissed by the application: the message has the words, the close frame has none", () => {
  const { connection, outlet } = open();
  connection.dismiss("applicationClosed", "words");
  assert.deepEqual(outlet.take(), [{ type: "system", event: "disconnected", message: "words" }]);
  assert.deepEqual(outlet.closedWith, { code: 1000, reason: "" });
  assert.equal(connection.phase, "ended");
});

Deno.test("dismissed for a mistake: the close frame has the words, there is no message", () => {
  const { connection, outlet } = open();
  connection.dismiss("malformedFrame", "words");
  assert.deepEqual(outlet.take(), []);
  assert.deepEqual(outlet.closedWith, { code: 1007, reason: "words" });
});

Deno.test("a simple client has no messages of the system: it gets the close frame alone", () => {
  const { connection, outlet } = open(rawCodec({ kind: "sendEvent" }));
  connection.dismiss("serverShutdown", "words");
  assert.deepEqual(outlet.take(), []);
  assert.deepEqual(outlet.closedWith, { code: 1001, reason: "words" });
});

Deno.test("where the client has ended the socket itself no frame is sent", () => {
  for (const end of ["clientClosed", "clientLeft", "cut", "recoveryExpired"] as const) {
    const { connection, outlet } = open();
    connection.dismiss(end, "words");
    assert.deepEqual([outlet.closedWith, outlet.dropped], [undefined, false]);
    assert.equal(connection.phase, "ended");
  }
});

Deno.test("dismissed while away: nobody is told, it has ended", () => {
  const { connection, outlet } = open(jsonCodec, new ReplayBuffer());
  connection.cut();
  connection.dismiss("applicationClosed", "words");
  assert.deepEqual([outlet.take(), outlet.closedWith], [[], undefined]);
  assert.equal(connection.phase, "ended");
});

Deno.test("it is idle at once when nothing waits, else when the last command is done", () => {
  const { connection } = open();
  const ran: string[] = [];
  connection.whenIdle(() => ran.push("at once"));
  assert.deepEqual(ran, ["at once"]);
  const inbox = connection.inbox = new Inbox();
  inbox.offer({ type: "ping" }, 15);
  connection.whenIdle(() => ran.push("later"));
  inbox.take();
  assert.deepEqual(ran, ["at once"]);
  inbox.take();
  assert.deepEqual(ran, ["at once", "later"]);
});

Deno.test("what is abandoned never comes to an end: the pending command is told, nothing is carried out", () => {
  const { connection } = open();
  connection.abandon();
  const inbox = connection.inbox = new Inbox();
  inbox.offer({ type: "ping" }, 15);
  connection.whenIdle(() => assert.fail("it is abandoned"));
  connection.abandon();
  assert.equal(inbox.signal.aborted, true);
  assert.equal(inbox.take(), undefined);
});
