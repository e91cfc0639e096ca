/**
 * What the REST API needs from the rest of the server.
 */
import type { ClientTokenRequest } from "../auth/sign.ts";
import type { GroupBound } from "../hub/group_bound.ts";
import type { Log } from "../ports.ts";
import type { Filters, Reach } from "../hub/reach.ts";
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
  /** Carries out what is asked of the hubs. */
  readonly reach: Reach;
  /** Says why a connection may be in no more groups. */
  readonly groupBound: Pick<GroupBound, "message">;
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
  /** Judges OData filters. */
  readonly filters: Filters;
  /** How many calls are taken; `undefined`: all. */
  readonly bound: CallBound | undefined;
  /** The configured public endpoint without trailing slash, if any. */
  readonly publicEndpoint: string | undefined;
  /** Whether `X-Forwarded-*` headers come from a trusted proxy. */
  readonly trustForwardedHeaders: boolean;
}
