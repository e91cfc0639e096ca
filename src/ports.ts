/**
 * Where every part says what happens: a log for the operator, counts for monitoring, a trace for whoever looks. `observe/`
 * implements them.
 */
import type { End } from "./ends.ts";

/**
 * The names of values in log lines. One thing has one name, whichever part writes the line:
 *
 * - whom it is about: `hub`, `connection` (its id), `event` and `id` (its number on the connection), `url` (without its
 *   query), `method`, `endpoint`, `transport`, `file`, `settings`, `signal`
 * - what went wrong: `reason` (a word of ours, from a closed list), `problem` (a sentence), `fix` (what to do about it),
 *   `error` and `stack` (a fault that was caught), `status` (of HTTP), `expected` and `found`
 * - how many and how long: `count` (since the last such line, where there may be many), `limit` (the bound that was
 *   reached), `connections`, `reserve` (descriptors kept free), `attempts`, `waiting`, `bufferedBytes`, `durationMs`,
 *   `nextTryMs`, `drainSeconds`
 */
export const LOG_FIELDS = [
  "hub",
  "connection",
  "event",
  "id",
  "url",
  "method",
  "endpoint",
  "transport",
  "file",
  "settings",
  "signal",
  "reason",
  "problem",
  "fix",
  "error",
  "stack",
  "status",
  "expected",
  "found",
  "count",
  "limit",
  "connections",
  "reserve",
  "attempts",
  "waiting",
  "bufferedBytes",
  "durationMs",
  "nextTryMs",
  "drainSeconds",
] as const;

/** Named values of one log line. They never hold tokens, keys, payloads or a URL's query. */
export type LogFields = {
  readonly [Name in typeof LOG_FIELDS[number]]?: string | number | boolean | undefined;
};

/** Structured log. A message is a sentence without names in it and without a final period; what differs is a field. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** Something that is counted. */
export interface Counter {
  add(amount: number): void;
}

/** What is counted. */
export type CounterName = "messagesExpired" | "groupsPerConnectionReached";

/** Where counts go: a counter for each name, so that counting looks nothing up. */
export interface Meter extends Readonly<Record<CounterName, Counter>> {
  /** Connections that are over, by their end. */
  readonly ended: Readonly<Record<End, Counter>>;
  /** Connections that lost their socket and may come back, by the end of the socket. */
  readonly away: Readonly<Record<End, Counter>>;
}

/**
 * What happens to clients, one by one, for somebody who looks for what became of a message. No payloads. A kind is added
 * together with the place that tells it.
 */
export type TraceEvent =
  | {
    readonly what: "join" | "leave";
    readonly hub: string;
    readonly connection: string;
    readonly group: string;
  }
  | {
    readonly what: "close";
    readonly hub: string;
    readonly connection: string;
    readonly reason: End;
    readonly text: string;
  };

/** Where parts say what happens: `if (trace.isWatched) trace.tell({ ... })`. */
export interface Trace {
  /** Whether somebody looks. Asked before an event is made, so that it costs one comparison while nobody does. */
  readonly isWatched: boolean;
  tell(event: TraceEvent): void;
}

/** Nobody looks. */
export const noTrace: Trace = { isWatched: false, tell: () => {} };
