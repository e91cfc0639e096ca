/**
 * A REST call and its answer as plain data: whoever carries HTTP hands the one in and sends the other out.
 */

/** The headers of a call; the platform's `Headers` are such fields too. */
export interface RestHeaders {
  /** The value of a field, those of repeated lines joined by `, `; `null` without any. `name` is in lower case. */
  get(name: string): string | null;
  /** Calls `task` once for each name. */
  forEach(task: (value: string, name: string) => void): void;
}

/**
 * A whole body, or why there is none: it has more bytes than were wanted, its end never came, it came too slowly, or the
 * server holds too many bytes of others. The buffer of a body may hold more: who keeps it takes `ownBytes` of it.
 */
export type RestBody = Uint8Array | "tooLong" | "broken" | "tooSlow" | "noRoom";

/** A call. */
export interface RestRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly target: string;
  readonly scheme: "http" | "https";
  readonly headers: RestHeaders;
  /** Reads the body, at once when it is there. Called at most once, and only for calls that take one. */
  body(limit: number): RestBody | Promise<RestBody>;
}

/** An answer. */
export interface RestResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Text is UTF-8. */
  readonly body: string | undefined;
}
