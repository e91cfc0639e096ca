import assert from "node:assert/strict";
import { Frame } from "../../src/protocol/event.ts";
import { isCloseCode, OPCODE } from "../../src/transport/websocket_protocol.ts";
import {
  closeFrame,
  EMPTY_PING,
  encodeFrame,
  pingFrame,
  pongFrame,
  wireOf,
} from "../../src/transport/websocket_write.ts";
import { bytesOf, pattern } from "../conformance/client_frames.ts";

/** Takes one unmasked frame apart. */
function parse(frame: Uint8Array): { first: number; header: number; payload: Uint8Array } {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const short = view.getUint8(1);
  const header = short < 126 ? 2 : short === 126 ? 4 : 10;
  const length = short < 126 ? short : short === 126 ? view.getUint16(2) : view.getBigUint64(2);
  const payload = frame.subarray(header);
  assert.equal(BigInt(length), BigInt(payload.length));
  return { first: view.getUint8(0), header, payload: new Uint8Array(payload) };
}

Deno.test("a frame has the shortest header for its length", () => {
  const headers = [[0, 2], [1, 2], [125, 2], [126, 4], [65535, 4], [65536, 10], [70000, 10]];
  for (const [length = 0, header] of headers) {
    const bytes = pattern(length);
    assert.deepEqual(parse(encodeFrame(OPCODE.binary, bytes)), {
      first: 0x82,
      header,
      payload: bytes,
    });
    const letters = "x".repeat(length);
    assert.deepEqual(parse(encodeFrame(OPCODE.text, letters)), {
      first: 0x81,
      header,
      payload: bytesOf(letters),
    });
  }
});

Deno.test("text goes out as UTF-8, lone surrogates as U+FFFD", () => {
  for (
    const text of ["é", "日本語", "🎉", "a\ud800b", "\udc00", "é".repeat(63), "🎉".repeat(20000)]
  ) {
    assert.deepEqual(parse(encodeFrame(OPCODE.text, text)).payload, bytesOf(text));
  }
});

Deno.test("the wire bytes of a message are made once", () => {
  const frame = new Frame("Hello");
  const wire = wireOf(frame);
  assert.deepEqual([...wire], [0x81, 5, 0x48, 0x65, 0x6c, 0x6c, 0x6f]);
  assert.equal(wireOf(frame), wire);
  assert.equal(frame.wire, wire);
  assert.deepEqual([...wireOf(new Frame(new Uint8Array([1, 2])))], [0x82, 2, 1, 2]);
});

Deno.test("a close frame carries code and reason, or nothing", () => {
  assert.deepEqual([...closeFrame(undefined)], [0x88, 0]);
  assert.deepEqual([...closeFrame(undefined, "ignored")], [0x88, 0]);
  assert.deepEqual([...closeFrame(4999)], [0x88, 2, 0x13, 0x87]);
  assert.deepEqual(parse(closeFrame(1008, "why")).payload.subarray(2), bytesOf("why"));
});

Deno.test("a close reason is cut to 123 bytes between two characters", () => {
  const cases: [string, number][] = [
    ["x".repeat(123), 123],
    ["x".repeat(124), 123],
    [`${"x".repeat(122)}é`, 122],
    ["é".repeat(100), 122],
    ["🎉".repeat(31), 120],
    [`${"x".repeat(121)}€`, 121],
  ];
  for (const [reason, length] of cases) {
    const payload = parse(closeFrame(1000, reason)).payload.subarray(2);
    assert.equal(payload.length, length);
    const text = new TextDecoder("utf-8", { fatal: true }).decode(payload);
    assert(reason.startsWith(text));
  }
});

Deno.test("a close code that must not be sent is refused", () => {
  for (const code of [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 70000, Number.NaN]) {
    assert.equal(isCloseCode(code), false);
    assert.throws(() => closeFrame(code), RangeError);
  }
});

Deno.test("pings and pongs carry up to 125 bytes", () => {
  assert.deepEqual([...EMPTY_PING], [0x89, 0]);
  assert.deepEqual([...pongFrame(bytesOf("ab"))], [0x8a, 2, 0x61, 0x62]);
  assert.deepEqual(parse(pingFrame(pattern(125))).payload, pattern(125));
  assert.throws(() => pingFrame(pattern(126)), RangeError);
  assert.throws(() => pongFrame(pattern(126)), RangeError);
});
