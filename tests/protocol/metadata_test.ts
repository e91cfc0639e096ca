import assert from "node:assert/strict";
import { checkMetadata, MetadataError } from "../../src/protocol/metadata.ts";

function refusal(entries: readonly (readonly [string, string])[]): string {
  const result = checkMetadata(entries);
  assert(result instanceof MetadataError);
  return result.message;
}

Deno.test("metadata without pairs is none", () => {
  assert.equal(checkMetadata([]), undefined);
});

Deno.test("of a metadata key given twice the last value counts, also against the limits", () => {
  assert.deepEqual(checkMetadata([["k", "é"], ["k", "v"]]), new Map([["k", "v"]]));
});

Deno.test("metadata keys keep their case", () => {
  assert.deepEqual(checkMetadata([["k", "1"], ["K", "2"]]), new Map([["k", "1"], ["K", "2"]]));
});

Deno.test("metadata keys hold token characters only, one to 256 of them", () => {
  for (const key of ["", "a b", "a:b", "a(b", "é", "a\n", "\u212a", "a,b", "a/b"]) {
    assert.equal(refusal([[key, "v"]]), `Metadata key '${key}' contains invalid characters.`);
  }
  const punctuation = "!#$%&'*+-.^_`|~";
  assert.deepEqual(checkMetadata([[punctuation, "v"]]), new Map([[punctuation, "v"]]));
  assert(checkMetadata([["k".repeat(256), "v"]]) instanceof Map);
  assert.equal(
    refusal([["k".repeat(257), "v"]]),
    `Metadata key '${"k".repeat(64)}...' exceeds 256 bytes.`,
  );
});

Deno.test("metadata values are ASCII, at most 1024 characters", () => {
  assert(checkMetadata([["k", "\0\x7f" + "v".repeat(1022)]]) instanceof Map);
  assert.equal(refusal([["k", "\x80"]]), "Metadata value for key 'k' must be ASCII.");
  assert.equal(
    refusal([["k", "v".repeat(1025)]]),
    "Metadata value for key 'k' exceeds 1024 bytes.",
  );
});

Deno.test("metadata holds at most 8192 characters of keys and values together", () => {
  const pairs = Array.from({ length: 8 }, (_, i) => [`k${i}`, "v".repeat(1022)] as const);
  assert(checkMetadata(pairs) instanceof Map);
  assert.equal(refusal([...pairs, ["k", ""]]), "Metadata exceeds 8192 bytes.");
});
