/**
 * Access keys: what a key may look like, and the pair of keys that signs and checks everything. Key material never
 * leaves this module: others hand in a text and get a MAC or a verdict.
 *
 * Rules: the official emulator for the form of a key, the service for the pair and for the signatures of events.
 */
import { Buffer } from "node:buffer";
import { MIN_ACCESS_KEY_BYTES } from "../limits.ts";
import { type MacHash, MacKey, sameMac } from "./mac.ts";

/** The key of the official emulator, known to everybody: good on loopback only. */
export const DEVELOPMENT_KEY = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEFGH";

/** What can be wrong with an access key. */
export type AccessKeyDefect = "tooShort" | "semicolon" | "controlCharacter" | "surroundingSpace";

/** A verdict on an access key; `message` names the defect and the fix, never the key. */
export type AccessKeyCheck =
  | { readonly ok: true }
  | { readonly ok: false; readonly defect: AccessKeyDefect; readonly message: string };

const CONTROL = /\p{Cc}/u;

/**
 * Judges the form of an access key. `label` says in the message which key it is.
 *
 * ```ts
 * import { checkAccessKey, DEVELOPMENT_KEY } from "./access_key.ts";
 * import assert from "node:assert/strict";
 * assert.equal(checkAccessKey(DEVELOPMENT_KEY).ok, true);
 * assert.deepEqual(checkAccessKey("short", "primary access key"), {
 *   ok: false,
 *   defect: "tooShort",
 *   message:
 *     "Cannot use the primary access key: a key has at least 32 UTF-8 bytes, current length is 5; use a longer random one",
 * });
 * ```
 */
export function checkAccessKey(key: string, label = "access key"): AccessKeyCheck {
  const refused = (defect: AccessKeyDefect, why: string): AccessKeyCheck => ({
    ok: false,
    defect,
    message: `Cannot use the ${label}: ${why}`,
  });
  const bytes = Buffer.byteLength(key);
  if (bytes < MIN_ACCESS_KEY_BYTES) {
    return refused(
      "tooShort",
      `a key has at least ${MIN_ACCESS_KEY_BYTES} UTF-8 bytes, current length is ${bytes}; use a longer random one`,
    );
  }
  const semicolon = key.indexOf(";");
  if (semicolon >= 0) {
    return refused(
      "semicolon",
      `a key has no ";", which ends a field of the connection string, current one has it at index ${semicolon}; leave it out`,
    );
  }
  const control = key.search(CONTROL);
  if (control >= 0) {
    return refused(
      "controlCharacter",
      `a key has no control characters, current one has one at index ${control}; leave it out`,
    );
  }
  if (key.trim() !== key) {
    return refused(
      "surroundingSpace",
      "a key does not begin or end with white space, current one does; remove that space",
    );
  }
  return { ok: true };
}

/**
 * The connection string that SDKs take.
 *
 * ```ts
 * import { connectionString } from "./access_key.ts";
 * import assert from "node:assert/strict";
 * assert.equal(
 *   connectionString("http://localhost:8080", "k"),
 *   "Endpoint=http://localhost:8080;AccessKey=k;Version=1.0;",
 * );
 * ```
 */
export function connectionString(endpoint: string, key: string): string {
  return `Endpoint=${endpoint};AccessKey=${key};Version=1.0;`;
}

interface Key {
  readonly text: string;
  /** Over the UTF-8 bytes of the text: a key is never base64-decoded. */
  readonly macs: MacKey;
}

/**
 * The primary and, while keys are rotated, the secondary access key. Both are good for checking; what we sign is signed
 * with the primary. Holders keep one object for the life of the server: `replace` swaps the keys under them.
 *
 * ```ts
 * import { AccessKeys, DEVELOPMENT_KEY } from "./access_key.ts";
 * import assert from "node:assert/strict";
 * const keys = new AccessKeys(DEVELOPMENT_KEY);
 * const mac = keys.sign("sha256", "text");
 * keys.replace("a-new-primary-key-of-enough-bytes", DEVELOPMENT_KEY);
 * assert.equal(keys.verifies("sha256", "text", mac), true);
 * ```
 */
export class AccessKeys {
  // Private fields: neither JSON.stringify nor an inspecting log shows them.
  #primary: Key;
  #secondary: Key | undefined;
  #generation = 0;

  /** @throws {TypeError} When a key breaks the rules of {@link checkAccessKey}. */
  constructor(primary: string, secondary?: string) {
    this.#primary = toKey(primary, "primary access key");
    this.#secondary = secondary === undefined
      ? undefined
      : toKey(secondary, "secondary access key");
  }

  /** The key that signs. A secret. */
  get primary(): string {
    return this.#primary.text;
  }

  /** The other key that is good. A secret. */
  get secondary(): string | undefined {
    return this.#secondary?.text;
  }

  /** Counts the replacements: whoever remembers a verdict forgets it when this number changes. */
  get generation(): number {
    return this.#generation;
  }

  /**
   * Puts other keys in the place of both.
   *
   * @throws {TypeError} When a key breaks the rules; the old keys then stay.
   */
  replace(primary: string, secondary?: string): void {
    const first = toKey(primary, "primary access key");
    const second = secondary === undefined ? undefined : toKey(secondary, "secondary access key");
    this.#primary = first;
    this.#secondary = second;
    this.#generation++;
  }

  /** HMAC of the UTF-8 bytes of `text` with the primary key. */
  sign(hash: MacHash, text: string): Uint8Array {
    return this.#primary.macs.mac(hash, text);
  }

  /** Tells, in constant time for each key, whether `mac` is the HMAC of `text` with one of the keys. */
  verifies(hash: MacHash, text: string, mac: Uint8Array): boolean {
    return isMac(this.#primary, hash, text, mac) ||
      (this.#secondary !== undefined && isMac(this.#secondary, hash, text, mac));
  }

  /**
   * HMAC-SHA256 as lower-case hex with each key, the primary first, of a text of ours that the server wants back
   * unaltered. `purpose` keeps one use from passing for another; the NUL behind it keeps all of them from being tokens.
   */
  macs(purpose: string, text: string): readonly string[] {
    const bound = `${purpose}\0${text}`;
    const macs = [hex(this.#primary, bound)];
    if (this.#secondary !== undefined) macs.push(hex(this.#secondary, bound));
    return macs;
  }

  /** The value of `ce-signature`: `sha256=<hex>` for each key, a comma between and no space. */
  signature(connectionId: string): string {
    const primary = `sha256=${hex(this.#primary, connectionId)}`;
    if (this.#secondary === undefined) return primary;
    return `${primary},sha256=${hex(this.#secondary, connectionId)}`;
  }
}

function toKey(text: string, label: string): Key {
  const check = checkAccessKey(text, label);
  if (!check.ok) throw new TypeError(check.message);
  return { text, macs: new MacKey(Buffer.from(text)) };
}

function hex(key: Key, text: string): string {
  return Buffer.from(key.macs.mac("sha256", text)).toString("hex");
}

function isMac(key: Key, hash: MacHash, text: string, mac: Uint8Array): boolean {
  return sameMac(key.macs.mac(hash, text), mac);
}
