/**
 * Reconnection tokens: the proof that a socket may continue a reliable connection.
 */
import { Buffer } from "node:buffer";
import { MacKey, sameMac } from "../auth/mac.ts";
import { MAX_RECONNECTION_TOKEN_LENGTH, RECONNECTION_TOKEN_LIFE_MS } from "../limits.ts";
import type { Platform } from "../platform.ts";

/**
 * Makes and checks reconnection tokens. A token is bound to its connection id and its end of life by an HMAC with a
 * secret of this process, so that none needs to be stored and all tokens of a live connection stay good. They do not
 * depend on access keys: a key rotation cuts nobody off.
 */
export class ReconnectionTokens {
  readonly #platform: Platform;
  readonly #key: MacKey;

  constructor(platform: Platform) {
    this.#platform = platform;
    this.#key = new MacKey(platform.randomBytes(32));
  }

  /** A token that is good for about seven days. */
  issue(connectionId: string): string {
    const expiry = (this.#platform.now() + RECONNECTION_TOKEN_LIFE_MS).toString(36);
    return `${expiry}.${this.#mac(connectionId, expiry)}`;
  }

  /** Tells whether `token` was issued for `connectionId` and still lives. Takes the same time for every wrong token. */
  verify(connectionId: string, token: string): boolean {
    const dot = token.indexOf(".");
    if (dot <= 0 || token.length > MAX_RECONNECTION_TOKEN_LENGTH) return false;
    const expiry = token.slice(0, dot);
    const given = Buffer.from(token.slice(dot + 1));
    return sameMac(given, Buffer.from(this.#mac(connectionId, expiry))) &&
      parseInt(expiry, 36) > this.#platform.now();
  }

  #mac(connectionId: string, expiry: string): string {
    const mac = this.#key.mac("sha256", `${connectionId}.${expiry}`);
    return Buffer.from(mac).toString("base64url");
  }
}
