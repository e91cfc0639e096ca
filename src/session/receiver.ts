/**
 * A client as the hub sees it, whatever its language: somebody who has a place in the index, gets messages, and ends.
 */
import type { Permissions } from "../auth/permissions.ts";
import type { End } from "../ends.ts";
import type { Identity } from "./identity.ts";
import type { Outgoing } from "./outgoing.ts";
import type { Outlet } from "./outlet.ts";

/** Where a client stands: with a socket, without one but recoverable, or over. */
export type Phase = "open" | "away" | "ended";

/**
 * What fan-out, filters, closes, memberships, back-pressure and REST need of any client. Languages implement it;
 * `Connection` is the one of Web PubSub.
 */
export interface Receiver {
  /** The connection id: `identity.connectionId`. */
  readonly id: string;
  readonly identity: Identity;
  /** Index of this client in its hub. */
  readonly slot: number;
  readonly permissions: Permissions;
  readonly phase: Phase;
  /** Whether it may outlive its socket. */
  readonly reliable: boolean;
  /**
   * Since when (ms) more than half of what it may leave unacknowledged is; 0 = it is not, or its language has no such
   * thing.
   */
  readonly lagsSince: number;
  /** Takes the next number of an event (`ce-id`); `connect` was 0. */
  nextEventId(): number;
  /** Tells whether `outlet` is the socket of this client now. */
  isServedBy(outlet: Outlet): boolean;
  /** Delivers a message at `now` (ms). False when too much is unacknowledged: the caller then has to end the client. */
  deliver(outgoing: Outgoing, now: number): boolean;
  /** The socket is gone, and the client may come back. Only for those that are `reliable`. */
  cut(): void;
  /**
   * Ends for good, and says why in its language: `words` stand for the text of the end. Nothing is delivered from now
   * on. The phase is `ended` afterwards, even if saying so throws.
   */
  dismiss(end: End, words: string): void;
  /** Gives up the command that waits, and those behind it. */
  abandon(): void;
  /** Runs `task` when what the client has asked for before is carried out: at once, if nothing waits. */
  whenIdle(task: () => void): void;
}
