/**
 * Who may call REST: the one place that decides which kind of token a text is.
 */
import type { RestTarget } from "./audience.ts";
import {
  claimsAudience,
  type OidcAccess,
  type OidcFailure,
  type OidcVerifier,
  SERVICE_AUDIENCE,
} from "./oidc.ts";
import type { TokenRefused, TokenVerifier } from "./token.ts";

/** Why a REST token was refused; for the log alone. */
export type RestFailure = OidcFailure | "noIssuer";

/** The verdict on a bearer token. Access "none": a known caller without a role, who gets 403 instead of 401. */
export type RestVerdict =
  | { readonly ok: true; readonly access: OidcAccess }
  | TokenRefused<RestFailure>;

/** Judges bearer tokens by access key or by identity provider, never one kind by the rules of the other. */
export class RestAuthenticator {
  readonly #tokens: TokenVerifier;
  readonly #oidc: OidcVerifier | undefined;
  readonly #identityAudiences: readonly string[];

  /** Without `oidc`, tokens of identity providers are refused. */
  constructor(tokens: TokenVerifier, oidc: OidcVerifier | undefined) {
    this.#tokens = tokens;
    this.#oidc = oidc;
    this.#identityAudiences = oidc?.audiences ?? [SERVICE_AUDIENCE];
  }

  /** Judges a token. An access key may do everything. At once for access keys, which are nearly all calls. */
  verify(token: string, target: RestTarget): RestVerdict | Promise<RestVerdict> {
    const byKey = this.#tokens.verifyRest(token, target);
    if (byKey.ok) {
      return byKey.claims.audience.some((one) => this.#identityAudiences.includes(one))
        ? { ok: false, reason: "wrongAudience" }
        : { ok: true, access: "owner" };
    }
    if (!claimsAudience(token, this.#identityAudiences)) return byKey;
    return this.#oidc?.verify(token) ?? { ok: false, reason: "noIssuer" };
  }
}
