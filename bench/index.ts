/**
 * What does the group index cost beside `Map<string, Set<Connection>>`?
 *
 * The peer, "sets", is what one would write without an index: a Set of connections by group, and on each connection the
 * Set of its groups, without which a disconnect would have to look into every group. "bare" leaves the latter out: fewer
 * bytes and less work at join and leave, but no disconnect.
 *
 * The goals: joins and leaves no slower than the sets', members visited twice as fast, a quarter of the bytes.
 *
 * "iterate" visits the members of a group that was found, as fan-out does: slots here, connections there. "find and
 * iterate" begins with the group's name; finding it is the same `Map.get` on both sides and about half of the time with
 * ten members. "find and read" reads a field of each member's connection, which the index's user has to look up by slot;
 * there the memory of the connections themselves counts on both sides. Neither has a goal.
 *
 * Rounds of the sides alternate, after rounds that only warm up; each figure is the median of its rounds. Nothing is
 * collected in between, since a forced collection also throws away compiled code. Bytes are the heap's growth after a
 * collection and, for the index, its buffers; names and connections belong to neither side.
 *
 *     deno run -A --v8-flags=--expose-gc bench/index.ts [--quick]
 */
import { makeNames, makeScene, type Scene, shuffled } from "./index/scenes.ts";
import { BareSets, Connection, Index, type MakeSide, Sets, type Side } from "./index/sides.ts";
import { median, quick, result, table } from "./support/report.ts";

const ROUNDS = quick ? 3 : 7;
const WARM_UP_ROUNDS = quick ? 2 : 4;

const BOTH: readonly MakeSide[] = [(connections) => new Index(connections), () => new Sets()];
const ALL: readonly MakeSide[] = [...BOTH, () => new BareSets()];

/** Times better than the sets that the index has to be. */
const AS_FAST = 1;
const TWICE_AS_FAST = 2;
const QUARTER_OF_BYTES = 4;

/** A question, and what each side answered. */
interface Row {
  readonly question: string;
  readonly unit: "ns" | "bytes";
  readonly goal: number | undefined;
  readonly figures: Record<string, number>;
}

/** Nanoseconds, and the goal of their question. */
type Sample = readonly [nanoseconds: number, goal: number | undefined];

const rows: Row[] = [];

/** Collects garbage; there only with `--expose-gc`, and without it nothing can be said about bytes. */
const gc: unknown = Reflect.get(globalThis, "gc");

/** Runs alternating rounds; `round` gives samples by question. */
function compare(
  makers: readonly MakeSide[],
  count: number,
  round: (side: Side, connections: readonly Connection[]) => Record<string, Sample>,
): void {
  const samples = new Map<string, { goal: number | undefined; bySide: Map<string, number[]> }>();
  for (let i = -WARM_UP_ROUNDS; i < ROUNDS; i++) {
    for (const make of makers) {
      const connections = makeConnections(count);
      const side = make(connections);
      for (const [question, [nanoseconds, goal]] of Object.entries(round(side, connections))) {
        if (i < 0) continue;
        let sample = samples.get(question);
        if (sample === undefined) samples.set(question, sample = { goal, bySide: new Map() });
        const figures = sample.bySide.get(side.name);
        if (figures === undefined) sample.bySide.set(side.name, [nanoseconds]);
        else figures.push(nanoseconds);
      }
    }
  }
  for (const [question, { goal, bySide }] of samples) {
    const figures: Record<string, number> = {};
    for (const [name, values] of bySide) figures[name] = median(values);
    rows.push({ question, unit: "ns", goal, figures });
  }
}

function makeConnections(count: number): Connection[] {
  return Array.from({ length: count }, (_, slot) => new Connection(slot));
}

function elapsed(work: () => void, operations: number): number {
  const start = performance.now();
  work();
  return (performance.now() - start) * 1e6 / operations;
}

/** Each connection of the scene joins, or leaves, each of its groups. */
function forAll(side: Side, scene: Scene, connections: readonly Connection[], joins: boolean) {
  const { pairs, names } = scene;
  for (let i = 0; i < pairs.length; i += 2) {
    const connection = connections[pairs[i] ?? 0];
    const name = names[pairs[i + 1] ?? 0] ?? "";
    if (connection === undefined) continue;
    if (joins) side.join(connection, name);
    else side.leave(connection, name);
  }
}

function joinAndLeave(label: string, scene: Scene): void {
  const leaving = shuffled(scene);
  const operations = scene.pairs.length / 2;
  compare(ALL, scene.connections, (side, connections) => {
    const join = elapsed(() => forAll(side, scene, connections, true), operations);
    const leave = elapsed(() => forAll(side, leaving, connections, false), operations);
    return { [`join, ${label}`]: [join, AS_FAST], [`leave, ${label}`]: [leave, AS_FAST] };
  });
}

