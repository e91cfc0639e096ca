/**
 * Names as 64 bits under a secret: HalfSipHash-1-3 (https://github.com/veorq/SipHash), as hash tables use it. Whoever
 * does not know the secret cannot choose names that meet.
 */

/** Bytes of the secret. */
export const HASH_SECRET_BYTES = 8;

/** What a count is of: all clients of a hub, those of a group, those of a user. */
export type CountedKind = "hub" | "group" | "user";

const KIND_NUMBERS: Readonly<Record<CountedKind, number>> = { hub: 1, group: 2, user: 3 };

/** The hash of a name. */
export interface HashedName {
  readonly low: number;
  readonly high: number;
}

/** The state of the hash after hub and kind: what all their names begin with. */
export interface Scope {
  readonly v0: number;
  readonly v1: number;
  readonly v2: number;
  readonly v3: number;
  /** UTF-16 code units so far, an even number. */
  readonly length: number;
}

/**
 * Hashes names. Workers with the same secret get the same hashes.
 *
 * ```ts
 * import { KeyedHash } from "./keyed_hash.ts";
 * import assert from "node:assert/strict";
 * const hash = new KeyedHash(crypto.getRandomValues(new Uint8Array(8)));
 * const groups = hash.scope("chat", "group");
 * const { low, high } = hash.of(groups, "sports");
 * assert.deepEqual({ low, high }, { ...hash.of(groups, "sports") });
 * ```
 */
export class KeyedHash {
  readonly #empty: Scope;
  readonly #state = new Int32Array(4);
  // One object for all answers: hashing allocates nothing.
  readonly #answer = { low: 0, high: 0 };

  /** Throws a `RangeError` when the secret is not of {@linkcode HASH_SECRET_BYTES}. */
  constructor(secret: Uint8Array) {
    if (secret.length !== HASH_SECRET_BYTES) {
      throw new RangeError(
        `Cannot key a hash with ${secret.length} bytes: it takes ${HASH_SECRET_BYTES}`,
      );
    }
    const view = new DataView(secret.buffer, secret.byteOffset);
    const k0 = view.getInt32(0, true);
    const k1 = view.getInt32(4, true);
    this.#empty = { v0: k0, v1: k1 ^ 0xee, v2: 0x6c796765 ^ k0, v3: 0x74656462 ^ k1, length: 0 };
  }

  /** What the names of this hub and kind have in common. Keep it: then a name alone is hashed each time. */
  scope(hub: string, kind: CountedKind): Scope {
    // Kind and length stand first, so that no name of a hub can look like one of another hub.
    const header = String.fromCharCode(KIND_NUMBERS[kind], hub.length);
    const text = header + hub + (hub.length % 2 === 0 ? "" : "\0");
    this.#take(this.#empty, text, text.length >> 1);
    const [v0 = 0, v1 = 0, v2 = 0, v3 = 0] = this.#state;
    return { v0, v1, v2, v3, length: text.length };
  }

  /** The hash of a name. The next call uses the object again. */
  of(scope: Scope, name: string): HashedName {
    this.#take(scope, name, (name.length >> 1) + 1);
    this.#finish();
    return this.#answer;
  }

  // The round stands in both loops: in a function of its own it would pass its state through memory, at half the speed.

  /** Takes in so many words: pairs of code units, then one with what is left and the length. */
  #take(scope: Scope, text: string, words: number): void {
    // `| 0` tells the engine that these are whole numbers of 32 bits.
    let v0 = scope.v0 | 0;
    let v1 = scope.v1 | 0;
    let v2 = scope.v2 | 0;
    let v3 = scope.v3 | 0;
    const pairs = text.length >> 1;
    for (let i = 0; i < words; i++) {
      const word = i < pairs
        ? text.charCodeAt(2 * i) | text.charCodeAt(2 * i + 1) << 16
        : lastWord(text, scope.length);
      v3 ^= word;
      v0 = v0 + v1 | 0;
      v1 = (v1 << 5 | v1 >>> 27) ^ v0;
      v0 = v0 << 16 | v0 >>> 16;
      v2 = v2 + v3 | 0;
      v3 = (v3 << 8 | v3 >>> 24) ^ v2;
      v0 = v0 + v3 | 0;
      v3 = (v3 << 7 | v3 >>> 25) ^ v0;
      v2 = v2 + v1 | 0;
      v1 = (v1 << 13 | v1 >>> 19) ^ v2;
      v2 = v2 << 16 | v2 >>> 16;
      v0 ^= word;
    }
    const state = this.#state;
    state[0] = v0;
    state[1] = v1;
    state[2] = v2;
    state[3] = v3;
  }

  /** Three rounds for each half of the answer. */
  #finish(): void {
    const state = this.#state;
    let v0 = state[0] ?? 0;
    let v1 = state[1] ?? 0;
    let v2 = (state[2] ?? 0) ^ 0xee;
    let v3 = state[3] ?? 0;
    for (let i = 0; i < 6; i++) {
      if (i === 3) {
        this.#answer.low = v1 ^ v3;
        v1 ^= 0xdd;
      }
      v0 = v0 + v1 | 0;
      v1 = (v1 << 5 | v1 >>> 27) ^ v0;
      v0 = v0 << 16 | v0 >>> 16;
      v2 = v2 + v3 | 0;
      v3 = (v3 << 8 | v3 >>> 24) ^ v2;
      v0 = v0 + v3 | 0;
      v3 = (v3 << 7 | v3 >>> 25) ^ v0;
      v2 = v2 + v1 | 0;
      v1 = (v1 << 13 | v1 >>> 19) ^ v2;
      v2 = v2 << 16 | v2 >>> 16;
    }
    this.#answer.high = v1 ^ v3;
  }
}

/** A unit that has no partner, and the length in bytes of all modulo 256, as the algorithm wants it. */
function lastWord(text: string, before: number): number {
  const odd = text.length % 2 === 0 ? 0 : text.charCodeAt(text.length - 1);
  return before + text.length << 25 | odd;
}
