/**
 * What does the group index cost beside `Map<string, Set<Connection>>`?
 *
 * The peer, "sets", is what one would write without an index: a Set of connections by group, and on each connection the
 * Set of its groups, without which a disconnect would have to look into every group. "bare" leaves the latter out: fewer
 * bytes and less work at join and leave, but no disconnect.
 *
 * "iterate" visits the members as each side keeps them, slots or connections. "iterate and read" reads a field of each
 * member's connection, which the index's user first has to look up by slot; there the memory of the connections
 * themselves takes most of the time, on both sides.
 *
 * Rounds of the sides alternate, after rounds that only warm up; each figure is the median of its rounds. Nothing is
 * collected in between, since a forced collection also throws away compiled code. Bytes are the heap's growth after a
 * collection and, for the index, its buffers; names and connections belong to neither side.
 *
 *     deno run -A --v8-flags=--expose-gc bench/index.ts [--quick]
 */
import { GroupIndex } from "../src/group_index/group_index.ts";

const quick = Deno.args.includes("--quick");
const ROUNDS = quick ? 3 : 7;
const WARM_UP_ROUNDS = quick ? 2 : 5;

/** Stands for a connection: both sides find one and read a field of it. */
class Connection {
  readonly slot: number;
  groups: Set<string> | undefined = undefined;

  constructor(slot: number) {
    this.slot = slot;
  }
}

/** No members: what members are compared with, so that each has to be fetched. */
const NO_CONNECTION = new Connection(-1);
const NOBODY = 0xffffffff;

/** One way to keep groups. */
interface Side {
  readonly name: string;
  join(connection: Connection, group: string): boolean;
  leave(connection: Connection, group: string): boolean;
  disconnect(connection: Connection): void;
  /** Visits all members; gives their number. */
  iterate(group: string): number;
  /** Visits all members' connections; gives the exclusive or of a field of theirs. */
  iterateAndRead(group: string): number;
  readonly bufferBytes: number;
}

class Index implements Side {
  readonly name = "index";
  readonly groups = new GroupIndex();
  readonly #bySlot: readonly Connection[];

  constructor(bySlot: readonly Connection[]) {
    this.#bySlot = bySlot;
  }

  join(connection: Connection, group: string): boolean {
    return this.groups.join(connection.slot, group);
  }

  leave(connection: Connection, group: string): boolean {
    return this.groups.leave(connection.slot, group);
  }

  disconnect(connection: Connection): void {
    this.groups.leaveAll(connection.slot);
  }

  get bufferBytes(): number {
    return this.groups.byteLength;
  }

  iterate(group: string): number {
    let visited = 0;
    const { words, start, end } = this.groups.rangeOf(group);
    for (let i = start; i < end; i++) {
      if (words[i] !== NOBODY) visited++;
    }
    return visited;
  }

  iterateAndRead(group: string): number {
    let sum = 0;
    const bySlot = this.#bySlot;
    const { words, start, end } = this.groups.rangeOf(group);
    for (let i = start; i < end; i++) {
      const connection = bySlot[words[i] ?? 0];
      if (connection !== undefined) sum ^= connection.slot;
    }
    return sum;
  }
}

class BareSets implements Side {
  readonly name: string = "bare";
  readonly bufferBytes = 0;
  readonly groups = new Map<string, Set<Connection>>();

  join(connection: Connection, group: string): boolean {
    let members = this.groups.get(group);
    if (members === undefined) this.groups.set(group, members = new Set());
    const before = members.size;
    members.add(connection);
    return members.size !== before;
  }

  leave(connection: Connection, group: string): boolean {
    const members = this.groups.get(group);
    if (members === undefined || !members.delete(connection)) return false;
    if (members.size === 0) this.groups.delete(group);
    return true;
  }

  disconnect(connection: Connection): void {
    for (const group of this.groups.keys()) this.leave(connection, group);
  }

  iterate(group: string): number {
    let visited = 0;
    const members = this.groups.get(group);
    if (members !== undefined) {
      for (const connection of members) if (connection !== NO_CONNECTION) visited++;
    }
    return visited;
  }

  iterateAndRead(group: string): number {
    let sum = 0;
    const members = this.groups.get(group);
    if (members !== undefined) { for (const connection of members) sum ^= connection.slot; }
    return sum;
  }
}

class Sets extends BareSets {
  override readonly name = "sets";

