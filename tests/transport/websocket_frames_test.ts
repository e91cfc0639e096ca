import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { MAX_CLIENT_MESSAGE_BYTES } from "../../src/limits.ts";
import { UTF8_COMPLETE, utf8After } from "../../src/transport/utf8_stream.ts";
import { FrameParser, type FrameSink } from "../../src/transport/websocket_frames.ts";
import { rotateKey, unmask } from "../../src/transport/websocket_mask.ts";
import { binary, closed, failed, text } from "../conformance/case.ts";
import { closeFrame, fragments, frame, join, pattern } from "../conformance/client_frames.ts";
import { cut, record, Recorder } from "../conformance/recorder.ts";

const HEADER_AND_CONTROL = 139;

/** A sink that does `act` on every text. */
function onText(act: (data: string) => void): FrameSink {
  const ignore = () => {};
  return {
    text: act,
    binary: ignore,
    pinged: ignore,
    ponged: ignore,
    closedByPeer: ignore,
    framingError: ignore,
  };
}

Deno.test("nothing is held between whole messages", () => {
  const parser = new FrameParser();
  record(parser, cut(join(frame(1, "Hello"), ...fragments(2, ["a", "b"])), () => 1));
  assert.equal(parser.heldBytes, 0);
});

Deno.test("a parser stops behind any frame and goes on there, wherever chunks are cut", () => {
  const bytes = join(
    frame(1, "one"),
    frame(1, "tw", { fin: false }),
    frame(9, "ping"),
    frame(0, "o"),
    frame(2, pattern(200)),
    frame(8, closeFrame(1000).subarray(2)),
  );
  const whole = record(new FrameParser(), [bytes]);
  for (const size of [1, 7, 64, bytes.length]) {
    const parser = new FrameParser();
    const recorder = new Recorder();
    for (let chunk of cut(bytes, () => size)) {
      chunk = new Uint8Array(chunk);
      while (chunk.length > 0) {
        chunk = chunk.subarray(parser.push(chunk, recorder, 1));
        assert(parser.frames <= 1);
      }
    }
    assert.deepEqual([recorder.taken, recorder.end], [whole.taken, whole.end]);
  }
});

Deno.test("a report can pause the reading: nothing behind its frame is read before the next call", () => {
  const parser = new FrameParser();
  const texts: string[] = [];
  const sink = onText((data) => {
    texts.push(data);
    parser.pause();
  });
  const chunk = new Uint8Array(join(frame(1, "a"), frame(1, "b")));
  const read = parser.push(chunk, sink);
  assert.deepEqual(texts, ["a"]);
  parser.push(chunk.subarray(read), sink);
  assert.deepEqual(texts, ["a", "b"]);
});

Deno.test("a header that announces the longest message reserves no memory for it", () => {
  const parser = new FrameParser();
  const announced = BigInt(MAX_CLIENT_MESSAGE_BYTES);
  record(parser, [join(frame(2, "", { announced }), new Uint8Array(10))]);
  assert(parser.heldBytes <= 1024, `${parser.heldBytes} bytes held for 10 received`);
});

Deno.test("a cut frame is held in no more memory than it needs", () => {
  const parser = new FrameParser();
  record(parser, [frame(2, pattern(100)).subarray(0, 20)]);
  assert.equal(parser.heldBytes, 100);
});

Deno.test("the longest message in the smallest fragments stays within the limit", () => {
  const parser = new FrameParser();
  const recorder = new Recorder();
  const one = frame(0, "x", { fin: false });
  // 4096 fragments a chunk; pings in between leave the message alone.
  const chunk = join(...Array.from({ length: 4096 }, () => one), frame(9, "p"));
  parser.push(frame(1, "", { fin: false }), recorder);
  for (let i = 0; i < MAX_CLIENT_MESSAGE_BYTES / 4096; i++) {
    parser.push(new Uint8Array(chunk), recorder);
    const most = Math.min(MAX_CLIENT_MESSAGE_BYTES, 2 * 4096 * (i + 1) + 1024);
    assert(parser.heldBytes <= most + HEADER_AND_CONTROL, `${parser.heldBytes} bytes held`);
  }
  parser.push(frame(0, "x"), recorder);
  assert.deepEqual(recorder.end, failed(1009));
  assert.equal(parser.heldBytes, 0);
});

Deno.test("endless empty fragments hold nothing", () => {
  const parser = new FrameParser();
  const recorder = new Recorder();
  parser.push(frame(1, "", { fin: false }), recorder);
  for (let i = 0; i < 1000; i++) parser.push(frame(0, "", { fin: false }), recorder);
  assert.equal(parser.heldBytes, 0);
  parser.push(frame(0, "end"), recorder);
  assert.deepEqual(recorder.taken, [text("end")]);
});

Deno.test("memory is given up with the last report", () => {
  for (const last of [closeFrame(1000), frame(3)]) {
    const parser = new FrameParser();
    record(parser, [frame(1, "Hel", { fin: false }), last]);
    assert.equal(parser.finished, true);
    assert.equal(parser.heldBytes, 0);
  }
});

Deno.test("a framing error says what the client reads and what the log gets", () => {
  const recorder = record(new FrameParser(), [frame(1, "", { masked: false })]);
  assert.deepEqual(recorder.end, failed(1002));
  assert.equal(recorder.reason, "The client frame is invalid.");
  assert.equal(recorder.detail, "the frame is not masked");
  const tooLarge = record(new FrameParser(10), [frame(1, "12345678901")]);
  assert.deepEqual(tooLarge.end, failed(1009));
  assert.equal(tooLarge.reason, "The client message is too large.");
  assert.equal(tooLarge.detail, "the message is longer than 10 bytes");
});

