import assert from "node:assert/strict";
import { END_NAMES, ENDS } from "../../src/ends.ts";
import { depart, departAll, failConnection } from "../../src/hub/close.ts";
import type { Upstream } from "../../src/hub/ports.ts";
import { noUpstream } from "../support/no_upstream.ts";
import type { Connection } from "../../src/session/connection.ts";
import { type ClientOptions, FakeServer } from "../support/fake_hub.ts";
import { RecordedLog } from "../support/recorded_log.ts";
import { END_CASES } from "./ends_table.ts";

/** One client and everything that is told of it. */
function scene(options: ClientOptions = {}) {
  const told: string[] = [];
  const upstream: Upstream = {
    ...noUpstream,
    disconnected: (_source, _id, reason) => void told.push(reason),
  };
  const log = new RecordedLog();
  const server = new FakeServer({ upstream, log });
  const client = server.client({ id: "ann", groups: ["g"], userId: "u", ...options });
  const { hub } = server;
  return { server, hub, client, connection: client.connection, told, log };
}

/** Which ends were counted, and how often. */
function counted(counts: FakeServer["counters"]["ended"]): Record<string, number> {
  const entries = END_NAMES.map((end) => [end, counts[end].value] as const);
  return Object.fromEntries(entries.filter(([, count]) => count > 0));
}

const breakEnd = (connection: Connection) => {
  connection.end = () => {
    throw new Error("planted");
  };
};

for (const end of END_NAMES) {
  const row = END_CASES[end];
  Deno.test(`the end "${end}": close frame, disconnected message and event, log line and count`, () => {
    const { server, hub, client, connection, told, log } = scene();
    depart(hub, connection, end);
    assert.deepEqual(
      client.take(),
      row.announced === undefined
        ? []
        : [{ type: "system", event: "disconnected", message: row.announced }],
    );
    const [code, reason] = row.frame ?? [];
    assert.deepEqual(client.outlet.closedWith, row.frame && { code, reason });
    assert.deepEqual(told, [row.event]);
    assert.deepEqual(log.lines, [{
      level: row.level,
      message: "Connection ended",
      hub: "chat",
      connection: "ann",
      reason: end,
    }]);
    assert.deepEqual(counted(server.counters.ended), { [end]: 1 });
    assert.equal(ENDS[end].category, row.category);
    assert.equal(connection.phase, "ended");
    assert.deepEqual(
      [hub.find("ann"), hub.groups.memberCount("g"), hub.users.memberCount("u")],
      [undefined, 0, 0],
    );
  });

  Deno.test(`the end "${end}" of a reliable client: ${row.mayReturn ? "it is away" : "for good"}`, () => {
    const { server, hub, connection, told, log } = scene({ reliable: true });
    depart(hub, connection, end);
    assert.equal(connection.phase, row.mayReturn ? "away" : "ended");
    assert.equal(hub.find("ann"), row.mayReturn ? connection : undefined);
    assert.deepEqual(told, row.mayReturn ? [] : [row.event]);
    assert.equal(log.lines[0]?.message, row.mayReturn ? "Connection away" : "Connection ended");
    assert.equal(log.lines[0]?.reason, end);
    const { ended, away } = server.counters;
    const once = { [end]: 1 };
    assert.deepEqual([counted(ended), counted(away)], row.mayReturn ? [{}, once] : [once, {}]);
  });
}

Deno.test("a connection ends once, whatever comes later", () => {
  const { server, hub, client, connection, told, log } = scene();
  depart(hub, connection, "messageTooLarge");
  for (const end of END_NAMES) depart(hub, connection, end);
  assert.deepEqual(client.outlet.closedWith?.code, 1009);
  assert.equal(told.length, 1);
  assert.equal(log.lines.length, 1);
  assert.deepEqual(counted(server.counters.ended), { messageTooLarge: 1 });
});

