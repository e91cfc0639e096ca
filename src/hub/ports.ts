/**
 * What the hub needs from outside: event handlers, a log, counters. The rank before the hub implements these.
 */
import type { Metadata, Payload } from "../protocol/command.ts";
import type { Framing } from "../protocol/event.ts";

/**
 * One logical connection as event handlers know it. Made at the handshake, before the connection exists, and kept to
 * its end, over recoveries too; its identity may serve as a key for what belongs to one connection (cookies).
 */
export interface EventSource {
  /** Lower case. */
  readonly hub: string;
  readonly connectionId: string;
  /** The token's user at first; the `connect` answer may replace it. */
  userId: string | undefined;
  /** The negotiated subprotocol in the server's spelling; `undefined` for simple clients without one and in `connect`. */
  subprotocol: string | undefined;
  /** How frames of this client look: decides which replies are usable. */
  framing: Framing;
  /** The opaque connection state that a handler set last. */
  state: string | undefined;
  /** `Host` of the upgrade request, lower case: the webhook origin where no public endpoint is configured. */
  readonly requestHost: string;
}

/** What the `connect` event tells the handler: name -> values in order of appearance. The client's token is not in it. */
export interface ConnectRequest {
  readonly claims: Readonly<Record<string, readonly string[]>>;
  readonly query: Readonly<Record<string, readonly string[]>>;
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly subprotocols: readonly string[];
}

/** The handler's word on a new client. Fields that are `undefined` leave what the token said. */
export type ConnectOutcome =
  | {
    readonly accepted: true;
    /** `""` makes the connection userless. */
    readonly userId: string | undefined;
    /** Replaces the token's groups; never empty. Valid names. */
    readonly groups: readonly string[] | undefined;
    /** Replaces the token's roles, also when empty. */
    readonly roles: readonly string[] | undefined;
    /** One that the client offered, in the client's spelling. */
    readonly subprotocol: string | undefined;
    readonly state: string | undefined;
  }
  /** `status` is the HTTP status of the handshake's answer, 400-599. */
  | { readonly accepted: false; readonly status: number };

/** A user event on its way to its handler. */
export interface UserEvent {
  readonly name: string;
  readonly payload: Payload;
  readonly metadata: Metadata | undefined;
}

/** What the handler made of a user event. `state` is `undefined` when it stays as it was. */
export type UserEventOutcome =
  | {
    readonly ok: true;
    readonly reply:
      | { readonly payload: Payload; readonly metadata: Metadata | undefined }
      | undefined;
    readonly state: string | undefined;
  }
  /** No handler matched, or its answer was unusable. */
  | { readonly ok: false };

/**
 * The event handlers of all hubs. `id` is the event's number on its connection (`ce-id`); `connect` is always 0.
 * Nothing here throws or rejects: a failure is an outcome.
 */
export interface Upstream {
  /** Whether a handler of the hub takes `connect`. */
  asksAbout(hub: string): boolean;
  /** `undefined` when no handler of the hub takes `connect`. */
  connect(
    source: EventSource,
    request: ConnectRequest,
    signal: AbortSignal,
  ): Promise<ConnectOutcome> | undefined;
  connected(source: EventSource, id: number): void;
  /** Settles at once when no handler matches. */
  userEvent(
    source: EventSource,
    id: number,
    event: UserEvent,
    signal: AbortSignal,
  ): Promise<UserEventOutcome> | UserEventOutcome;
  disconnected(source: EventSource, id: number, reason: string): void;
  /** Waits for running notifications, at most `ms` milliseconds. */
  drain(ms: number): Promise<void>;
}

/** No handlers at all: every client connects as its token says, every user event fails. */
export const noUpstream: Upstream = {
  asksAbout: () => false,
  connect: () => undefined,
  connected: () => {},
  userEvent: () => ({ ok: false }),
  disconnected: () => {},
  drain: () => Promise.resolve(),
};

/** What is counted. */
export type Counter =
  | "messages_expired"
  | "slow_consumers"
  | "replay_buffers_full"
  | "waiting_frames_exceeded"
  | "groups_per_connection_reached";

/** Where counts go. */
export interface Meter {
  add(counter: Counter, amount: number): void;
}

/** Structured log. Fields never hold tokens, keys, payloads or a URL's query. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** Named values of one log line. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;
