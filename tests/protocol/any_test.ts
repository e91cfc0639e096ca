import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeAny, encodeAny } from "../../src/protocol/any.ts";

function bytes(...values: number[]): Uint8Array {
  return new Uint8Array(values);
}

Deno.test("an Any is read back as it was written", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme", maxLength: 200 }),
      fc.uint8Array({ maxLength: 300 }),
      (typeUrl, value) => {
        assert.deepEqual(decodeAny(encodeAny({ typeUrl, value })), { typeUrl, value });
      },
    ),
    { seed: 31, numRuns: 200 },
  );
});

Deno.test("an Any is written field by field, empty ones left out", () => {
  assert.deepEqual(encodeAny({ typeUrl: "a", value: bytes(1) }), bytes(10, 1, 97, 18, 1, 1));
  assert.deepEqual(encodeAny({ typeUrl: "", value: bytes(1) }), bytes(18, 1, 1));
  assert.deepEqual(encodeAny({ typeUrl: "", value: bytes() }), bytes());
  const long = encodeAny({ typeUrl: "", value: new Uint8Array(70_000) });
  assert.deepEqual(long.subarray(0, 4), bytes(18, 0xf0, 0xa2, 0x04));
  assert.equal(long.length, 70_004);
});

Deno.test("no bytes are an empty Any, the order of fields is free, the last of two counts", () => {
  assert.deepEqual(decodeAny(bytes()), { typeUrl: "", value: bytes() });
  assert.deepEqual(decodeAny(bytes(18, 1, 1, 10, 1, 97, 10, 1, 98)), {
    typeUrl: "b",
    value: bytes(1),
  });
});

Deno.test("unknown fields of every wire type are skipped", () => {
  const unknown: readonly number[][] = [
    [0x18, 0xff, 0x01],
    [0x19, 1, 2, 3, 4, 5, 6, 7, 8],
    [0x1a, 2, 1, 2],
    [0x1d, 1, 2, 3, 4],
    [0x1b, 0x08, 1, 0x23, 0x24, 0x1c],
    [0x08, 1], // field 1 as a number: not the field we know
    [0xf8, 0xff, 0xff, 0xff, 0x0f, 1], // the highest field number
    [0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
  ];
  for (const field of unknown) {
    assert.deepEqual(decodeAny(bytes(...field, 10, 1, 97)), { typeUrl: "a", value: bytes() });
  }
});

Deno.test("bytes that are no message are no Any", () => {
  const wrong: readonly number[][] = [
    [10],
    [10, 5, 97],
    [10, 1, 0xff],
    [18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
    [0x00, 1],
    [0x80],
    [0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
    [0xf8, 0xff, 0xff, 0xff, 0x1f, 1], // a field number beyond the highest
    [0x19, 1, 2, 3],
    [0x1d, 1, 2, 3],
    [0x1a, 3, 1, 2],
    [0x1b, 0x08, 1], // group without end
    [0x1b, 0x24], // end of another group
    [0x1c], // end without group
    [0x1e, 1],
    [0x1f, 1],
  ];
  for (const value of wrong) assert.equal(decodeAny(bytes(...value)), undefined, String(value));
});

Deno.test("groups nested without end are refused without running out of stack", () => {
  const nest = (depth: number) => [...Array(depth).fill(0x1b), ...Array(depth).fill(0x1c)];
  assert(decodeAny(bytes(...nest(100))) !== undefined);
  assert.equal(decodeAny(bytes(...nest(101))), undefined);
  assert.equal(decodeAny(new Uint8Array(1024 * 1024).fill(0x1b)), undefined);
});

Deno.test("random bytes never throw", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (value) => {
      const any = decodeAny(value);
      assert(any === undefined || any.value.length <= value.length);
    }),
    { seed: 32, numRuns: 2000 },
  );
});