Deno.test("an absence that runs out is the end of its connection, and its second line in the log", async () => {
  const { server, hub, connection, told, log } = scene({ reliable: true });
  depart(hub, connection, "cut");
  await server.platform.advance(60_000);
  assert.deepEqual(told, ["The connection recovery timeout expired."]);
  assert.deepEqual(log.lines.map(({ message, reason }) => [message, reason]), [
    ["Connection away", "cut"],
    ["Connection ended", "recoveryExpired"],
  ]);
});

Deno.test("own words take the place of the text, in the close frame and the event", () => {
  const { hub, client, connection, told } = scene();
  depart(hub, connection, "malformedFrame", { words: "The field is missing." });
  assert.deepEqual(client.outlet.closedWith, { code: 1007, reason: "The field is missing." });
  assert.deepEqual(told, ["The field is missing."]);
});

Deno.test("what is for the operator alone stands in the log line and nowhere else", () => {
  const { hub, client, connection, told, log } = scene();
  depart(hub, connection, "framingViolated", { log: { problem: "the frame is not masked" } });
  assert.equal(log.lines[0]?.problem, "the frame is not masked");
  assert.doesNotMatch(JSON.stringify([client.outlet.closedWith, told]), /masked/);
});

Deno.test("a malformed frame is logged with what is wrong with it, in the line of its end", () => {
  const { client, log } = scene();
  client.send("{");
  assert.equal(log.lines.length, 1);
  assert.equal(log.lines[0]?.reason, "malformedFrame");
  assert.match(String(log.lines[0]?.problem), /./);
});

Deno.test("a simple client's event without a handler, and one that failed: 1011, told apart in the log", () => {
  for (const why of ["noHandler", "timedOut"] as const) {
    const log = new RecordedLog();
    const upstream: Upstream = { ...noUpstream, userEvent: () => ({ kind: "failed", why }) };
    const raw = new FakeServer({ upstream, log }).client({ raw: { kind: "sendEvent" } });
    raw.send("hello");
    assert.equal(raw.outlet.closeCode, 1011);
    const reason = why === "noHandler" ? "rawEventUnhandled" : "rawEventFailed";
    assert.deepEqual(log.lines.map((line) => line.reason), [reason]);
  }
});

Deno.test("a fault ends its connection with one line that has the stack", () => {
  const { hub, client, connection, told, log } = scene();
  failConnection(hub, connection, new Error("planted"));
  assert.equal(client.outlet.closeCode, 1011);
  assert.deepEqual(told, ["Internal server error"]);
  assert.equal(log.lines.length, 1);
  const [line] = log.lines;
  assert.deepEqual([line?.level, line?.reason, line?.error], [
    "error",
    "internalError",
    "Error: planted",
  ]);
  assert.match(String(line?.stack), /close_test/);
});

Deno.test("a fault after the end is logged and changes nothing", () => {
  const { hub, connection, told, log } = scene();
  depart(hub, connection, "cut");
  failConnection(hub, connection, new Error("late"));
  assert.equal(told.length, 1);
  assert.deepEqual(log.lines.map(({ message }) => message), [
    "Connection ended",
    "Connection failed at its end",
  ]);
});

Deno.test("a goodbye that fails half-way: the connection is over and told of once", () => {
  const { hub, client, connection, told, log } = scene();
  client.outlet.close = () => {
    throw new Error("planted");
  };
  departAll(hub, [connection], "applicationClosed");
  assert.equal(connection.phase, "ended");
  assert.deepEqual(told, ["Application server closed the connection."]);
  assert.deepEqual(log.lines.map(({ message, error }) => [message, error]), [
    ["Connection ended", undefined],
    ["Connection failed at its end", "Error: planted"],
  ]);
});

Deno.test("a client that cannot even fail keeps nobody else", () => {
  const { server, hub, connection, log } = scene();
  const bob = server.client({ id: "bob" });
  breakEnd(connection);
  departAll(hub, [connection, bob.connection], "serverShutdown");
  assert.equal(bob.outlet.closeCode, 1001);
  assert.deepEqual(log.lines.map((line) => [line.connection, line.message]), [
    ["ann", "Connection failed at its end"],
    ["bob", "Connection ended"],
  ]);
});
