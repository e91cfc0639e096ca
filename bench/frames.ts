// deno-lint-ignore-file no-console -- a bench prints its table
/**
 * What does framing cost? Reading masked text frames of 100 bytes, one a chunk and 32 a chunk, and writing frames; each
 * beside the plain way to do it.
 *
 * Each figure is the median of rounds that alternate between all rows. Chunks are made anew for every round, outside
 * the measured time, since reading unmasks them in place.
 *
 *     deno run -A bench/frames.ts [--quick]
 */
import { Buffer } from "node:buffer";
import { Frame } from "../src/protocol/event.ts";
import { FrameParser, type FrameSink } from "../src/transport/websocket_frames.ts";
import { OPCODE } from "../src/transport/websocket_protocol.ts";
import { encodeFrame, wireOf } from "../src/transport/websocket_write.ts";

const quick = Deno.args.includes("--quick");
const ROUNDS = quick ? 5 : 15;
const WARM_UP_ROUNDS = 3;
const FRAMES = quick ? 16_384 : 65_536;
const LENGTH = 100;

const ascii = "a".repeat(LENGTH);
const mixed = "é日a".repeat(17).slice(0, 50);

/** One masked text frame. */
function masked(text: string): Uint8Array {
  const payload = new TextEncoder().encode(text);
  const header = [0x81, 0x80 | payload.length, 0x37, 0xfa, 0x21, 0x3d];
  return new Uint8Array([
    ...header,
    ...payload.map((byte, i) => byte ^ (header[2 + (i & 3)] ?? 0)),
  ]);
}

/** Chunks of `perChunk` frames each, as a socket gives them. */
function chunksOf(frame: Uint8Array, perChunk: number): Buffer[] {
  const chunk = Buffer.concat(Array.from({ length: perChunk }, () => frame));
  return Array.from({ length: FRAMES / perChunk }, () => Buffer.from(chunk));
}

/** Counts, so that nothing is optimised away. */
class Counter implements FrameSink {
  chars = 0;
  text(data: string): void {
    this.chars += data.length;
  }
  binary(data: Uint8Array): void {
    this.chars += data.length;
  }
  pinged(): void {}
  ponged(): void {}
  closedByPeer(): void {}
  framingError(code: number, _reason: string, detail: string): void {
    throw new Error(`${code}: ${detail}`);
  }
}

/** One line of the table: `prepare` is not measured, what it gives is. Every run handles `FRAMES` frames. */
interface Row {
  readonly name: string;
  prepare(): () => void;
}

const counter = new Counter();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** The plain way: a loop over the bytes and the platform's decoder. */
function readPlainly(chunk: Uint8Array): void {
  for (let at = 0; at < chunk.length;) {
    const length = (chunk[at + 1] ?? 0) & 0x7f;
    const key = chunk.subarray(at + 2, at + 6);
    const payload = chunk.subarray(at + 6, at + 6 + length);
    for (let i = 0; i < length; i++) payload[i] = (payload[i] ?? 0) ^ (key[i & 3] ?? 0);
    counter.text(decoder.decode(payload));
    at += 6 + length;
  }
}

function reading(name: string, text: string, perChunk: number): Row {
  return {
    name,
    prepare() {
      const chunks = chunksOf(masked(text), perChunk);
      const parser = new FrameParser();
      return () => {
        for (const chunk of chunks) parser.push(chunk, counter);
      };
    },
  };
}

function writing(name: string, write: () => Uint8Array): Row {
  return {
    name,
    prepare: () => () => {
      for (let i = 0; i < FRAMES; i++) counter.chars += write().length;
    },
  };
}

const bytes = encoder.encode(ascii);
const rows: readonly Row[] = [
  reading("read, 1 frame a chunk", ascii, 1),
  reading("read, 32 frames a chunk", ascii, 32),
  reading("read, 32 a chunk, not ASCII", mixed, 32),
  {
    name: "read plainly, 32 frames a chunk",
    prepare() {
      const chunks = chunksOf(masked(ascii), 32);
      return () => {
        for (const chunk of chunks) readPlainly(chunk);
      };
    },
  },
  writing("write text", () => encodeFrame(OPCODE.text, ascii)),
  writing("write text, not ASCII", () => encodeFrame(OPCODE.text, mixed)),
  writing("write bytes", () => encodeFrame(OPCODE.binary, bytes)),
  writing("write text as a new shared frame", () => wireOf(new Frame(ascii))),
  writing("write text plainly", () => {
    const payload = encoder.encode(ascii);
    const frame = new Uint8Array(2 + payload.length);
    frame[0] = 0x81;
    frame[1] = payload.length;
    frame.set(payload, 2);
    return frame;
  }),
];

const times = rows.map((): number[] => []);
for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
  for (const [i, row] of rows.entries()) {
    const run = row.prepare();
    const start = performance.now();
    run();
    if (round >= 0) times[i]?.push(performance.now() - start);
  }
}

const figures = rows.map((row, i) => {
  const sorted = (times[i] ?? []).sort((a, b) => a - b);
  const ms = sorted[sorted.length >> 1] ?? 0;
  return { name: row.name, nsPerFrame: Math.round(ms * 1e6 / FRAMES) };
});
if (Deno.args.includes("--json")) console.log(JSON.stringify(figures));
else {
  for (const { name, nsPerFrame } of figures) {
    const perSecond = (1000 / nsPerFrame).toFixed(2).padStart(7);
    console.log(`${name.padEnd(34)} ${String(nsPerFrame).padStart(6)} ns a frame ${perSecond} M/s`);
  }
}
