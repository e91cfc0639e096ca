/**
 * In how many groups one connection may be, and how many a hub may have: what one client takes of the index has an end.
 */
import { MAX_SETS } from "../group_index/entries.ts";
import { MAX_GROUPS_PER_CONNECTION, REPEATED_LOG_MS } from "../limits.ts";
import { Seldom } from "../seldom.ts";
import type { Platform } from "../platform.ts";
import type { Log, Meter } from "../ports.ts";

/** What the bound needs from outside. */
export interface GroupBoundContext {
  readonly platform: Platform;
  readonly meter: Meter;
  readonly log: Log;
}

/** The bound of a server, which all its hubs share. */
export class GroupBound {
  /** Most groups of one connection; `Infinity` when there is no bound. */
  readonly most: number;
  /** Most groups of one hub. */
  readonly inHub: number;
  readonly #context: GroupBoundContext;
  readonly #seldom: Seldom;

  /** `most`: 0 is no bound. */
  constructor(
    context: GroupBoundContext,
    most: number = MAX_GROUPS_PER_CONNECTION,
    inHub: number = MAX_SETS,
  ) {
    this.most = most === 0 ? Infinity : most;
    this.inHub = inHub;
    this.#context = context;
    this.#seldom = new Seldom(context.platform, REPEATED_LOG_MS);
  }

  /** The refusal of one group too many, for the client or caller that asked. */
  get message(): string {
    return `A connection can be in at most ${this.most} groups.`;
  }

  /** Whether a list names more different groups than a connection may be in. */
  isExceededBy(groups: readonly string[]): boolean {
    return groups.length > this.most && new Set(groups).size > this.most;
  }

  /** A join was refused: counts it, and writes at most one line a minute. */
  reached(hub: string, connection: string): void {
    this.#context.meter.groupsPerConnectionReached.add(1);
    const count = this.#seldom.count();
    if (count === 0) return;
    this.#context.log.warn("Connection is in as many groups as it may be: further joins fail", {
      hub,
      connection,
      limit: this.most,
      count,
    });
  }
}
