/**
 * Where every part says what happens: a log for the operator, counts for monitoring. `observe/` implements both.
 */

/**
 * The names of values in log lines. One thing has one name, whichever part writes the line:
 *
 * - whom it is about: `hub`, `connection` (its id), `event` and `id` (its number on the connection), `url` (without its
 *   query), `method`, `endpoint`, `transport`, `file`, `settings`, `signal`
 * - what went wrong: `reason` (a word of ours, from a closed list), `problem` (a sentence), `fix` (what to do about it),
 *   `error` and `stack` (a fault that was caught), `status` (of HTTP), `expected` and `found`
 * - how many and how long: `count` (since the last such line, where there may be many), `limit` (the bound that was
 *   reached), `connections`, `reserve` (descriptors kept free), `attempts`, `waiting`, `bufferedBytes`, `durationMs`, `nextTryMs`, `drainSeconds`
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
export type CounterName =
  | "messagesExpired"
  | "slowConsumers"
  | "replayBuffersFull"
  | "waitingFramesExceeded"
  | "groupsPerConnectionReached";

/** Where counts go: a counter for each name, so that counting looks nothing up. */
export type Meter = Readonly<Record<CounterName, Counter>>;
