// Bodies are put together in memory that follows the bytes that came, within what all bodies share.
import assert from "node:assert/strict";
import { BodyBytes } from "../../../src/transport/http/body_bytes.ts";
import { BodyRoom } from "../../../src/transport/http/body_room.ts";

const MIB = 1024 * 1024;

Deno.test("three bytes of a declared MiB take three bytes", () => {
  const room = new BodyRoom(MIB);
  const body = new BodyBytes(room, MIB);
  body.add(new Uint8Array(3), false);
  assert.equal(room.used, 3);
  body.drop();
  assert.equal(room.used, 0);
});

Deno.test("a few bytes that wait do not keep the buffer of their read", () => {
  const body = new BodyBytes(new BodyRoom(MIB), 100);
  body.add(new Uint8Array(65_536).subarray(10, 13), false);
  assert.equal(body.bytes.buffer.byteLength, 3);
});

Deno.test("pieces of any size come out in their order, in a buffer of the declared length", () => {
  const whole = Uint8Array.from({ length: 200_000 }, (_, at) => at % 251);
  for (const size of [1, 7, 1000, 65_536, 199_999, 200_000]) {
    const room = new BodyRoom(MIB);
    const body = new BodyBytes(room, whole.length);
    for (let at = 0; at < whole.length; at += size) {
      body.add(whole.slice(at, at + size), at + size >= whole.length);
    }
    assert.deepEqual(body.bytes, whole);
    assert.equal(room.used, whole.length, `in pieces of ${size}`);
  }
});

Deno.test("a body of unknown length never takes more than four times what came", () => {
  const room = new BodyRoom(64 * MIB);
  const body = new BodyBytes(room, Infinity);
  for (let i = 0; i < 1000; i++) {
    body.add(new Uint8Array(1000), false);
    assert.ok(room.used <= 4 * body.length);
  }
});

Deno.test("a body goes on only where there is room for all of it, and the others keep theirs", () => {
  const room = new BodyRoom(100);
  const first = new BodyBytes(room, 80);
  const second = new BodyBytes(room, 80);
  assert.equal(first.reserve(), true);
  assert.equal(first.add(new Uint8Array(80), true), true);
  assert.equal(second.add(new Uint8Array(30), false), true, "it was read already");
  assert.equal(second.reserve(), false);
  first.drop();
  assert.equal(second.reserve(), true);
  assert.equal(second.add(new Uint8Array(50), true), true);
  assert.equal(room.used, 80);
});

Deno.test("what has come already goes beyond the bound, but not far", () => {
  const room = new BodyRoom(100);
  const added = Array.from(
    { length: 6 },
    () => new BodyBytes(room, 80).add(new Uint8Array(80), true),
  );
  assert.deepEqual(added, [true, true, true, true, true, false]);
});
