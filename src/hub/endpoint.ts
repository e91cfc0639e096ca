/**
 * The seam between transports and client languages. A transport hears a handshake, does the checks that all languages
 * share, and lets the endpoint of the path decide what the client becomes. The server hands the endpoints to the
 * transports; neither side knows the other.
 */
import type { ClientEndpoint } from "../auth/audience.ts";
import type { Claims } from "../auth/claims.ts";
import type { ClientSocket } from "./client_socket.ts";
import type { ClientTarget, Parameters } from "./client_target.ts";

/** What a client token says; nothing at all for a client without one. */
export type ClientClaims = Pick<Claims, "userId" | "roles" | "groups" | "all">;

/** Header fields of an upgrade request. */
export interface ArrivalHeaders extends Iterable<[name: string, value: string]> {
  /** The value of a field, those of repeated lines joined by `, `; `null` without any. `name` is in lower case. */
  get(name: string): string | null;
}

/** A client that wants in: its upgrade request is a right one, and so is the name of its hub. */
export interface Arrival {
  /** A valid name, in lower case. */
  readonly hub: string;
  /** `Host` of the request, lower case. One text for all clients of a host: it may be kept. */
  readonly host: string;
  readonly parameters: Parameters;
  readonly headers: ArrivalHeaders;
  /** Runs `task` when the client goes away, until the result is called; call it only where somebody waits. */
  whenGone(task: () => void): () => void;
}

/** Why a client that was welcome gets no socket. */
export type Missed =
  /** The server began to stop while the client waited. */
  | "stopping"
  /** The client left, or the runtime did not upgrade its connection. */
  | "notUpgraded";

/** The client comes in. */
export interface Welcome {
  readonly kind: "welcome";
  /** The subprotocol that the 101 answer names. */
  readonly answer: string | undefined;
  /**
   * Serves the client. Called before the 101 answer can reach the client: who is registered here is found by a send
   * right after the client's `open` event.
   */
  start(socket: ClientSocket): void;
  /** Called instead of `start` when there will be no socket. */
  missed(why: Missed): void;
}

/** A plain HTTP answer, the same on both transports; no connection exists. */
export interface Refusal {
  readonly kind: "refused";
  readonly status: number;
  /** The body, as plain text. */
  readonly message: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** One client language at its paths. */
export interface Endpoint {
  /** Which audience its tokens name. */
  readonly family: ClientEndpoint;
  /** Whether a raw target (path and query, as sent) is below the endpoint; those without a meaning there are 404. */
  matches(target: string): boolean;
  /** Reads a target that matches; `undefined` when no client has its place there. */
  locate(target: string): ClientTarget | undefined;
  /**
   * For clients that prove by other means than a token that they may come in, as those that come back; `undefined` when
   * this one does not try.
   */
  resume?(arrival: Arrival): Welcome | Refusal | undefined;
  /**
   * Judges a client whose token is good and names valid groups, not too many; or one that needs no token. The `connect`
   * handler of the hub is asked here (`Upstream.connect`), in the words of the language: nobody else does.
   */
  welcome(arrival: Arrival, claims: ClientClaims): Welcome | Refusal | Promise<Welcome | Refusal>;
}

/**
 * A plain answer; 401 says which credentials are wanted (RFC 9110 section 15.5.2).
 *
 * ```ts
 * import { refusal } from "./endpoint.ts";
 * import assert from "node:assert/strict";
 * assert.equal(refusal(401, "A client token is required.").headers["WWW-Authenticate"], "Bearer");
 * ```
 */
export function refusal(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Refusal {
  const challenge = status === 401 ? { "WWW-Authenticate": "Bearer" } : {};
  return { kind: "refused", status, message, headers: { ...challenge, ...headers } };
}
