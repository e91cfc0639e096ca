// What the socket of a client means to the hub, shown with a client of a made-up language.
import assert from "node:assert/strict";
import { SocketListener } from "../../src/hub/socket_listener.ts";
import { FakeServer } from "../support/fake_hub.ts";
import { FakeSocket } from "../support/fake_socket.ts";
import { OtherClient } from "../support/other_language.ts";
import { RecordedLog } from "../support/recorded_log.ts";

class Listener extends SocketListener<OtherClient> {
  opened(): void {
    this.client.heard.push("opened");
  }

  message(data: string | Uint8Array): void {
    this.client.heard.push(`message ${data}`);
  }
}

/** A client with its socket, and a socket that it has left. */
function scene({ reliable = false } = {}) {
  const log = new RecordedLog();
  const { hub } = new FakeServer({ log });
  const [socket, left] = [new FakeSocket(), new FakeSocket()];
  const client = new OtherClient(hub, "ann", { reliable, outlet: socket });
  return {
    hub,
    log,
    client,
    socket,
    left,
    listener: new Listener(hub, client, socket),
    stale: new Listener(hub, client, left),
  };
}

Deno.test("opening and messages are the language's own", () => {
  const { client, listener } = scene();
  listener.opened();
  listener.message("hi");
  assert.deepEqual(client.heard, ["opened", "message hi"]);
});

Deno.test("a goodbye ends the client, and so does a break", () => {
  const one = scene();
  one.listener.closed(1000, "bye");
  assert.deepEqual(one.client.heard, ["clientClosed: bye", "finishes"]);
  const two = scene();
  two.listener.broken();
  assert.equal(two.client.heard[0], "cut: The client disconnected unexpectedly.");
});

const VIOLATIONS = [
  [1002, "framingViolated"],
  [1007, "malformedFrame"],
  [1009, "messageTooLarge"],
] as const;

for (const [code, end] of VIOLATIONS) {
  Deno.test(`broken framing with ${code} ends as ${end}; the operator reads what was wrong`, () => {
    const { client, listener, log } = scene();
    listener.violated(code, "a reserved bit is set");
    assert.equal(client.heard[0]?.split(":")[0], end);
    const line = log.lines.find(({ message }) => message === "Connection ended");
    assert.deepEqual([line?.reason, line?.problem], [end, "a reserved bit is set"]);
  });
}

Deno.test("who takes nothing is ended", () => {
  const { client, listener, socket } = scene();
  listener.stuck(17);
  assert.equal(client.heard[0], "slowConsumer: The outbound message queue is full.");
  assert.equal(socket.dropped, false);
});

Deno.test("who takes nothing and may come back is away, without the socket that stands still", () => {
  const { client, listener, socket } = scene({ reliable: true });
  listener.stuck(17);
  assert.deepEqual([client.phase, socket.dropped], ["away", true]);
});

Deno.test("a high queue puts the client behind until it is low again", () => {
  const { hub, listener } = scene();
  listener.behind();
  assert.equal(hub.congestion.isCalm, false);
  listener.caughtUp();
  assert.equal(hub.congestion.isCalm, true);
});

Deno.test("a failure ends the client with a goodbye; one after its end drops the socket", () => {
  const { client, listener, socket } = scene();
  listener.failed(new Error("first"));
  assert.equal(client.heard[0], "internalError: Internal server error");
  assert.equal(socket.dropped, false);
  listener.failed(new Error("second"));
  assert.equal(socket.dropped, true);
});

Deno.test("a socket that its client has left ends nobody and holds up nobody", () => {
  const { hub, client, stale } = scene();
  stale.closed(1000, "");
  stale.broken();
  stale.violated(1002, "late");
  stale.stuck(1);
  stale.behind();
  assert.deepEqual([client.phase, client.heard], ["open", []]);
  assert.equal(hub.congestion.isCalm, true);
});
