// Where a request body ends, read without a socket.
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import {
  MAX_CHUNK_LINE_BYTES,
  MAX_CHUNK_OVERHEAD_BYTES,
  MAX_TRAILER_BYTES,
} from "../../../src/limits.ts";
import { bodyReader } from "../../../src/transport/http/body_reader.ts";
import type { Framing } from "../../../src/transport/http/request_rules.ts";
import { cut } from "../../conformance/recorder.ts";

/** Reads `text`, cut into pieces: the data, the state, and how many bytes belonged to the body. */
function read(framing: Framing, text: string, size = Infinity) {
  const body = bodyReader(framing);
  let data = "";
  let taken = 0;
  for (const piece of cut(new Uint8Array(Buffer.from(text, "latin1")), () => size)) {
    taken += body.push(piece, (bytes) => {
      assert(bytes.length > 0);
      data += Buffer.from(bytes).toString("latin1");
    });
    if (body.state !== "open") break;
  }
  return { data, state: body.state, taken };
}

function stateOf(text: string): string {
  const whole = read("chunked", text);
  // Of a broken body only the place of the break is certain.
  for (const size of [1, 3]) assert.equal(read("chunked", text, size).state, whole.state, text);
  return whole.state;
}

Deno.test("a body of a length ends with its last byte, and one of no bytes at once", () => {
  for (const size of [1, 2, Infinity]) {
    assert.deepEqual(read(5, "helloGET", size), { data: "hello", state: "done", taken: 5 });
  }
  assert.equal(bodyReader(0).state, "done");
  assert.equal(read(6, "hello").state, "open");
});

Deno.test("chunks are joined; sizes have zeros in front, extensions and any case", () => {
  const text = '5\r\nhello\r\n00b;x="y" ;z\r\n0123456789a\r\n0A \t;\r\n0123456789\r\n000\r\n\r\n';
  for (const size of [1, 2, 7, Infinity]) {
    assert.deepEqual(read("chunked", `${text}GET /`, size), {
      data: "hello0123456789a0123456789",
      state: "done",
      taken: text.length,
    });
  }
});

Deno.test("trailers are read and mean nothing", () => {
  assert.deepEqual(read("chunked", "0\r\nX: 1\r\nContent-Length: 9\r\n\r\nGET").state, "done");
  assert.equal(stateOf("0\r\nX: 1\r\n"), "open");
});

Deno.test("a chunked body that two readers could end in two places is broken, however it is cut", () => {
  for (
    const text of [
      "g\r\n",
      "\r\n",
      "+1\r\na",
      "-1\r\na",
      "0x1\r\na",
      " 1\r\na",
      "1 \r\na",
      "1 1\r\na",
      "1\na\r\n",
      "1;a\nb\r\n",
      "1;a\0\r\na",
      "1\r\r\n",
      "1\ra",
      "1\r\nab\r\n",
      "1\r\na\n",
      "1\r\na\r\r\n",
      "1234567890abc\r\n",
      "0\r\nX\r\n\r\n",
      "0\r\nX : 1\r\n\r\n",
      "0\r\n X: 1\r\n\r\n",
      "0\r\n: 1\r\n\r\n",
      "0\r\nX: 1\n\r\n",
      "0\r\n\n",
    ]
  ) assert.equal(stateOf(text), "broken", JSON.stringify(text));
});

Deno.test("lines that start chunks, extensions altogether, and trailers are bounded", () => {
  const line = (length: number) => `1;${"a".repeat(length - 2)}\r\na\r\n`;
  assert.equal(stateOf(line(MAX_CHUNK_LINE_BYTES)), "open");
  assert.equal(stateOf(line(MAX_CHUNK_LINE_BYTES + 1)), "broken");
  const allowed = Math.floor(MAX_CHUNK_OVERHEAD_BYTES / (1000 - 16 - 2));
  assert.equal(stateOf(line(1000).repeat(allowed)), "open");
  assert.equal(stateOf(line(1000).repeat(allowed + 1)), "broken");
  // What has much data may have much around it.
  assert.equal(stateOf(`ff;${"a".repeat(400)}\r\n${"a".repeat(255)}\r\n`.repeat(1000)), "open");
  const trailers = (length: number) => `0\r\nX: ${"a".repeat(length - 3)}\r\n\r\n`;
  assert.equal(stateOf(trailers(MAX_TRAILER_BYTES)), "done");
  assert.equal(stateOf(trailers(MAX_TRAILER_BYTES + 1)), "broken");
  assert.equal(stateOf(`0\r\n${"X: 1\r\n".repeat(MAX_TRAILER_BYTES / 2)}\r\n`), "broken");
});

Deno.test("chunks of single bytes may go on for as long as a body may", () => {
  assert.equal(stateOf(`${"1\r\na\r\n".repeat(10_000)}0\r\n\r\n`), "done");
});

Deno.test("any chunks give their data back, and any bytes the same however they are cut", () => {
  const chunks = fc.array(fc.string({ minLength: 1, maxLength: 20, unit: "binary-ascii" }));
  fc.assert(
    fc.property(chunks, fc.integer({ min: 1, max: 9 }), (chunks, size) => {
      const text = chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join("") +
        "0\r\n\r\n";
      assert.deepEqual(read("chunked", `${text}rest`, size), {
        data: chunks.join(""),
        state: "done",
        taken: text.length,
      });
    }),
    { seed: 9112, numRuns: 500 },
  );
  const bytes = fc.string({ maxLength: 40, unit: fc.constantFrom(..."01aA;: \t\r\nX\0") });
  fc.assert(
    fc.property(bytes, fc.integer({ min: 1, max: 5 }), (text, size) => {
      assert.deepEqual(read("chunked", text, size), read("chunked", text));
    }),
    { seed: 9112, numRuns: 3000 },
  );
});
