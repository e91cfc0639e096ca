/**
 * One hub: its connections, users and groups. The verbs over it have files of their own beside this one.
 */
import type { Deadlines } from "../deadlines.ts";
import { GroupIndex, type GroupIndexView } from "../group_index/group_index.ts";
import { Slots } from "../group_index/slots.ts";
import type { Platform } from "../platform.ts";
import type { Receiver } from "../session/receiver.ts";
import type { ReconnectionTokens } from "../session/recovery.ts";
import type { ReplayBounds } from "../session/replay_buffer.ts";
import { Congestion } from "./congestion.ts";
import type { GroupBound } from "./group_bound.ts";
import type { Backplane, MembershipObserver, Upstream } from "./ports.ts";
import type { Log, Meter, Trace } from "../ports.ts";

/** What all hubs share. */
export interface HubContext {
  readonly platform: Platform;
  readonly upstream: Upstream;
  readonly meter: Meter;
  readonly log: Log;
  readonly trace: Trace;
  readonly reconnectionTokens: ReconnectionTokens;
  readonly replayBounds: ReplayBounds;
  /** Reliable connections without a socket, and how long they may come back. */
  readonly away: Deadlines<Receiver>;
  readonly groupBound: GroupBound;
  /** Is told of memberships; `undefined` when there is no observer. */
  readonly memberships?: MembershipObserver;
  /** The other nodes; `undefined`: there are none. */
  readonly backplane?: Backplane;
}

/** What became of a join: `tooMany` for the connection's bound, `full` for that of the hub. */
export type JoinOutcome = "joined" | "already" | "tooMany" | "full";

/** Clients that know each other. Connection ids, users and groups of one hub do not exist in another. */
export class Hub {
  /** Lower case. */
  readonly name: string;
  readonly context: HubContext;
  readonly slots = new Slots();
  /** Who is in which group. */
  readonly groups: GroupIndexView;
  /** Who is a connection of which user. */
  readonly users: GroupIndexView;
  readonly #groups: GroupIndex;
  readonly #users = new GroupIndex();
  readonly congestion: Congestion;
  readonly #byId = new Map<string, Receiver>();
  readonly #bySlot: (Receiver | undefined)[] = [];
  readonly #retire: (hub: Hub) => void;

  constructor(name: string, context: HubContext, retire: (hub: Hub) => void) {
    this.name = name;
    this.context = context;
    this.congestion = new Congestion(context.platform);
    this.#retire = retire;
    this.groups = this.#groups = new GroupIndex(context.groupBound.inHub);
    this.users = this.#users;
  }

  /** Connections, away ones included. */
  get size(): number {
    return this.#byId.size;
  }

  /** The connection with that id, or `undefined`: ended ones and those of other hubs are not found. */
  find(connectionId: string): Receiver | undefined {
    return this.#byId.get(connectionId);
  }

  /** The connection in a slot of the index. */
  at(slot: number): Receiver | undefined {
    return this.#bySlot[slot];
  }

  /** All connections. */
  connections(): IterableIterator<Receiver> {
    return this.#byId.values();
  }

  /** The connections of a group, or of a user, at this moment. */
  membersOf(index: GroupIndexView, name: string): Receiver[] {
    const members: Receiver[] = [];
    const { slots, length } = index.membersOf(name);
    for (let i = 0; i < length; i++) {
      const connection = this.#bySlot[slots[i] ?? -1];
      if (connection !== undefined) members.push(connection);
    }
    return members;
  }

  /** Makes a connection findable, under its user too. */
  register(connection: Receiver): void {
    this.#byId.set(connection.id, connection);
    this.#bySlot[connection.slot] = connection;
    const { userId } = connection.identity;
    if (userId !== undefined) this.#users.join(connection.slot, userId);
    const { memberships } = this.context;
    memberships?.arrived(connection.identity, this.#ofUser(userId), this.#byId.size);
  }

  /** Whether a connection can be in these groups, different ones, beside those that it is in. */
  hasRoomFor({ slot }: Receiver, groups: readonly string[]): boolean {
    const left = this.context.groupBound.most - this.#groups.groupCountOf(slot);
    if (groups.length <= left) return true;
    return groups.filter((group) => !this.#groups.isMember(slot, group)).length <= left;
  }

  /**
   * Makes a connection a member of a group: the one way in, where the bounds are kept. Answers later where an observer
   * has to be waited for; the connection is a member at once.
   */
  join(connection: Receiver, group: string): JoinOutcome | Promise<JoinOutcome> {
    const { slot } = connection;
    const { groupBound } = this.context;
    if (this.#groups.groupCountOf(slot) >= groupBound.most && !this.#groups.isMember(slot, group)) {
      groupBound.reached(this.name, connection.id);
      return "tooMany";
    }
    if (!this.#groups.hasRoomFor(group)) return "full";
    if (!this.#groups.join(slot, group)) return "already";
    return this.#isObserved ? this.#tellJoined(connection, group) : "joined";
  }

  /** Ends a membership; false when there was none. */
  leave(connection: Receiver, group: string): boolean {
    if (!this.#groups.leave(connection.slot, group)) return false;
    if (this.#isObserved) this.#tellLeft(connection, [group]);
    return true;
  }

  /** Ends all memberships of a connection. */
  leaveAll(connection: Receiver): void {
    if (!this.#isObserved) {
      this.#groups.leaveAll(connection.slot);
      return;
    }
    const groups = this.#groups.groupsOf(connection.slot);
    this.#groups.leaveAll(connection.slot);
    this.#tellLeft(connection, groups);
  }

  /** Takes a connection out of every lookup; its slot may be given to another from now on. */
  unregister(connection: Receiver): void {
    if (!this.#byId.delete(connection.id)) return;
    this.leaveAll(connection);
    this.#users.leaveAll(connection.slot);
    this.#bySlot[connection.slot] = undefined;
    this.slots.release(connection.slot);
    this.congestion.forget(connection);
    const { identity } = connection;
    const { memberships } = this.context;
    memberships?.departed(identity, this.#ofUser(identity.userId), this.#byId.size);
    if (this.#byId.size === 0) this.#retire(this);
  }

  #ofUser(userId: string | undefined): number {
    return userId === undefined ? 0 : this.#users.memberCount(userId);
  }

  /** Whether anybody is told of memberships. */
  get #isObserved(): boolean {
    const { memberships, trace } = this.context;
    return memberships !== undefined || trace.isWatched;
  }

  #tellJoined(connection: Receiver, group: string): JoinOutcome | Promise<JoinOutcome> {
    this.#trace("join", connection, group);
    const members = this.#groups.memberCount(group);
    const told = this.context.memberships?.joined(connection.identity, group, members);
    return told instanceof Promise ? told.then(() => "joined") : "joined";
  }

  #tellLeft(connection: Receiver, groups: readonly string[]): void {
    for (const group of groups) {
      this.#trace("leave", connection, group);
      const members = this.#groups.memberCount(group);
      this.context.memberships?.left(connection.identity, group, members);
    }
  }

  #trace(what: "join" | "leave", { id }: Receiver, group: string): void {
    const { trace } = this.context;
    if (trace.isWatched) trace.tell({ what, hub: this.name, connection: id, group });
  }
}
