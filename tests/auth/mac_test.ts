/** The MACs of our own signatures against those of another implementation. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import * as fc from "fast-check";
import { type MacHash, MacKey, sameMac } from "../../src/auth/mac.ts";

const HASHES: readonly MacHash[] = ["sha256", "sha384", "sha512"];

Deno.test("a MAC is that of RFC 4231, test case 2", () => {
  const mac = new MacKey(Buffer.from("Jefe")).mac("sha256", "what do ya want for nothing?");
  assert.equal(
    Buffer.from(mac).toString("hex"),
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
  );
});

Deno.test("MACs agree with another implementation for any key and text, in any order of hashes", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 200 }),
      fc.array(
        fc.tuple(fc.constantFrom(...HASHES), fc.string({ unit: "grapheme", maxLength: 300 })),
      ),
      (secret, texts) => {
        const key = new MacKey(secret);
        for (const [hash, text] of texts) {
          const other = createHmac(hash, secret).update(text).digest();
          assert.deepEqual(Buffer.from(key.mac(hash, text)), other);
        }
      },
    ),
    { seed: 1, numRuns: 200 },
  );
});

Deno.test("a MAC that was given out is not touched by the next", () => {
  const key = new MacKey(Buffer.from("secret"));
  const first = key.mac("sha256", "a");
  const copy = first.slice();
  key.mac("sha256", "b");
  assert.deepEqual(first, copy);
});

Deno.test("MACs are the same when every byte is", () => {
  const mac = new MacKey(Buffer.from("secret")).mac("sha256", "a");
  assert(sameMac(mac, mac.slice()));
  assert(!sameMac(mac, mac.subarray(1)));
  for (let i = 0; i < mac.length; i++) {
    const other = mac.slice();
    other[i] = (other[i] ?? 0) ^ 1;
    assert(!sameMac(mac, other));
  }
});
