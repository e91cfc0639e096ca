/**
 * Verification of tokens that are signed with an access key: REST tokens and client tokens.
 *
 * Rules: RFC 7515, RFC 7519; the service for keys, algorithms and claims; the official emulator for the clock skew.
 */
import {
  CACHE_ENTRY_BYTES,
  MAX_CACHED_TOKEN_BYTES,
  MAX_CACHED_TOKENS,
  MAX_TOKEN_LENGTH,
} from "../limits.ts";
import type { AccessKeys } from "./access_key.ts";
import {
  type Audience,
  type ClientTarget,
  isForClient,
  isForRest,
  parseAudiences,
  type RestTarget,
} from "./audience.ts";
import { BoundedCache } from "../bounded_cache.ts";
import { type Claims, lifetimeFlaw, readClaims } from "./claims.ts";
import { parseCompact, readPayload } from "./compact.ts";
import { Doorkeeper } from "./doorkeeper.ts";
import type { MacHash } from "./mac.ts";

/** Why a token was refused. For the log alone: whoever sent it learns no more than that it is not good. */
export type TokenFailure =
  | "tooLong"
  | "malformed"
  | "wrongAlgorithm"
  | "wrongSignature"
  | "wrongClaims"
  | "expired"
  | "notYetValid"
  | "wrongAudience";

/** A refusal. */
export interface TokenRefused<Reason = TokenFailure> {
  readonly ok: false;
  readonly reason: Reason;
}

/** The verdict on a token. */
export type TokenVerdict = { readonly ok: true; readonly claims: Claims } | TokenRefused;

/** A token whose signature is good. Time and audience are judged anew at every use. */
interface SignedToken {
  readonly ok: true;
  readonly hash: MacHash;
  readonly claims: Claims;
  readonly audiences: readonly Audience[];
}

/** HMAC algorithms by their `alg`, exactly as RFC 7518 spells them: "none" is not among them in any letter case. */
const HASHES: ReadonlyMap<string, MacHash> = new Map([
  ["HS256", "sha256"],
  ["HS384", "sha384"],
  ["HS512", "sha512"],
]);

/**
 * Verifies tokens against the access keys and remembers those whose signature was found good twice, until the keys are
 * replaced.
 *
 * ```ts
 * import { AccessKeys, DEVELOPMENT_KEY } from "./access_key.ts";
 * import { signClientToken } from "./sign.ts";
 * import { TokenVerifier } from "./token.ts";
 * import assert from "node:assert/strict";
 *
 * const keys = new AccessKeys(DEVELOPMENT_KEY);
 * const tokens = new TokenVerifier(keys, () => 1_000_000);
 * const token = signClientToken(keys, {
 *   audience: "http://localhost:8080/client/hubs/chat",
 *   userId: "ann",
 *   roles: [],
 *   groups: [],
 *   minutesToExpire: 60,
 * }, 1_000_000);
 * const verdict = tokens.verifyClient(token, { endpoint: "default", hub: "chat" });
 * assert.equal(verdict.ok && verdict.claims.userId, "ann");
 * assert.equal(tokens.verifyClient(token, { endpoint: "default", hub: "other" }).ok, false);
 * ```
 */
export class TokenVerifier {
  readonly #keys: AccessKeys;
  readonly #now: () => number;
  readonly #good: BoundedCache<string, SignedToken>;
  readonly #doorkeeper = new Doorkeeper();
  #generation: number;

  /** `now`: milliseconds since 1970. `cached`: most remembered tokens. */
  constructor(keys: AccessKeys, now: () => number, cached = MAX_CACHED_TOKENS) {
    this.#keys = keys;
    this.#now = now;
    this.#good = new BoundedCache(cached, { bytes: MAX_CACHED_TOKEN_BYTES, bytesOf });
    this.#generation = keys.generation;
  }

  /** Judges the token of a REST call: HS256 only, `aud` must name the called resource. Never throws. */
  verifyRest(token: string, target: RestTarget): TokenVerdict {
    const signed = this.#signed(token);
    if (!signed.ok) return signed;
    if (signed.hash !== "sha256") return refused("wrongAlgorithm");
    const flaw = lifetimeFlaw(signed.claims, this.#now());
    if (flaw !== undefined) return refused(flaw);
    return isForRest(signed.audiences, target) ? signed : refused("wrongAudience");
  }

  /** Judges the token of a client's handshake: HS256, HS384 or HS512, `aud` must name the hub. Never throws. */
  verifyClient(token: string, target: ClientTarget): TokenVerdict {
    const signed = this.#signed(token);
    if (!signed.ok) return signed;
    const flaw = lifetimeFlaw(signed.claims, this.#now());
    if (flaw !== undefined) return refused(flaw);
    return isForClient(signed.audiences, target) ? signed : refused("wrongAudience");
  }

  #signed(token: string): SignedToken | TokenRefused {
    // Before the cache, which would hash the whole text.
    if (token.length > MAX_TOKEN_LENGTH) return refused("tooLong");
    if (this.#generation !== this.#keys.generation) {
      this.#good.clear();
      this.#generation = this.#keys.generation;
    }
    const known = this.#good.get(token);
    if (known !== undefined) return known;
    return this.#verifySignature(token);
  }

  #verifySignature(token: string): SignedToken | TokenRefused {
    const compact = parseCompact(token);
    if (typeof compact === "string") return refused(compact);
    const { algorithm, signed, signature } = compact;
    const hash = HASHES.get(algorithm);
    if (hash === undefined) return refused("wrongAlgorithm");
    if (!this.#keys.verifies(hash, signed, signature)) return refused("wrongSignature");
    const payload = readPayload(compact.payload);
    if (payload === undefined) return refused("malformed");
    const claims = readClaims(payload);
    if (claims === undefined) return refused("wrongClaims");
    const good = { ok: true, hash, claims, audiences: parseAudiences(claims.audience) } as const;
    if (this.#doorkeeper.isKnown(signature)) this.#good.set(token, good);
    return good;
  }
}

/**
 * What a kept token takes, in bytes: its text, its claims as parsed, and its audiences. Measured with 20 KB
 * of groups and of audiences: 1.7 to 5 times the text.
 */
function bytesOf(token: string): number {
  return CACHE_ENTRY_BYTES + 4 * token.length;
}

function refused(reason: TokenFailure): TokenRefused {
  return { ok: false, reason };
}
