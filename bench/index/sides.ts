/** The ways to keep groups that the index's bench compares. */
import { GroupIndex } from "../../src/group_index/group_index.ts";

/** Stands for a connection: every side finds one and reads a field of it. */
export class Connection {
  readonly slot: number;
  groups: Set<string> | undefined = undefined;

  constructor(slot: number) {
    this.slot = slot;
  }
}

/** No members: what members are compared with, so that each has to be fetched. */
const NO_CONNECTION = new Connection(-1);
const NO_SLOT = -1;

/** One way to keep groups. */
export interface Side {
  readonly name: string;
  readonly bufferBytes: number;
  join(connection: Connection, group: string): boolean;
  leave(connection: Connection, group: string): boolean;
  /** Ends all memberships of a connection. */
  disconnect(connection: Connection): void;
  /** Finds groups and keeps what was found for {@linkcode iterateHeld}; nobody joins or leaves meanwhile. */
  hold(names: readonly string[]): void;
  /** Visits all members of the groups held; gives their number. */
  iterateHeld(): number;
  /** Finds groups by name and visits all members; gives their number. */
  iterate(names: readonly string[]): number;
  /** The same for the members' connections; gives the exclusive or of a field of theirs. */
  read(names: readonly string[]): number;
}

/** Makes a side for connections by slot. */
export type MakeSide = (connections: readonly Connection[]) => Side;

/** A range that outlives the next look at another group. */
interface Range {
  readonly words: Int32Array;
  readonly start: number;
  readonly end: number;
}

/** The index of this project. */
export class Index implements Side {
  readonly name = "index";
  readonly #groups = new GroupIndex();
  readonly #bySlot: readonly Connection[];
  #held: Range[] = [];

  constructor(bySlot: readonly Connection[]) {
    this.#bySlot = bySlot;
  }

  get bufferBytes(): number {
    return this.#groups.byteLength;
  }

  join(connection: Connection, group: string): boolean {
    return this.#groups.join(connection.slot, group);
  }

  leave(connection: Connection, group: string): boolean {
    return this.#groups.leave(connection.slot, group);
  }

  disconnect(connection: Connection): void {
    this.#groups.leaveAll(connection.slot);
  }

  hold(names: readonly string[]): void {
    this.#held = names.map((name) => {
      const { words, start, end } = this.#groups.membersOf(name);
      return { words, start, end };
    });
  }

  iterateHeld(): number {
    let visited = 0;
    const held = this.#held;
    for (let i = 0; i < held.length; i++) {
      const range = held[i];
      if (range !== undefined) visited += visitWords(range.words, range.start, range.end);
    }
    return visited;
  }

  iterate(names: readonly string[]): number {
    let visited = 0;
    for (let i = 0; i < names.length; i++) {
      const { words, start, end } = this.#groups.membersOf(names[i] ?? "");
      visited += visitWords(words, start, end);
    }
    return visited;
  }

  read(names: readonly string[]): number {
    let sum = 0;
    for (let i = 0; i < names.length; i++) {
      const { words, start, end } = this.#groups.membersOf(names[i] ?? "");
      sum ^= readWords(words, start, end, this.#bySlot);
    }
    return sum;
  }
}

function visitWords(words: Int32Array, start: number, end: number): number {
  let visited = 0;
  for (let i = start; i < end; i++) {
    if (words[i] !== NO_SLOT) visited++;
  }
  return visited;
}

function readWords(
  words: Int32Array,
  start: number,
  end: number,
  bySlot: readonly Connection[],
): number {
  let sum = 0;
  for (let i = start; i < end; i++) {
    const connection = bySlot[words[i] ?? NO_SLOT];
    if (connection !== undefined) sum ^= connection.slot;
  }
  return sum;
}

const NOBODY: ReadonlySet<Connection> = new Set<Connection>();

/** A Set of connections by group, and nothing to tell the groups of a connection. */
export class BareSets implements Side {
  readonly name: string = "bare";
  readonly bufferBytes = 0;
  readonly #groups = new Map<string, Set<Connection>>();
  #held: ReadonlySet<Connection>[] = [];

  join(connection: Connection, group: string): boolean {
    let members = this.#groups.get(group);
    if (members === undefined) this.#groups.set(group, members = new Set());
    const before = members.size;
    members.add(connection);
    return members.size !== before;
  }

  leave(connection: Connection, group: string): boolean {
    const members = this.#groups.get(group);
    if (members === undefined || !members.delete(connection)) return false;
    if (members.size === 0) this.#groups.delete(group);
    return true;
  }

  disconnect(connection: Connection): void {
    for (const group of this.#groups.keys()) this.leave(connection, group);
  }

  hold(names: readonly string[]): void {
    this.#held = names.map((name) => this.#groups.get(name) ?? NOBODY);
  }

  iterateHeld(): number {
    let visited = 0;
    const held = this.#held;
    for (let i = 0; i < held.length; i++) visited += visitSet(held[i] ?? NOBODY);
    return visited;
  }

  iterate(names: readonly string[]): number {
    let visited = 0;
    for (let i = 0; i < names.length; i++) {
      visited += visitSet(this.#groups.get(names[i] ?? "") ?? NOBODY);
    }
    return visited;
  }

  read(names: readonly string[]): number {
    let sum = 0;
    for (let i = 0; i < names.length; i++) {
      sum ^= readSet(this.#groups.get(names[i] ?? "") ?? NOBODY);
    }
    return sum;
  }
}

function visitSet(members: ReadonlySet<Connection>): number {
  let visited = 0;
  for (const connection of members) if (connection !== NO_CONNECTION) visited++;
  return visited;
}

function readSet(members: ReadonlySet<Connection>): number {
  let sum = 0;
  for (const connection of members) sum ^= connection.slot;
  return sum;
}

/** A Set of connections by group, and on each connection the Set of its groups: what the index is compared with. */
export class Sets extends BareSets {
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
