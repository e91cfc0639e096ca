/**
 * The two sides of a run: a connection as filters see it, and a filter as its users see it.
 */

/** What a filter can see of one connection. */
export interface FilterSubject {
  readonly connectionId: string;
  /** `undefined` for anonymous connections. */
  readonly userId: string | undefined;
  /** Negotiated subprotocol; `undefined` for simple clients. */
  readonly subprotocol: string | undefined;
  readonly groupCount: number;
  isInGroup(group: string): boolean;
}

/** A filter that is ready to run. It never throws and never waits; `matches` must not be called from within itself. */
export interface Filter {
  /** Tells whether the filter lets the connection in. A type error that shows only on it means no. */
  matches(subject: FilterSubject): boolean;
}
