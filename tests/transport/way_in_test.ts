// What came in on a socket waits for its turn in order, and nothing of it is lost or read twice.
import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { MAX_UNREAD_CHUNKS } from "../../src/limits.ts";
import { WayIn } from "../../src/transport/way_in.ts";
import type { FrameSink } from "../../src/transport/websocket_frames.ts";
import { closeFrame, frame, join } from "../conformance/client_frames.ts";

function scene() {
  const heard: string[] = [];
  const calls: string[] = [];
  const socket = { pause: () => calls.push("pause"), resume: () => calls.push("resume") };
  const way = new WayIn(socket as unknown as Socket);
  const sink: FrameSink = {
    text: (data) => {
      heard.push(data);
      if (data === "hold") way.hold();
      if (data === "throw") throw new Error("thrown");
    },
    binary: () => {},
    pinged: () => {},
    ponged: () => {},
    closedByPeer: (code) => heard.push(`closed ${code}`),
    framingError: (code) => heard.push(`error ${code}`),
  };
  return { heard, calls, way, sink };
}

const texts = (...words: readonly string[]) => join(...words.map((word) => frame(1, word)));

Deno.test("frames are read as many as asked for, over chunks in their order", () => {
  const { heard, way, sink } = scene();
  way.add(texts("a", "b", "c"));
  way.add(texts("d"));
  assert.equal(way.read(2, sink), 2);
  assert.deepEqual(heard, ["a", "b"]);
  assert.equal(way.isEmpty, false);
  assert.equal(way.read(9, sink), 1);
  assert.equal(way.read(9, sink), 1);
  assert.deepEqual(heard, ["a", "b", "c", "d"]);
  assert.equal(way.isEmpty, true);
  assert.equal(way.read(9, sink), 0);
});

Deno.test("a hold within a report stops behind that frame; the rest is there after the release", () => {
  const { heard, way, sink } = scene();
  way.add(texts("hold", "after"));
  assert.equal(way.read(9, sink), 1);
  assert.deepEqual([heard, way.isHeld, way.isEmpty], [["hold"], true, false]);
  way.release();
  assert.equal(way.read(9, sink), 1);
  assert.deepEqual([heard, way.isHeld, way.isEmpty], [["hold", "after"], false, true]);
});

Deno.test("a chunk whose work throws is not tried again", () => {
  const { heard, way, sink } = scene();
  way.add(texts("throw", "behind it"));
  assert.throws(() => way.read(9, sink), /thrown/);
  assert.deepEqual([heard, way.isEmpty], [["throw"], true]);
});

Deno.test("enough chunks behind the oldest one are too much", () => {
  const { way, sink } = scene();
  for (let i = 0; i <= MAX_UNREAD_CHUNKS; i++) {
    assert.equal(way.hasMuch, false);
    way.add(texts("a"));
  }
  assert.equal(way.hasMuch, true);
  way.read(9, sink);
  assert.equal(way.hasMuch, false);
});

Deno.test("behind a close frame, and after a stop, nothing is read", () => {
  const { heard, way, sink } = scene();
  way.add(join(closeFrame(1000), texts("late")));
  way.read(9, sink);
  assert.deepEqual([heard, way.isFinished], [["closed 1000"], true]);
  const stopped = scene();
  stopped.way.add(texts("a"));
  stopped.way.stop();
  assert.deepEqual([stopped.way.isEmpty, stopped.way.isFinished], [true, true]);
});

Deno.test("a socket is paused and resumed once each", () => {
  const { calls, way } = scene();
  way.resume();
  way.pause();
  way.pause();
  assert.equal(way.isPaused, true);
  way.resume();
  way.resume();
  assert.deepEqual([calls, way.isPaused], [["pause", "resume"], false]);
});