function disconnect(label: string, scene: Scene): void {
  compare(BOTH, scene.connections, (side, connections) => {
    forAll(side, scene, connections, true);
    const each = elapsed(() => {
      for (const connection of connections) side.disconnect(connection);
    }, scene.connections);
    return { [`disconnect, ${label}`]: [each, AS_FAST] };
  });
}

/** Nanoseconds per member. So many groups are visited at once that the call of the side does not count. */
function iterate(label: string, members: number, groups: number): void {
  const names = makeNames(groups);
  const visits = Array.from(
    { length: Math.ceil(10_000 / members) },
    (_, i) => names[i % groups] ?? "",
  );
  const rounds = Math.ceil((quick ? 200_000 : 500_000) / (members * visits.length));
  compare(BOTH, members * groups, (side, connections) => {
    for (const connection of connections) {
      side.join(connection, names[connection.slot % groups] ?? "");
    }
    side.hold(visits);
    const perMember = (visit: () => number): number => {
      let answer = 0;
      const figure = elapsed(() => {
        for (let i = 0; i < rounds; i++) answer = visit();
      }, rounds * visits.length * members);
      checksum ^= answer;
      return figure;
    };
    return {
      [`iterate, ${label}`]: [perMember(() => side.iterateHeld()), TWICE_AS_FAST],
      [`find and iterate, ${label}`]: [perMember(() => side.iterate(visits)), undefined],
      [`find and read, ${label}`]: [perMember(() => side.read(visits)), undefined],
    };
  });
}

/** Keeps answers in use. */
let checksum = 0;

function heapBytes(): number {
  if (typeof gc === "function") { for (let i = 0; i < 2; i++) gc(); }
  return Deno.memoryUsage().heapUsed;
}

function bytes(label: string, scene: Scene): void {
  if (typeof gc !== "function") return;
  const figures: Record<string, number> = {};
  // Strings compute their hash once; names belong to neither side.
  for (const name of scene.names) new Set([name]);
  // The first time over, the heap also grows by code.
  for (const make of [...ALL, ...ALL]) {
    const connections = makeConnections(scene.connections);
    const side = make(connections);
    figures[side.name] = bytesOf(side, scene, connections) / (scene.pairs.length / 2);
    for (const connection of connections) connection.groups = undefined;
  }
  rows.push({ question: `bytes, ${label}`, unit: "bytes", goal: QUARTER_OF_BYTES, figures });
}

/** Bytes by which an empty side grows. In a function of its own, so that nothing of another side is held meanwhile. */
function bytesOf(side: Side, scene: Scene, connections: readonly Connection[]): number {
  const before = heapBytes() + side.bufferBytes;
  forAll(side, scene, connections, true);
  const after = heapBytes() + side.bufferBytes;
  // Keeps the side in use until here.
  checksum ^= side.iterate(scene.names.slice(0, 1));
  return after - before;
}

/** What is printed of a row. */
function cells({ question, unit, goal, figures }: Row): string[] {
  const figure = (name: string) => {
    const value = figures[name];
    return value === undefined ? "-" : value.toFixed(unit === "bytes" || value < 10 ? 1 : 0);
  };
  const ratio = (figures["sets"] ?? NaN) / (figures["index"] ?? NaN);
  const verdict = goal === undefined ? "-" : ratio >= goal ? "met" : "MISSED";
  return [
    `${question} (${unit})`,
    ...["index", "sets", "bare"].map(figure),
    ratio.toFixed(2),
    goal === undefined ? "-" : `${goal}`,
    verdict,
  ];
}

const MANY = quick ? 3_000 : 10_000;
const FEW = quick ? 300 : 1_000;
const connecting = makeScene(MANY, MANY / 10, 10);
const inManyGroups = makeScene(FEW, FEW / 2, 100);
const ofOneGroup = makeScene(MANY * 10, 1, 1);
const users = makeScene(MANY * 2, MANY * 100, 1);

joinAndLeave("10 groups each, 100 in a group", connecting);
joinAndLeave("the same, random order", shuffled(connecting));
joinAndLeave("100 groups each, 200 in a group", inManyGroups);
joinAndLeave("1 group of all", ofOneGroup);
joinAndLeave("users of one connection", users);
iterate("10 members, one group", 10, 1);
iterate("10 members, 1000 groups", 10, 1_000);
iterate("1k members", 1_000, 1);
iterate("100k members", 100_000, 1);
disconnect("member of 100 groups", inManyGroups);
disconnect("member of 10 groups", connecting);
bytes("10 groups each, 100 in a group", connecting);
bytes("the same, random order", shuffled(connecting));
bytes("100 groups each, 200 in a group", inManyGroups);
bytes("1 group of all", ofOneGroup);
bytes("3 groups each, 30 in a group", makeScene(MANY, MANY / 10, 3));
bytes("users of one connection", users);

table([["", "index", "sets", "bare", "sets/index", "goal", ""], ...rows.map(cells)]);
result("index", { checksum, rows });
