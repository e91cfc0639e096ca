import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type CountedKind,
  HASH_SECRET_BYTES,
  KeyedHash,
} from "../../src/group_index/keyed_hash.ts";

const SEED = 20_240_607;
const SECRET = Uint8Array.from({ length: HASH_SECRET_BYTES }, (_, i) => i);

/** HalfSipHash with any number of rounds, as the reference has it: byte by byte. */
function halfSipHash(bytes: readonly number[], each: number, last: number): string {
  const key = new DataView(SECRET.buffer);
  const v = [key.getInt32(0, true), key.getInt32(4, true), 0x6c796765, 0x74656462];
  const at = (i: number) => v[i] ?? 0;
  v[2] = at(2) ^ at(0);
  v[3] = at(3) ^ at(1);
  v[1] = at(1) ^ 0xee;
  const add = (i: number, j: number) => v[i] = at(i) + at(j) | 0;
  const turn = (i: number, bits: number) => v[i] = at(i) << bits | at(i) >>> 32 - bits;
  const half = (i: number, j: number, bits: number) => {
    add(i, j);
    turn(j, bits);
    v[j] = at(j) ^ at(i);
  };
  const rounds = (count: number) => {
    for (let i = 0; i < count; i++) {
      half(0, 1, 5);
      turn(0, 16);
      half(2, 3, 8);
      half(0, 3, 7);
      half(2, 1, 13);
      turn(2, 16);
    }
  };
  for (let i = 0; i <= bytes.length; i += 4) {
    let word = i + 4 > bytes.length ? bytes.length << 24 : 0;
    for (let j = i; j < Math.min(i + 4, bytes.length); j++) word |= (bytes[j] ?? 0) << 8 * (j - i);
    v[3] = at(3) ^ word;
    rounds(each);
    v[0] = at(0) ^ word;
  }
  v[2] = at(2) ^ 0xee;
  rounds(last);
  const low = at(1) ^ at(3);
  v[1] = at(1) ^ 0xdd;
  rounds(last);
  return hex(low, at(1) ^ at(3));
}

function hex(low: number, high: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setInt32(0, low, true);
  view.setInt32(4, high, true);
  return view.getBigUint64(0).toString(16).padStart(16, "0");
}

function ours(hub: string, kind: CountedKind, name: string): string {
  const hash = new KeyedHash(SECRET);
  const { low, high } = hash.of(hash.scope(hub, kind), name);
  return hex(low, high);
}

Deno.test("the reference used here gives the published values of HalfSipHash-2-4 (vectors.h)", () => {
  const published = [
    "218d1f59b9b83cc8",
    "be552412f8387315",
    "064f39ef7c50eb57",
    "ce0f1a45f7060679",
  ];
  published.forEach((value, length) => {
    assert.equal(halfSipHash(Array.from({ length }, (_, i) => i), 2, 4), value);
  });
  assert.equal(halfSipHash(Array.from({ length: 63 }, (_, i) => i), 2, 4), "2ea63c71bf326087");
});

Deno.test(`a name's hash is HalfSipHash-1-3 of kind, hub and name in UTF-16 (seed ${SEED})`, () => {
  const text = fc.string({ unit: "binary", maxLength: 70, size: "max" });
  const kinds = fc.constantFrom("hub", "group", "user");
  fc.assert(
    fc.property(text, kinds, text, (hub, kind, name) => {
      const number = { hub: 1, group: 2, user: 3 }[kind];
      const units = [number, hub.length, ...unitsOf(hub), ...(hub.length % 2 === 0 ? [] : [0])];
      units.push(...unitsOf(name));
      const bytes = units.flatMap((unit) => [unit & 255, unit >> 8]);
      assert.equal(ours(hub, kind, name), halfSipHash(bytes, 1, 3));
    }),
    { seed: SEED, numRuns: 300 },
  );
});

function unitsOf(text: string): number[] {
  return Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
}

Deno.test("hub, kind and name are told apart, wherever one ends and the next begins", () => {
  const hashes = new Set<string>();
  let asked = 0;
  for (const hub of ["", "a", "ab", "abc", "a\0", "\0", "A"]) {
    for (const kind of ["hub", "group", "user"] as const) {
      for (const name of ["", "a", "b", "bc", "abc", "\0", "a\0", "\0\0", "c".repeat(128)]) {
        hashes.add(ours(hub, kind, name));
        asked++;
      }
    }
  }
  assert.equal(hashes.size, asked);
});

Deno.test("another secret gives other hashes, and a secret of another length is an error", () => {
  const other = new KeyedHash(new Uint8Array(HASH_SECRET_BYTES));
  const { low, high } = other.of(other.scope("chat", "group"), "sports");
  assert.notEqual(hex(low, high), ours("chat", "group", "sports"));
  const message = "Cannot key a hash with 7 bytes: it takes 8";
  assert.throws(() => new KeyedHash(new Uint8Array(7)), new RangeError(message));
});