  override join(connection: Connection, group: string): boolean {
    if (!super.join(connection, group)) return false;
    (connection.groups ??= new Set()).add(group);
    return true;
  }

  override leave(connection: Connection, group: string): boolean {
    if (!super.leave(connection, group)) return false;
    connection.groups?.delete(group);
    return true;
  }

  override disconnect(connection: Connection): void {
    if (connection.groups === undefined) return;
    for (const group of connection.groups) super.leave(connection, group);
    connection.groups = undefined;
  }
}

const SIDES: readonly ((connections: readonly Connection[]) => Side)[] = [
  (connections) => new Index(connections),
  () => new Sets(),
  () => new BareSets(),
];

/** Who joins what, in an order. */
interface Scene {
  readonly connections: number;
  readonly names: readonly string[];
  /** connection, group, connection, group ... */
  readonly pairs: Uint32Array;
}

let state = 1;
function random(below: number): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor(state / 0x100000000 * below);
}

/** `perConnection` different groups of `groups` for each connection, one connection after the other. */
function makeScene(connections: number, groups: number, perConnection: number): Scene {
  const pairs = new Uint32Array(connections * perConnection * 2);
  let filled = 0;
  for (let connection = 0; connection < connections; connection++) {
    const chosen = new Set<number>();
    while (chosen.size < perConnection) chosen.add(random(groups));
    for (const group of chosen) {
      pairs[filled++] = connection;
      pairs[filled++] = group;
    }
  }
  return {
    connections,
    names: Array.from({ length: groups }, (_, i) => `group-${i}`),
    pairs,
  };
}

/** The same in a random order, so that all lists grow in step. */
function shuffled(scene: Scene): Scene {
  const pairs = scene.pairs.slice();
  for (let i = pairs.length / 2 - 1; i > 0; i--) {
    const j = random(i + 1);
    for (let k = 0; k < 2; k++) {
      const word = pairs[2 * i + k] ?? 0;
      pairs[2 * i + k] = pairs[2 * j + k] ?? 0;
      pairs[2 * j + k] = word;
    }
  }
  return { ...scene, pairs };
}

function makeConnections(count: number): Connection[] {
  return Array.from({ length: count }, (_, slot) => new Connection(slot));
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

/** A question, and what each side answered. */
interface Row {
  readonly question: string;
  readonly unit: "ns" | "bytes";
  readonly goal: number;
  readonly figures: Record<string, number>;
}

const rows: Row[] = [];

/** Collects garbage; there only with `--expose-gc`, and without it nothing can be said about bytes. */
const gc: unknown = Reflect.get(globalThis, "gc");

function median(values: number[]): number {
  values.sort((a, b) => a - b);
  return values[values.length >> 1] ?? NaN;
}

/** Runs alternating rounds; `round` gives nanoseconds by question. */
function compare(
  goal: number,
  sides: readonly ((connections: readonly Connection[]) => Side)[],
  count: number,
  round: (side: Side, connections: readonly Connection[]) => Record<string, number>,
): void {
  const samples = new Map<string, Map<string, number[]>>();
  for (let i = -WARM_UP_ROUNDS; i < ROUNDS; i++) {
    for (const make of sides) {
      const connections = makeConnections(count);
      const side = make(connections);
      for (const [question, figure] of Object.entries(round(side, connections))) {
        let bySide = samples.get(question);
        if (bySide === undefined) samples.set(question, bySide = new Map());
        let figures = bySide.get(side.name);
        if (figures === undefined) bySide.set(side.name, figures = []);
        if (i >= 0) figures.push(figure);
      }
    }
  }
  for (const [question, bySide] of samples) {
    const figures: Record<string, number> = {};
    for (const [name, values] of bySide) figures[name] = median(values);
    rows.push({ question, unit: "ns", goal, figures });
  }
}

function elapsed(work: () => void, operations: number): number {
  const start = performance.now();
  work();
  return (performance.now() - start) * 1e6 / operations;
}

function joinAndLeave(label: string, scene: Scene): void {
  const leaving = shuffled(scene);
  const operations = scene.pairs.length / 2;
  compare(1, SIDES, scene.connections, (side, connections) => ({
    [`join, ${label}`]: elapsed(() => forAll(side, scene, connections, true), operations),
    [`leave, ${label}`]: elapsed(() => forAll(side, leaving, connections, false), operations),
  }));
}

let checksum = 0;

function visit(side: Side, names: readonly string[], rounds: number, reads: boolean): void {
  for (let i = 0; i < rounds; i++) {
    for (const name of names) checksum ^= reads ? side.iterateAndRead(name) : side.iterate(name);
  }
}

/** Nanoseconds per member. */
function iterate(label: string, members: number, groups: number): void {
  const names = Array.from({ length: groups }, (_, i) => `group-${i}`);
  const visits = quick ? 300_000 : 1_000_000;
  const rounds = Math.max(1, Math.round(visits / (members * groups)));
  compare(2, SIDES.slice(0, 2), members * groups, (side, connections) => {
    for (const connection of connections) {
      side.join(connection, names[connection.slot % groups] ?? "");
    }
    const visited = rounds * groups * members;
    return {
      [`iterate, ${label}`]: elapsed(() => visit(side, names, rounds, false), visited),
      [`iterate and read, ${label}`]: elapsed(() => visit(side, names, rounds, true), visited),
    };
  });
}

function disconnect(label: string, scene: Scene): void {
  compare(1, SIDES.slice(0, 2), scene.connections, (side, connections) => {
    forAll(side, scene, connections, true);
    const figure = elapsed(() => {
      for (const connection of connections) side.disconnect(connection);
    }, scene.connections);
    return { [`disconnect, ${label}`]: figure };
  });
}

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
  for (const make of [...SIDES, ...SIDES]) {
    const connections = makeConnections(scene.connections);
    const side = make(connections);
    figures[side.name] = bytesOf(side, scene, connections) / (scene.pairs.length / 2);
    for (const connection of connections) connection.groups = undefined;
  }
  rows.push({ question: `bytes, ${label}`, unit: "bytes", goal: 4, figures });
}