Deno.test("after the last report further bytes are ignored", () => {
  const parser = new FrameParser();
  const recorder = record(parser, [closeFrame(1000), frame(1, "x"), frame(3)]);
  assert.deepEqual(recorder.taken, []);
  assert.deepEqual(recorder.end, closed(1000));
});

Deno.test("stop within a report: the rest of the chunk is not reported", () => {
  const parser = new FrameParser();
  const seen: string[] = [];
  const sink = onText((data) => {
    seen.push(data);
    parser.stop();
  });
  parser.push(join(frame(1, "a"), frame(1, "b")), sink);
  parser.push(frame(1, "c"), sink);
  assert.deepEqual(seen, ["a"]);
  assert.equal(parser.finished, true);
});

Deno.test("a chunk pushed from within a report is refused loudly", () => {
  const parser = new FrameParser();
  const sink = onText(() => parser.push(frame(1, "b"), sink));
  assert.throws(() => parser.push(frame(1, "a"), sink), /has not returned/);
});

Deno.test("after a report threw, the parser does not read on out of step", () => {
  const parser = new FrameParser();
  const sink = onText(() => {
    throw new Error("broken sink");
  });
  assert.throws(() => parser.push(join(frame(1, "a"), frame(1, "b")), sink), /broken sink/);
  assert.throws(() => parser.push(frame(1, "c"), sink), /has not returned/);
});

Deno.test("bytes are plain views, also when the chunk is a Buffer inside a larger one", () => {
  const around = Buffer.concat([Buffer.alloc(3, 0xff), frame(2, "Hello"), Buffer.alloc(2, 0xff)]);
  const seen: Uint8Array[] = [];
  const sink = { ...onText(() => {}), binary: (data: Uint8Array) => void seen.push(data) };
  new FrameParser().push(around.subarray(3, around.length - 2), sink);
  assert.equal(seen.length, 1);
  assert.equal(seen[0]?.constructor, Uint8Array);
  assert.deepEqual(seen, [new Uint8Array(Buffer.from("Hello"))]);
});

Deno.test("a message is not touched by what follows it", () => {
  const parser = new FrameParser();
  const seen: Uint8Array[] = [];
  const sink = { ...onText(() => {}), binary: (data: Uint8Array) => void seen.push(data) };
  for (const part of fragments(2, ["a", "b"])) parser.push(part, sink);
  for (const part of fragments(2, ["c", "d"])) parser.push(part, sink);
  assert.deepEqual(seen.map((bytes) => new TextDecoder().decode(bytes)), ["ab", "cd"]);
});

Deno.test("unmasking agrees with the definition for every offset, length and key", () => {
  for (const key of [0, 0x3d21fa37, 0x80000000 | 0, 0xff, -1]) {
    for (let offset = 0; offset < 5; offset++) {
      for (const length of [0, 1, 2, 3, 4, 5, 6, 7, 8, 95, 96, 97, 98, 99, 100, 257]) {
        const bytes = pattern(length + offset + 3).map((byte) => byte ^ 0x55);
        const expected = bytes.map((byte, i) =>
          i < offset || i >= offset + length
            ? byte
            : byte ^ ((key >>> (((i - offset) & 3) * 8)) & 0xff)
        );
        const foreign = expected.subarray(offset, offset + length).some((byte) => byte >= 0x80);
        assert.equal(unmask(bytes, offset, offset + length, key) !== 0, foreign);
        assert.deepEqual(bytes, expected);
      }
    }
  }
});

Deno.test("a payload unmasked in two pieces reads as in one", () => {
  for (let first = 0; first < 12; first++) {
    const whole = pattern(12);
    const cutBytes = pattern(12);
    unmask(whole, 0, 12, 0x3d21fa37);
    unmask(cutBytes, 0, first, 0x3d21fa37);
    unmask(cutBytes, first, 12, rotateKey(0x3d21fa37, first));
    assert.deepEqual(cutBytes, whole);
  }
});

Deno.test("UTF-8 is judged as by the platform's decoder, for all sequences of up to three bytes", () => {
  // Bytes on both sides of every border of RFC 3629.
  const edges = [0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0];
  edges.push(0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff);
  const decoder = new TextDecoder("utf-8");
  const judge = (...values: number[]) => {
    const bytes = new Uint8Array(values);
    const right = !decoder.decode(bytes).includes("\ufffd");
    assert.equal(
      utf8After(UTF8_COMPLETE, bytes, 0, bytes.length) === UTF8_COMPLETE,
      right,
      `${values}`,
    );
  };
  for (const a of edges) {
    judge(a);
    for (const b of edges) {
      judge(a, b);
      for (const c of edges) {
        judge(a, b, c);
        judge(0xf0, a, b, c);
        judge(0xf4, a, b, c);
      }
    }
  }
});

Deno.test("an own limit is inclusive and counts all fragments", () => {
  const right = record(new FrameParser(4), fragments(2, ["ab", "cd"]));
  assert.deepEqual(right.taken, [binary(new TextEncoder().encode("abcd"))]);
  const wrong = record(new FrameParser(4), fragments(2, ["ab", "cde"]));
  assert.deepEqual(wrong.end, failed(1009));
});
