import assert from "node:assert/strict";
import { depart } from "../../src/hub/close.ts";
import type { Trace, TraceEvent } from "../../src/ports.ts";
import { FakeServer } from "../support/fake_hub.ts";

class Recorder implements Trace {
  isWatched = true;
  readonly events: TraceEvent[] = [];

  tell(event: TraceEvent): void {
    this.events.push(event);
  }
}

Deno.test("who looks sees joins, the client's and the application's alike, and each once", () => {
  const trace = new Recorder();
  const server = new FakeServer({ trace });
  const ann = server.client({ id: "ann", roles: ["webpubsub.joinLeaveGroup"] });
  ann.send({ type: "joinGroup", group: "a", ackId: 1 });
  ann.send({ type: "joinGroup", group: "a", ackId: 2 });
  server.hub.join(ann.connection, "b");
  assert.deepEqual(
    trace.events,
    ["a", "b"].map((group) => ({ what: "join", hub: "chat", connection: "ann", group })),
  );
});

Deno.test("who looks sees a client leave a group, but not one that it was not in", () => {
  const trace = new Recorder();
  const server = new FakeServer({ trace });
  const ann = server.client({ id: "ann", roles: ["webpubsub.joinLeaveGroup"], groups: ["a"] });
  trace.events.length = 0;
  ann.send({ type: "leaveGroup", group: "a", ackId: 1 });
  ann.send({ type: "leaveGroup", group: "b", ackId: 2 });
  assert.deepEqual(trace.events, [{ what: "leave", hub: "chat", connection: "ann", group: "a" }]);
});

Deno.test("who looks sees the groups that a client leaves by its end, then the end", () => {
  const trace = new Recorder();
  const server = new FakeServer({ trace });
  const { connection } = server.client({ id: "ann", groups: ["a", "b"] });
  trace.events.length = 0;
  depart(server.hub, connection, "serverShutdown");
  const told = trace.events.map((event) => [event.what, "group" in event ? event.group : ""]);
  assert.deepEqual(told, [["leave", "a"], ["leave", "b"], ["close", ""]]);
});

Deno.test("who looks sees why a connection ends", () => {
  const trace = new Recorder();
  const server = new FakeServer({ trace });
  const { connection } = server.client({ id: "ann" });
  depart(server.hub, connection, "slowConsumer", { words: "too slow" });
  assert.deepEqual(trace.events, [
    { what: "close", hub: "chat", connection: "ann", reason: "slowConsumer", text: "too slow" },
  ]);
});

Deno.test("while nobody looks nothing is told", () => {
  const trace = new Recorder();
  trace.isWatched = false;
  const server = new FakeServer({ trace });
  const { connection } = server.client({ groups: ["a"] });
  depart(server.hub, connection, "serverShutdown");
  assert.deepEqual(trace.events, []);
});
