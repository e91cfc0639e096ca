/**
 * Tokens of an identity provider for REST callers: Entra ID on Azure, any OpenID Connect issuer here. Off unless an
 * issuer is configured. The library is loaded with the first such token.
 *
 * Rules: OpenID Connect Discovery 1.0, RFC 7517, RFC 7519; audience and role names of the service.
 */
import type { JWTVerifyGetKey } from "jose";
import type { Platform } from "../platform.ts";
import { audienceList, type Claims, lifetimeFlaw, list, readClaims } from "./claims.ts";
import { type CompactToken, type JsonObject, own, parseCompact, readPayload } from "./compact.ts";
import { OidcKeys } from "./oidc_keys.ts";
import type { TokenFailure, TokenRefused } from "./token.ts";

/** The audience of the service, which its SDKs ask identity providers for. */
export const SERVICE_AUDIENCE = "https://webpubsub.azure.com";

/** What a known caller may do: everything, the reading operations, nothing. */
export type OidcAccess = "owner" | "reader" | "none";

/** Why a token of an identity provider was refused; for the log alone. */
export type OidcFailure = TokenFailure | "wrongIssuer" | "unknownKey" | "noKeys";

/** The verdict on a token of an identity provider. */
export type OidcVerdict =
  | { readonly ok: true; readonly claims: Claims; readonly access: OidcAccess }
  | TokenRefused<OidcFailure>;

/** The trusted identity provider. */
export interface OidcOptions {
  /** Exactly as in `iss`. */
  readonly issuer: string;
  /** Address of the key set; without it, discovery finds it. */
  readonly jwksUri?: string | undefined;
  /** Audiences of which a token must have one. Default: the service's own. */
  readonly audiences?: readonly string[] | undefined;
  /** Default: `roles`. */
  readonly roleClaim?: string | undefined;
  /** Values of the role claim that allow everything. Default: "Web PubSub Service Owner". */
  readonly ownerRoles?: readonly string[] | undefined;
  /** Values of the role claim that allow reading. Default: "Web PubSub Service Reader". */
  readonly readerRoles?: readonly string[] | undefined;
}

/** Asymmetric only: with an HMAC among them a public key could pass for a secret. */
const ALGORITHMS = ["RS256", "ES256"];

/**
 * Tells whether a token claims one of `audiences`, thus is for {@link OidcVerifier} and never to be judged by an
 * access key. Nothing of the token is verified here.
 */
export function claimsAudience(token: string, audiences: readonly string[]): boolean {
  const compact = parseCompact(token);
  if (typeof compact === "string") return false;
  const payload = readPayload(compact.payload);
  return payload !== undefined && hasAudience(payload, audiences);
}

function hasAudience(payload: JsonObject, audiences: readonly string[]): boolean {
  const claimed = audienceList(own(payload, "aud")) ?? [];
  return claimed.some((one) => audiences.includes(one));
}

/** Verifies tokens of one identity provider. */
export class OidcVerifier {
  /** The audiences of its tokens. */
  readonly audiences: readonly string[];
  readonly #issuer: string;
  readonly #roleClaim: string;
  readonly #owners: ReadonlySet<string>;
  readonly #readers: ReadonlySet<string>;
  readonly #keys: OidcKeys;
  readonly #platform: Platform;

  /** `report` gets each failed fetch of keys as a text for the log. */
  constructor(options: OidcOptions, platform: Platform, report: (problem: string) => void) {
    this.audiences = options.audiences ?? [SERVICE_AUDIENCE];
    this.#issuer = options.issuer;
    this.#roleClaim = options.roleClaim ?? "roles";
    this.#owners = new Set(options.ownerRoles ?? ["Web PubSub Service Owner"]);
    this.#readers = new Set(options.readerRoles ?? ["Web PubSub Service Reader"]);
    const location = { issuer: options.issuer, jwksUri: options.jwksUri };
    this.#keys = new OidcKeys(location, platform, report);
    this.#platform = platform;
  }

  /** Judges a token. Never rejects for what a token or the provider says. */
  async verify(token: string): Promise<OidcVerdict> {
    const compact = parseCompact(token);
    if (typeof compact === "string") return refused(compact);
    if (!ALGORITHMS.includes(compact.algorithm)) return refused("wrongAlgorithm");
    const payload = readPayload(compact.payload);
    if (payload === undefined) return refused("malformed");
    const claims = readClaims(payload);
    if (claims === undefined) return refused("wrongClaims");
    // The claims go first: a token that fails them costs no fetch and no public-key arithmetic.
    const flaw = this.#claimFlaw(payload, claims);
    if (flaw !== undefined) return refused(flaw);
    const signatureFlaw = await this.#signatureFlaw(token, compact);
    if (signatureFlaw !== undefined) return refused(signatureFlaw);
    return { ok: true, claims, access: this.#access(claims) };
  }

  #claimFlaw(payload: JsonObject, claims: Claims): OidcFailure | undefined {
    if (own(payload, "iss") !== this.#issuer) return "wrongIssuer";
    if (!hasAudience(payload, this.audiences)) return "wrongAudience";
    return lifetimeFlaw(claims, this.#platform.now());
  }

  async #signatureFlaw(token: string, compact: CompactToken): Promise<OidcFailure | undefined> {
    const keys = await this.#keys.current();
    if (keys === undefined) return "noKeys";
    const flaw = await checkSignature(token, compact, keys);
    if (flaw !== "unknownKey") return flaw;
    const newer = await this.#keys.newer(keys);
    return newer === undefined ? flaw : await checkSignature(token, compact, newer);
  }

  #access(claims: Claims): OidcAccess {
    const roles = list(claims.all, this.#roleClaim);
    if (roles.some((role) => this.#owners.has(role))) return "owner";
    return roles.some((role) => this.#readers.has(role)) ? "reader" : "none";
  }
}

async function checkSignature(
  token: string,
  { algorithm }: CompactToken,
  keys: JWTVerifyGetKey,
): Promise<"unknownKey" | "wrongSignature" | undefined> {
  const { compactVerify, errors } = await import("jose");
  try {
    await compactVerify(token, keys, { algorithms: [algorithm] });
    return undefined;
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) return "unknownKey";
    if (error instanceof errors.JOSEError || error instanceof TypeError) return "wrongSignature";
    // A key that cannot be imported is a DOMException of Web Crypto.
    if (error instanceof DOMException) return "wrongSignature";
    throw error;
  }
}

function refused(reason: OidcFailure): TokenRefused<OidcFailure> {
  return { ok: false, reason };
}
