import assert from "node:assert/strict";
import fc from "fast-check";
import { newShape, TRAITS } from "../../src/protocol/traits.ts";
import { codecContract } from "./codec_contract.ts";
import { json } from "./json_language.ts";
import { protobuf } from "./protobuf_language.ts";
import { raw } from "./raw_language.ts";

const rawEvents = raw({ kind: "sendEvent" });
const rawPublishes = raw({ kind: "sendToGroup", group: "lab", noEcho: true });

for (const language of [rawEvents, rawPublishes, json, protobuf]) codecContract(language);

Deno.test("shapes count from 0 without gaps, one for each language", () => {
  const shapes = Object.values(TRAITS).map((traits) => traits.shape).sort((a, b) => a - b);
  assert.deepEqual(shapes, shapes.map((_, index) => index));
});

Deno.test("an encoder of a new language gets a shape that no other has", () => {
  const known = Object.values(TRAITS).map(({ shape }) => shape);
  const [first, second] = [newShape(), newShape()];
  assert.equal(new Set([...known, first, second]).size, known.length + 2);
});

Deno.test("codecs of one shape make the same frame of a message", () => {
  assert.equal(rawEvents.codec.shape, rawPublishes.codec.shape);
  fc.assert(
    fc.property(rawEvents.message, (message) => {
      const frames = [rawEvents, rawPublishes].map(({ codec }) => codec.encodeMessage(message));
      assert.deepEqual(frames[0]?.data, frames[1]?.data);
    }),
    { seed: 99, numRuns: 100 },
  );
});
