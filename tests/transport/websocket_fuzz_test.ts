import assert from "node:assert/strict";
import fc from "fast-check";
import { FrameParser } from "../../src/transport/websocket_frames.ts";
import { CASES } from "../conformance/cases.ts";
import { frame, join } from "../conformance/client_frames.ts";
import { cut, record, Recorder, seeded } from "../conformance/recorder.ts";
import { readAll } from "../conformance/reference.ts";

const LIMIT = 3000;
const RUNS = { seed: 6455, numRuns: 1500 };

/** Reads `bytes` in pieces and compares with the plain reading; watches the memory on the way. */
function agrees(bytes: Uint8Array, sizes: readonly number[]): void {
  const parser = new FrameParser(LIMIT);
  const recorder = new Recorder();
  let turn = 0;
  for (const piece of cut(bytes, () => sizes[turn++ % sizes.length] ?? 1)) {
    parser.push(new Uint8Array(piece), recorder);
    assert(parser.heldBytes <= LIMIT + 139, `${parser.heldBytes} bytes held`);
  }
  const { taken, end } = recorder;
  assert.deepEqual({ taken, end }, readAll(bytes, LIMIT));
}

const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 900 })), {
  minLength: 1,
  maxLength: 5,
});
const payload = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.string({ unit: "binary", maxLength: 150 }),
  fc.string({ maxLength: 1200 }),
);
const key = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));
const dataFrame = fc.tuple(fc.constantFrom(0, 0, 1, 1, 1, 2), payload, fc.boolean(), key)
  .map(([opcode, data, fin, key]) => frame(opcode, data, { fin, key }));
const controlFrame = fc.tuple(
  fc.constantFrom(9, 9, 10, 8),
  fc.uint8Array({ maxLength: 125 }),
  key,
).map(([opcode, data, key]) => frame(opcode, data, { key }));
const messageFrames = fc.tuple(
  fc.constantFrom(1, 2),
  fc.array(payload, { minLength: 1, maxLength: 4 }),
).map(([opcode, parts]) =>
  join(
    ...parts.map((part, i) => frame(i === 0 ? opcode : 0, part, { fin: i === parts.length - 1 })),
  )
);
const stream = fc.array(fc.oneof(messageFrames, messageFrames, dataFrame, controlFrame), {
  maxLength: 8,
}).map((parts) => join(...parts));

Deno.test("any sequence of frames reads as the plain reading says, however it is cut", () => {
  fc.assert(fc.property(stream, sizes, agrees), RUNS);
});

Deno.test("frames with changed, lost and added bytes read as the plain reading says", () => {
  const edit = fc.tuple(fc.constantFrom("set", "flip", "drop", "add"), fc.nat(), fc.nat(255));
  const edits = fc.array(edit, { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(stream, edits, sizes, (bytes, edits, sizes) => {
      const mutated = [...bytes];
      for (const [kind, position, value] of edits) {
        const at = mutated.length === 0 ? 0 : position % mutated.length;
        if (kind === "set" && at < mutated.length) mutated[at] = value;
        if (kind === "flip" && at < mutated.length) {
          mutated[at] = (mutated[at] ?? 0) ^ (1 << (value & 7));
        }
        if (kind === "drop") mutated.splice(at, 1 + value % 5);
        if (kind === "add") mutated.splice(at, 0, value);
      }
      agrees(new Uint8Array(mutated), sizes);
    }),
    RUNS,
  );
});

Deno.test("random bytes never throw, and read as the plain reading says", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), sizes, agrees), RUNS);
});

Deno.test("random bytes behind a right header read as the plain reading says", () => {
  const opcode = fc.constantFrom(0x81, 0x82, 0x88, 0x89, 0x8a, 0x01, 0x02);
  const input = fc.tuple(opcode, fc.nat(127), fc.uint8Array({ maxLength: 300 }));
  fc.assert(
    fc.property(input, sizes, ([first, length, rest], sizes) => {
      agrees(join(new Uint8Array([first, 0x80 | length]), rest), sizes);
    }),
    RUNS,
  );
});

Deno.test("each case of the table with each bit of its first bytes flipped never throws", () => {
  const random = seeded(1);
  for (const one of CASES) {
    const bytes = join(...one.chunks);
    if (bytes.length > 1000) continue;
    for (let bit = 0; bit < Math.min(bytes.length, 8) * 8; bit++) {
      const mutated = new Uint8Array(bytes);
      mutated[bit >> 3] = (mutated[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const { taken, end } = record(
        new FrameParser(LIMIT),
        cut(mutated, () => Math.floor(random() * 40)),
      );
      assert.deepEqual({ taken, end }, readAll(mutated, LIMIT), `${one.name}, bit ${bit}`);
    }
  }
});
