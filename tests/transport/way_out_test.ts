import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { RUNTIME_BUFFER_BYTES, WRITE_PIECE_BYTES } from "../../src/limits.ts";
import { Counters } from "../../src/observe/metrics.ts";
import { Frame } from "../../src/protocol/event.ts";
import { WayOut } from "../../src/transport/way_out.ts";

/** A socket that holds what it is given until the test takes it. */
class Held {
  readonly pieces: number[] = [];
  writableLength = 0;
  write(bytes: Uint8Array): void {
    this.pieces.push(bytes.length);
    this.writableLength += bytes.length;
  }
  /** The kernel takes all; gives the pieces. */
  take(): number[] {
    this.writableLength = 0;
    return this.pieces.splice(0);
  }
}

function scene() {
  const socket = new Held();
  const out = new WayOut(socket as unknown as Socket);
  const queue = (bytes: number, expiresAt = 0) => {
    const frame = new Frame(new Uint8Array(bytes));
    frame.wire = new Uint8Array(bytes);
    return out.queue(frame, expiresAt, 0, 1, new Counters());
  };
  return { socket, out, queue };
}

const FULL = RUNTIME_BUFFER_BYTES / WRITE_PIECE_BYTES;
const pieces = (count: number) => Array.from({ length: count }, () => WRITE_PIECE_BYTES);

Deno.test("what is short goes out as it is", () => {
  const { socket, out } = scene();
  out.write(new Uint8Array(RUNTIME_BUFFER_BYTES));
  assert.deepEqual(socket.pieces, [RUNTIME_BUFFER_BYTES]);
  assert.equal(out.waits, false);
  assert.equal(out.isBusy, true);
});

Deno.test("what is long goes out in pieces, as far as the runtime should hold it", () => {
  const { socket, out } = scene();
  const length = RUNTIME_BUFFER_BYTES + WRITE_PIECE_BYTES + 5;
  out.writeLong(new Uint8Array(length), 1);
  assert.deepEqual(socket.take(), pieces(FULL));
  assert.equal(out.bytes, WRITE_PIECE_BYTES + 5);
  assert.equal(out.takenBytes, RUNTIME_BUFFER_BYTES);
  out.moveOn(1);
  assert.deepEqual(socket.take(), [WRITE_PIECE_BYTES, 5]);
  assert.equal(out.waits, false);
  assert.equal(out.takenBytes, length);
});

Deno.test("a pong goes out between two whole frames", () => {
  const { socket, out, queue } = scene();
  out.writeLong(new Uint8Array(RUNTIME_BUFFER_BYTES + 1), 1);
  queue(10);
  queue(20);
  out.answerPing(new Uint8Array(3));
  socket.take();
  out.moveOn(1);
  assert.deepEqual(socket.take(), [1, 3, 10, 20]);
});

Deno.test("a close frame may follow a frame that is written to its end", () => {
  const { socket, out, queue } = scene();
  out.writeLong(new Uint8Array(RUNTIME_BUFFER_BYTES + 7), 1);
  queue(10);
  socket.take();
  out.finish();
  assert.deepEqual(socket.take(), [7]);
  assert.equal(out.waits, false);
});

Deno.test("messages that wait can expire; a frame that is half written cannot", () => {
  const { socket, out, queue } = scene();
  out.write(new Uint8Array(RUNTIME_BUFFER_BYTES));
  queue(RUNTIME_BUFFER_BYTES + 9, 100);
  queue(20, 100);
  socket.take();
  out.moveOn(99);
  socket.take();
  out.moveOn(100);
  assert.deepEqual(socket.take(), [9]);
});
