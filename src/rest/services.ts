/**
 * What the REST API needs from the rest of the server.
 */
import type { ClientTokenRequest } from "../auth/sign.ts";
import type { Hubs } from "../hub/hubs.ts";
import type { Log } from "../hub/ports.ts";
import type { Filter } from "../filter/filter.ts";
import type { CallBound } from "./call_bound.ts";

/** How a request may be known: the facts that a token is judged against. */
export interface RequestFacts {
  /** Raw path as sent. */
  readonly path: string;
  /** `Host` of the request, lower case; with `X-Forwarded-Host` first where forwarded headers are trusted. */
  readonly hosts: () => readonly string[];
}

/** The outcome of authentication and authorization. */
export type Authentication = "ok" | "unauthorized" | "forbidden";

/** Collaborators of the REST API. */
export interface RestServices {
  readonly hubs: Hubs;
  readonly log: Log;
  /** Judges a bearer token. */
  authenticate(
    token: string,
    facts: RequestFacts,
    access: "read" | "write",
  ): Authentication | Promise<Authentication>;
  /** Makes a client token, signed with the primary key. */
  signClientToken(request: ClientTokenRequest): string;
  /** MAC over a text with the access keys, thus good after a restart: one for each key. */
  continuationMacs(text: string): readonly string[];
  /** Compiles an OData filter, or says what is wrong with it. */
  parseFilter(
    source: string,
  ): { readonly ok: true; readonly filter: Filter } | {
    readonly ok: false;
    readonly message: string;
  };
  /** How many calls are taken; `undefined`: all. */
  readonly bound: CallBound | undefined;
  /** The configured public endpoint without trailing slash, if any. */
  readonly publicEndpoint: string | undefined;
  /** Whether `X-Forwarded-*` headers come from a trusted proxy. */
  readonly trustForwardedHeaders: boolean;
}
