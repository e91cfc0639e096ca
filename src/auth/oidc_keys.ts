/**
 * The public keys of an identity provider: found by discovery, kept for a while, fetched again when a token names an
 * unknown one. What a token says decides at most that a fetch happens, never from where.
 */
import type { JSONWebKeySet, JWTVerifyGetKey } from "jose";
import { messageOf } from "../errors.ts";
import {
  MAX_OIDC_DOCUMENT_BYTES,
  OIDC_FETCH_MS,
  OIDC_FETCH_PAUSE_MS,
  OIDC_KEYS_FRESH_MS,
  OIDC_KEYS_STALE_MS,
} from "../limits.ts";
import type { Platform } from "../platform.ts";
import { isObject, type JsonObject } from "./compact.ts";

/** Where the keys are. */
export interface KeyLocation {
  readonly issuer: string;
  /** Spares the discovery. */
  readonly jwksUri: string | undefined;
}

interface KeySet {
  readonly find: JWTVerifyGetKey;
  readonly fetchedAt: number;
}

/**
 * jose's own remote key set was not taken: it reads the real clock, and after a failed fetch it tries again for every
 * token. Choosing among the keys is still jose's.
 */
export class OidcKeys {
  readonly #location: KeyLocation;
  readonly #platform: Platform;
  readonly #report: (problem: string) => void;
  #keys: KeySet | undefined;
  #triedAt = -Infinity;
  #pending: Promise<void> | undefined;

  /** `report` gets each failed fetch as a text for the log. */
  constructor(location: KeyLocation, platform: Platform, report: (problem: string) => void) {
    this.#location = location;
    this.#platform = platform;
    this.#report = report;
  }

  /** A finder among usable keys; `undefined` when there are none. */
  async current(): Promise<JWTVerifyGetKey | undefined> {
    const age = this.#age();
    if (age >= OIDC_KEYS_FRESH_MS) await this.#fetch();
    return this.#age() < OIDC_KEYS_STALE_MS ? this.#keys?.find : undefined;
  }

  /** For a token whose key is not there: newer keys than `old`, or `undefined` if it is too early to ask. */
  async newer(old: JWTVerifyGetKey): Promise<JWTVerifyGetKey | undefined> {
    if (this.#keys?.find === old) await this.#fetch();
    const found = this.#keys?.find;
    return found === old ? undefined : found;
  }

  #age(): number {
    return this.#keys === undefined ? Infinity : this.#platform.now() - this.#keys.fetchedAt;
  }

  async #fetch(): Promise<void> {
    if (this.#pending === undefined) {
      if (this.#platform.now() - this.#triedAt < OIDC_FETCH_PAUSE_MS) return;
      this.#triedAt = this.#platform.now();
      this.#pending = this.#load().finally(() => this.#pending = undefined);
    }
    await this.#pending;
  }

  async #load(): Promise<void> {
    try {
      const { createLocalJWKSet } = await import("jose");
      const uri = this.#location.jwksUri ?? await this.#discover();
      const document = await this.#get(uri);
      // Checked by jose, which refuses what is no key set.
      const find = createLocalJWKSet(document as unknown as JSONWebKeySet);
      this.#keys = { find, fetchedAt: this.#platform.now() };
    } catch (error) {
      this.#report(
        `Cannot fetch the keys of issuer "${this.#location.issuer}": ${messageOf(error)}`,
      );
    }
  }

  async #discover(): Promise<string> {
    const { issuer } = this.#location;
    const document = await this.#get(
      `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`,
    );
    if (document["issuer"] !== issuer) {
      throw new TypeError(`its discovery document names another issuer, expected "${issuer}"`);
    }
    const uri = document["jwks_uri"];
    // Keys that come in the clear could be anybody's; only an issuer that itself is in the clear may say so.
    const scheme = issuer.startsWith("https:") ? /^https:\/\// : /^https?:\/\//;
    if (typeof uri !== "string" || !scheme.test(uri)) {
      throw new TypeError('its discovery document has no "jwks_uri" with the scheme of the issuer');
    }
    return uri;
  }

  async #get(url: string): Promise<JsonObject> {
    const abort = new AbortController();
    const cancel = this.#platform.after(
      OIDC_FETCH_MS,
      () => abort.abort(new TypeError(`no answer from "${url}" within ${OIDC_FETCH_MS} ms`)),
    );
    try {
      const response = await this.#platform.fetch(url, {
        method: "GET",
        headers: { accept: "application/json, application/jwk-set+json" },
        redirect: "error",
        signal: abort.signal,
      });
      if (response.status !== 200) {
        await response.body?.cancel();
        throw new TypeError(`"${url}" answered ${response.status}, expected 200`);
      }
      const document: unknown = JSON.parse(await boundedText(response, url));
      if (!isObject(document)) throw new TypeError(`"${url}" answered no JSON object`);
      return document;
    } finally {
      cancel();
    }
  }
}

async function boundedText(response: Response, url: string): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_OIDC_DOCUMENT_BYTES) {
      throw new TypeError(`"${url}" answered more than ${MAX_OIDC_DOCUMENT_BYTES} bytes`);
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
