/** `hubbub key`: a fresh access key. */
import { NEW_KEY_LENGTH } from "../limits.ts";
import type { Platform } from "../platform.ts";

/** 62 characters that need no escaping in URLs, shells, YAML or connection strings. */
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Bytes from here on would favour the first characters of the alphabet. */
const FAIR_BYTES = 256 - 256 % ALPHABET.length;

/**
 * A random access key.
 *
 * ```ts
 * import { randomKey } from "./key.ts";
 * import { systemPlatform } from "../platform.ts";
 * import assert from "node:assert/strict";
 * assert.match(randomKey(systemPlatform), /^[A-Za-z0-9]{44}$/);
 * ```
 */
export function randomKey(platform: Pick<Platform, "randomBytes">): string {
  let key = "";
  while (key.length < NEW_KEY_LENGTH) {
    for (const byte of platform.randomBytes(NEW_KEY_LENGTH)) {
      if (byte < FAIR_BYTES && key.length < NEW_KEY_LENGTH) key += ALPHABET[byte % ALPHABET.length];
    }
  }
  return key;
}
