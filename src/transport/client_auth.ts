/**
 * Client tokens at the handshake: where they stand, and what they are judged by.
 */
import type { ClientEndpoint, Origins } from "../auth/audience.ts";
import { bearerToken } from "../auth/bearer.ts";
import type { TokenVerifier } from "../auth/token.ts";
import { all, type Parameters } from "../hub/client_target.ts";
import type { ArrivalHeaders, ClientClaims } from "../hub/endpoint.ts";
import type { Log } from "../ports.ts";

/** Stands for a token given more than once. */
export const AMBIGUOUS = Symbol("ambiguous token");

/** The token of the query, else of the header; `undefined` when there is none. */
export function clientToken(
  headers: ArrivalHeaders,
  parameters: Parameters,
): string | typeof AMBIGUOUS | undefined {
  const given = all(parameters, "access_token");
  if (given.length > 1) return AMBIGUOUS;
  if (given[0] !== undefined && given[0] !== "") return given[0];
  return bearerToken(headers.get("authorization"));
}

/** Judges a client token for a hub at an endpoint; `hosts` are those that the request was made to. */
export type ClientAuthenticator = (
  token: string,
  endpoint: ClientEndpoint,
  hub: string,
  hosts: readonly string[],
) => ClientClaims | undefined;

/**
 * Makes the judge; the reason of a refusal goes to the log, never to the client. `origins` is asked at each judgement:
 * the port, which audiences may name, is known only once it is open.
 */
export function createClientAuthenticator(
  verifier: TokenVerifier,
  origins: () => Origins,
  log: Log,
): ClientAuthenticator {
  return (token, endpoint, hub, requestAuthorities) => {
    const verdict = verifier.verifyClient(token, {
      ...origins(),
      endpoint,
      hub,
      requestAuthorities,
    });
    if (!verdict.ok) {
      log.info("Client token refused", { hub, reason: verdict.reason });
      return undefined;
    }
    return verdict.claims;
  };
}
