/**
 * Whom a verb concerns, and which of them a filter picks.
 */
import type { Filter, FilterSubject } from "../filter/filter.ts";
import type { Receiver } from "../session/receiver.ts";
import type { Hub } from "./hub.ts";
import type { Target } from "./verb.ts";

/** Who of the target set is left out, ready for use. */
export interface Selection {
  /** Connection ids. */
  readonly excluded: ReadonlySet<string> | undefined;
  readonly filter: Filter | undefined;
}

/** Nobody is left out. */
export const EVERYBODY: Selection = { excluded: undefined, filter: undefined };

/** Whether a target names one connection or one user, who may not exist; hubs and groups are as large as they are. */
export function isNamed({ kind }: Target): boolean {
  return kind === "connection" || kind === "user";
}

/** A connection of a hub as a filter sees it; one object serves a whole run, moved from one connection to the next. */
export class Subject implements FilterSubject {
  readonly #hub: Hub;
  connectionId = "";
  userId: string | undefined = undefined;
  subprotocol: string | undefined = undefined;
  #slot = -1;

  constructor(hub: Hub) {
    this.#hub = hub;
  }

  /** Turns to another connection. */
  of(connection: Receiver): this {
    this.connectionId = connection.id;
    this.userId = connection.identity.userId;
    this.subprotocol = connection.identity.subprotocol;
    this.#slot = connection.slot;
    return this;
  }

  get groupCount(): number {
    return this.#hub.groups.groupCountOf(this.#slot);
  }

  isInGroup(group: string): boolean {
    return this.#hub.groups.isMember(this.#slot, group);
  }
}

/** Tells whether `selection` lets a connection of the target set be. */
export function admits(selection: Selection, subject: Subject, connection: Receiver): boolean {
  if (selection.excluded !== undefined && selection.excluded.has(connection.id)) return false;
  return selection.filter === undefined || selection.filter.matches(subject.of(connection));
}

/** Tells whether a connection belongs to the target set. */
export function isIn(hub: Hub, target: Target, connection: Receiver): boolean {
  switch (target.kind) {
    case "hub":
      return true;
    case "connection":
      return connection.id === target.connectionId;
    case "group":
      return hub.groups.isMember(connection.slot, target.group);
    case "user":
      return connection.identity.userId === target.userId;
  }
}

/** The connections that a verb concerns at this moment, fixed before any of them changes. */
export function select(hub: Hub, target: Target, selection: Selection): Receiver[] {
  const subject = new Subject(hub);
  return inTarget(hub, target).filter((connection) => admits(selection, subject, connection));
}

function inTarget(hub: Hub, target: Target): Receiver[] {
  switch (target.kind) {
    case "hub":
      return [...hub.connections()];
    case "connection": {
      const connection = hub.find(target.connectionId);
      return connection === undefined ? [] : [connection];
    }
    case "group":
      return hub.membersOf(hub.groups, target.group);
    case "user":
      return hub.membersOf(hub.users, target.userId);
  }
}
