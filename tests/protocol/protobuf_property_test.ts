import assert from "node:assert/strict";
import fc from "fast-check";
import { protobufCodec } from "../../src/protocol/protobuf.ts";
import { protobuf, write } from "../contract/protobuf_language.ts";
import { encodeUpstream, serialiseAny } from "../support/protobuf_client_codec.ts";

Deno.test("an Any that a client publishes reaches another client with the same bytes", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 60 });
  const bytes = fc.uint8Array({ maxLength: 60 });
  fc.assert(
    fc.property(text, bytes, (type_url, value) => {
      const data = { protobufData: { type_url, value } };
      const command = protobufCodec.decode(
        encodeUpstream({ sendToGroupMessage: { group: "g", data } }),
      );
      assert(command.type === "sendToGroup" && command.payload.kind === "protobuf");
      assert.deepEqual(
        new Uint8Array(command.payload.bytes),
        serialiseAny(data.protobufData),
      );
    }),
    { seed: 73, numRuns: 300 },
  );
});

Deno.test("every truncation of a request is refused", () => {
  fc.assert(
    fc.property(protobuf.request, (request) => {
      const frame = write(request);
      for (let length = 0; length < frame.length; length++) {
        // A request is one length-delimited field, so what is cut off is always missed.
        assert.equal(protobufCodec.decode(frame.subarray(0, length)).type, "malformed");
      }
    }),
    { seed: 75, numRuns: 100 },
  );
});

Deno.test("unknown fields before and after a request change nothing", () => {
  const unknown = fc.constantFrom(
    [0x98, 0x06, 0x05],
    [0x9a, 0x06, 0x02, 0xff, 0xff],
    [0x9d, 0x06, 1, 2, 3, 4],
    [0x99, 0x06, 1, 2, 3, 4, 5, 6, 7, 8],
    [0x9b, 0x06, 0x0a, 0x00, 0x9c, 0x06],
  );
  fc.assert(
    fc.property(protobuf.request, fc.array(unknown), fc.array(unknown), (request, a, b) => {
      const frame = Uint8Array.from([...a.flat(), ...write(request), ...b.flat()]);
      assert.deepEqual(protobufCodec.decode(frame), request);
    }),
    { seed: 77, numRuns: 300 },
  );
});

Deno.test("a request given in two parts is read as one", () => {
  // proto3 merges a message given twice: options in front, name and data behind.
  const options = encodeUpstream({ sendToGroupMessage: { ackId: "7", noEcho: true } });
  const content = encodeUpstream({ sendToGroupMessage: { group: "g", data: { textData: "x" } } });
  assert.deepEqual(protobufCodec.decode(Uint8Array.from([...options, ...content])), {
    type: "sendToGroup",
    group: "g",
    payload: { kind: "text", text: "x" },
    metadata: undefined,
    noEcho: true,
    ttlSeconds: 0,
    ackId: 7n,
  });
});
