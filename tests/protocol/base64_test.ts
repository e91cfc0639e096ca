import assert from "node:assert/strict";
import fc from "fast-check";
import { fromBase64, toBase64 } from "../../src/protocol/base64.ts";

Deno.test("bytes come back from base64 as they were", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      assert.deepEqual(fromBase64(toBase64(bytes)), bytes);
    }),
    { seed: 41, numRuns: 300 },
  );
});

Deno.test("base64 is standard and padded; nothing else is read", () => {
  assert.equal(toBase64(new Uint8Array([0xfb, 0xff, 0xfe, 0xff])), "+//+/w==");
  assert.deepEqual(fromBase64(""), new Uint8Array());
  for (
    const text of [
      "A",
      "AA",
      "AAA",
      "AAAAA",
      "A===",
      "====",
      "=AAA",
      "AA=A",
      "AA==AAAA",
      "AAA=AAA=",
      "-_-_",
      "AA A",
      "AAA ",
      "AAAA\n\n\n\n",
      "    ",
      "AA\t\t\t\t==",
      "AAA\0",
      "ÄÄÄÄ",
      "\u0141AAA",
      "😀😀",
      "AAAAAAA%",
    ]
  ) {
    assert.equal(fromBase64(text), undefined, JSON.stringify(text));
  }
});

Deno.test("unused bits of the last base64 character may be set", () => {
  assert.deepEqual(fromBase64("AR=="), new Uint8Array([1]));
  assert.deepEqual(fromBase64("AQJ="), new Uint8Array([1, 2]));
});

Deno.test("text of which any one character is replaced by another kind is refused", () => {
  const foreign = fc.constantFrom("-", "_", " ", "\n", "=", "\0", "é", "*");
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 3, maxLength: 30 }), fc.nat(), foreign, (b, at, c) => {
      const text = toBase64(b.subarray(0, b.length - b.length % 3));
      const i = at % (text.length - 1); // the last place may be padding
      assert.equal(fromBase64(text.slice(0, i) + c + text.slice(i + 1)), undefined);
    }),
    { seed: 42, numRuns: 300 },
  );
});