/** Bytes by which an empty side grows. In a function of its own, so that nothing of another side is held meanwhile. */
function bytesOf(side: Side, scene: Scene, connections: readonly Connection[]): number {
  const before = heapBytes() + side.bufferBytes;
  forAll(side, scene, connections, true);
  const after = heapBytes() + side.bufferBytes;
  // Keeps the side in use until here.
  checksum += side.iterate(scene.names[0] ?? "");
  return after - before;
}

/** Connections of the scenes. */
const MANY = quick ? 3_000 : 10_000;
const FEW = quick ? 300 : 1_000;
const connecting = makeScene(MANY, MANY / 10, 10);
const inManyGroups = makeScene(FEW, FEW / 2, 100);

joinAndLeave("10 groups each, 100 in a group", connecting);
joinAndLeave("the same, random order", shuffled(connecting));
joinAndLeave("1 group of all", makeScene(MANY * 10, 1, 1));
joinAndLeave("100 groups each, 200 in a group", inManyGroups);
joinAndLeave("users of one connection", makeScene(MANY * 2, MANY * 100, 1));
iterate("10 members, one group", 10, 1);
iterate("10 members, 1000 groups", 10, 1_000);
iterate("1k members", 1_000, 1);
iterate("100k members", 100_000, 1);
disconnect("member of 100 groups", inManyGroups);
disconnect("member of 10 groups", connecting);
bytes("10 groups each, 100 in a group", connecting);
bytes("the same, random order", shuffled(connecting));
bytes("100 groups each, 200 in a group", inManyGroups);
bytes("1 group of all", makeScene(MANY * 10, 1, 1));
bytes("3 groups each, 30 in a group", makeScene(MANY, MANY / 10, 3));
bytes("users of one connection", makeScene(MANY * 2, MANY * 100, 1));

const write = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(line + "\n"));
write(
  `${"".padEnd(48)}${
    ["index", "sets", "bare", "sets/index", "goal"].map((h) => h.padStart(11)).join("")
  }`,
);
for (const { question, unit, goal, figures } of rows) {
  const figure = (name: string) => {
    const value = figures[name];
    return value === undefined ? "-" : value.toFixed(unit === "bytes" || value < 10 ? 1 : 0);
  };
  const ratio = (figures["sets"] ?? NaN) / (figures["index"] ?? NaN);
  const cells = [
    figure("index"),
    figure("sets"),
    figure("bare"),
    ratio.toFixed(2),
    `${goal}${ratio >= goal ? "" : " !"}`,
  ];
  write(`${`${question} (${unit})`.padEnd(48)}${cells.map((cell) => cell.padStart(11)).join("")}`);
}
write(JSON.stringify({ bench: "index", quick, checksum, rows }));
