/** Writes down what a parser reports, in the words of the case table. */
import { createHash } from "node:crypto";
import type { FrameParser, FrameSink } from "../../src/transport/websocket_frames.ts";
import type { FramingErrorCode } from "../../src/transport/websocket_protocol.ts";
import { binary, closed, type End, failed, OPEN, ping, pong, type Taken, text } from "./case.ts";

/** A sink that remembers. Bytes are copied, so that later changes would show. */
export class Recorder implements FrameSink {
  readonly taken: Taken[] = [];
  end: End = OPEN;
  /** Why the framing was wrong. */
  detail = "";
  /** The close reason of a framing error. */
  reason = "";

  text(data: string): void {
    this.taken.push(text(data));
  }

  binary(data: Uint8Array): void {
    this.taken.push(binary(new Uint8Array(data)));
  }

  pinged(payload: Uint8Array): void {
    this.taken.push(ping(new Uint8Array(payload)));
  }

  ponged(payload: Uint8Array): void {
    this.taken.push(pong(new Uint8Array(payload)));
  }

  closedByPeer(code: number | undefined, reason: string): void {
    this.#finish(closed(code, reason));
  }

  framingError(code: FramingErrorCode, reason: string, detail: string): void {
    this.#finish(failed(code));
    this.detail = detail;
    this.reason = reason;
  }

  #finish(end: End): void {
    if (this.end.type !== "open") throw new Error("reported after the last report");
    this.end = end;
  }
}

/** Reads `chunks`, each as a copy, since the parser unmasks in place. */
export function record(parser: FrameParser, chunks: Iterable<Uint8Array>): Recorder {
  const recorder = new Recorder();
  for (const chunk of chunks) parser.push(new Uint8Array(chunk), recorder);
  return recorder;
}

/** Above this, payloads are compared by their hash: printing how two of 1 MiB differ takes all memory. */
const MAX_COMPARED = 4096;

/** What was taken, and the end, in a form that can be compared and printed whatever the sizes. */
export function outcome(
  { taken, end }: { taken: readonly Taken[]; end: End },
): { readonly taken: readonly unknown[]; readonly end: End } {
  return {
    taken: taken.map((one) => {
      const data = one.type === "text" ? one.text : one.bytes;
      if (data.length <= MAX_COMPARED) return one;
      const hash = createHash("sha256").update(data).digest("hex");
      return { type: one.type, length: data.length, hash };
    }),
    end,
  };
}

/** Cuts bytes into pieces; `size` gives the next piece's length. */
export function* cut(bytes: Uint8Array, size: () => number): Iterable<Uint8Array> {
  for (let at = 0; at < bytes.length;) {
    const length = Math.max(1, size());
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

/** A small repeatable source of numbers from 0 to below 1. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 0) / 0x1_0000_0000;
  };
}
