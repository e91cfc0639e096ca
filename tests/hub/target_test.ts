// Whom a target names, and who of them a selection lets be.
import assert from "node:assert/strict";
import { parseFilter } from "../../src/filter/filter.ts";
import {
  admits,
  EVERYBODY,
  isIn,
  isNamed,
  select,
  type Selection,
  Subject,
} from "../../src/hub/target.ts";
import type { Target } from "../../src/hub/verb.ts";
import { FakeServer } from "../support/fake_hub.ts";

function scene() {
  const server = new FakeServer();
  const ann = server.client({ id: "a", userId: "ann", groups: ["g"] });
  const bob = server.client({ id: "b", userId: "bob", groups: ["g", "h"] });
  const nobody = server.client({ id: "n" });
  return { hub: server.hub, server, ann, bob, nobody };
}

function filter(source: string): Selection {
  const result = parseFilter(source);
  assert(result.ok);
  return { excluded: undefined, filter: result.filter };
}

const TARGETS: readonly (readonly [Target, readonly string[]])[] = [
  [{ kind: "hub" }, ["a", "b", "n"]],
  [{ kind: "group", group: "g" }, ["a", "b"]],
  [{ kind: "group", group: "h" }, ["b"]],
  [{ kind: "group", group: "G" }, []],
  [{ kind: "user", userId: "ann" }, ["a"]],
  [{ kind: "user", userId: "" }, []],
  [{ kind: "connection", connectionId: "n" }, ["n"]],
  [{ kind: "connection", connectionId: "N" }, []],
];

for (const [target, ids] of TARGETS) {
  Deno.test(`select and isIn agree about ${JSON.stringify(target)}`, () => {
    const { hub } = scene();
    assert.deepEqual(select(hub, target, EVERYBODY).map(({ id }) => id), ids);
    const inside = [...hub.connections()].filter((connection) => isIn(hub, target, connection));
    assert.deepEqual(inside.map(({ id }) => id), ids);
  });
}

Deno.test("connections and users are named, groups and hubs are not", () => {
  const named = new Set(TARGETS.map(([target]) => target).filter(isNamed).map(({ kind }) => kind));
  assert.deepEqual([...named].sort(), ["connection", "user"]);
});

Deno.test("whoever is excluded by id is left out, whatever the filter says", () => {
  const { hub } = scene();
  const selection = { ...filter("'g' in groups"), excluded: new Set(["a", "unknown"]) };
  assert.deepEqual(select(hub, { kind: "hub" }, selection).map(({ id }) => id), ["b"]);
});

for (
  const [source, ids] of [
    ["connectionId eq 'a'", ["a"]],
    ["userId eq null", ["n"]],
    ["userId ne 'ann' and userId ne null", ["b"]],
    ["'h' in groups", ["b"]],
    ["length(groups) eq 0", ["n"]],
  ] as const
) {
  Deno.test(`a filter sees what a connection is: ${source}`, () => {
    const { hub } = scene();
    assert.deepEqual(select(hub, { kind: "hub" }, filter(source)).map(({ id }) => id), ids);
  });
}

Deno.test("one subject serves many connections, each as it is at that moment", () => {
  const { hub, ann, bob } = scene();
  const subject = new Subject(hub);
  const inH = filter("'h' in groups");
  assert.equal(admits(inH, subject, bob.connection), true);
  assert.equal(admits(inH, subject, ann.connection), false);
  hub.join(ann.connection, "h");
  hub.leave(bob.connection, "h");
  assert.equal(admits(inH, subject, ann.connection), true);
  assert.equal(admits(inH, subject, bob.connection), false);
});

Deno.test("the choice is made before the first of them changes", () => {
  const { hub } = scene();
  const chosen = select(hub, { kind: "group", group: "g" }, EVERYBODY);
  for (const connection of chosen) hub.leaveAll(connection);
  assert.equal(chosen.length, 2);
  assert.deepEqual(select(hub, { kind: "group", group: "g" }, EVERYBODY), []);
});
