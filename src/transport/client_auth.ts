/**
 * Client tokens at the handshake.
 */
import type { Origins } from "../auth/audience.ts";
import type { TokenVerifier } from "../auth/token.ts";
import type { Log } from "../hub/ports.ts";
import type { ClientClaims } from "./accept.ts";

/** Judges a client token for a hub; `hosts` are those that the request was made to. */
export type ClientAuthenticator = (
  token: string,
  hub: string,
  hosts: readonly string[],
) => ClientClaims | undefined;

/**
 * Makes the judge; the reason of a refusal goes to the log, never to the client. `origins` is asked at each judgement: the
 * port, which audiences may name, is known only once it is open.
 */
export function createClientAuthenticator(
  verifier: TokenVerifier,
  origins: () => Origins,
  log: Log,
): ClientAuthenticator {
  return (token, hub, requestAuthorities) => {
    const verdict = verifier.verifyClient(token, {
      ...origins(),
      endpoint: "default",
      hub,
      requestAuthorities,
    });
    if (!verdict.ok) {
      log.info("client token refused", { hub, reason: verdict.reason });
      return undefined;
    }
    return verdict.claims;
  };
}
