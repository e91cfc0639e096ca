/** Lengths, masks, control frames, reserved bits and opcodes (RFC 6455 sections 5.1-5.6). */
import {
  binary,
  type Case,
  type Category,
  type End,
  failed,
  OPEN,
  ping,
  pong,
  type Taken,
  text,
} from "./case.ts";
import { bytesOf, frame, hex, join, pattern } from "./client_frames.ts";

/** Lengths around each form of the header and of the words that payloads are unmasked in. */
const LENGTHS = [0, 1, 2, 3, 4, 5, 7, 8, 31, 95, 96, 97, 99, 124, 125, 126, 127, 128, 255, 1023];
const LONG_LENGTHS = [65533, 65535, 65536, 65537, 131071];
/** What an open frame kind is called, and a payload that fits each. */
const KINDS = [
  ["text", 1, "Hello"],
  ["binary", 2, "Hello"],
  ["close", 8, ""],
  ["ping", 9, "Hello"],
  ["pong", 10, "Hello"],
] as const;
const RESERVED_OPCODES = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15];
const BINARY_PAYLOAD = hex("00 ff fe fd fc fb 00 ff");

function* framing(): Iterable<Case> {
  const make = maker("framing");
  for (const length of [...LENGTHS, ...LONG_LENGTHS]) {
    const letters = "*".repeat(length);
    yield make(`a text message of ${length} bytes`, [frame(1, letters)], [text(letters)]);
    const bytes = pattern(length);
    yield make(`a binary message of ${length} bytes`, [frame(2, bytes)], [binary(bytes)]);
  }
  const both = [text("one"), binary(bytesOf("two")), text("three")];
  const frames = [frame(1, "one"), frame(2, "two"), frame(1, "three")];
  yield make("several messages in several writes", frames, both);
  yield make("several messages in one write", [join(...frames)], both);
  yield make("nothing at all", [], []);
  yield make("an unfinished header", [hex("81")], []);
  yield make("a header without its payload", [frame(1, "Hello").subarray(0, 6)], []);
  yield make("a payload without its end", [frame(1, "Hello").subarray(0, 9)], []);
  for (const [kind, opcode] of [["text", 1], ["binary", 2]] as const) {
    for (const length of [0, 5, 125]) {
      yield make(
        `a ${kind} length of ${length} in 16 bits`,
        [frame(opcode, pattern(length).map((byte) => byte & 0x7f), { lengthBits: 16 })],
        [],
        failed(1002),
      );
    }
    for (const length of [0, 125, 126, 65535]) {
      yield make(
        `a ${kind} length of ${length} in 64 bits`,
        [frame(opcode, "*".repeat(length), { lengthBits: 64 })],
        [],
        failed(1002),
      );
    }
    for (const announced of [1n << 63n, (1n << 64n) - 1n]) {
      yield make(
        `a ${kind} length of ${announced}: the highest bit is set`,
        [frame(opcode, "", { announced })],
        [],
        failed(1002),
      );
    }
  }
}

function* masking(): Iterable<Case> {
  const make = maker("masking");
  const keys = [[0, 0, 0, 0], [255, 255, 255, 255], [1, 2, 3, 4], [128, 0, 0, 0], [0, 0, 0, 1]];
  for (const [a = 0, b = 0, c = 0, d = 0] of keys) {
    const key = [a, b, c, d] as const;
    const name = key.join(" ");
    for (const length of [5, 100, 1001]) {
      const bytes = pattern(length);
      yield make(
        `${length} bytes under the key ${name}`,
        [frame(2, bytes, { key })],
        [binary(bytes)],
      );
    }
    yield make(`a ping under the key ${name}`, [frame(9, "Hello", { key })], [
      ping(bytesOf("Hello")),
    ]);
  }
  yield make(
    "each fragment has a key of its own",
    [
      frame(1, "Hel", { fin: false, key: [9, 8, 7, 6] }),
      frame(9, "x", { key: [5, 5, 5, 5] }),
      frame(0, "lo", { key: [1, 2, 3, 4] }),
    ],
    [ping(bytesOf("x")), text("Hello")],
  );
  for (const [kind, opcode, payload] of KINDS) {
    yield make(`an unmasked ${kind} frame`, [frame(opcode, payload, { masked: false })], [], BAD);
    yield make(
      `an unmasked ${kind} frame after a message`,
      [frame(1, "ok"), frame(opcode, "", { masked: false })],
      [text("ok")],
      BAD,
    );
  }
  yield make(
    "an unmasked continuation",
    [frame(1, "a", { fin: false }), frame(0, "b", { masked: false })],
    [],
    BAD,
  );
  yield make("an unmasked header is refused before its payload", [hex("81 05")], [], BAD);
}

function* pingsAndPongs(): Iterable<Case> {
  const make = maker("pings and pongs");
  const hello = bytesOf("Hello, world!");
  yield make("a ping without payload", [frame(9)], [ping()]);
  yield make("a ping with text", [frame(9, hello)], [ping(hello)]);
  yield make("a ping with bytes that are no UTF-8", [frame(9, BINARY_PAYLOAD)], [
    ping(BINARY_PAYLOAD),
  ]);
  for (const length of [1, 4, 124, 125]) {
    yield make(`a ping of ${length} bytes`, [frame(9, pattern(length))], [ping(pattern(length))]);
    yield make(`a pong of ${length} bytes`, [frame(10, pattern(length))], [pong(pattern(length))]);
  }
  yield make("an unasked pong without payload", [frame(10)], [pong()]);
  yield make("an unasked pong with payload", [frame(10, hello)], [pong(hello)]);
  yield make("an unasked pong, then a ping", [frame(10, "a"), frame(9, "b")], [
    pong(bytesOf("a")),
    ping(bytesOf("b")),
  ]);
  const ten = Array.from({ length: 10 }, (_, i) => `ping ${i}`);
  const pings = ten.map((payload) => frame(9, payload));
  yield make("ten pings", pings, ten.map((payload) => ping(bytesOf(payload))));
  yield make(
    "ten pings in one write",
    [join(...pings)],
    ten.map((payload) => ping(bytesOf(payload))),
  );
  for (const [kind, opcode] of [["ping", 9], ["pong", 10], ["close", 8]] as const) {
    for (const length of [126, 127, 65536]) {
      yield make(`a ${kind} of ${length} bytes`, [frame(opcode, pattern(length))], [], BAD);
    }
    yield make(
      `a ${kind} with its length in 16 bits`,
      [frame(opcode, "Hello", { lengthBits: 16 })],
      [],
      BAD,
    );
    yield make(
      `a ${kind} header of 126 bytes is refused before its payload`,
      [hex(`8${opcode.toString(16)} fe`)],
      [],
      BAD,
    );
  }
}

function* reservedBits(): Iterable<Case> {
  const make = maker("reserved bits");
  for (let rsv = 1; rsv <= 7; rsv++) {
    const bits = rsv.toString(2).padStart(3, "0");
    for (const [kind, opcode, payload] of KINDS) {
      yield make(`bits ${bits} on a ${kind} frame`, [frame(opcode, payload, { rsv })], [], BAD);
    }
    yield make(
      `bits ${bits} on a continuation`,
      [frame(1, "a", { fin: false }), frame(0, "b", { rsv })],
      [],
      BAD,
    );
    yield make(
      `bits ${bits} after a message, before a ping`,
      [frame(1, "ok"), frame(1, "bad", { rsv }), frame(9)],
      [text("ok")],
      BAD,
    );
  }
}

function* opcodes(): Iterable<Case> {
  const make = maker("opcodes");
  for (const opcode of RESERVED_OPCODES) {
    yield make(`opcode ${opcode} without payload`, [frame(opcode)], [], BAD);
    yield make(`opcode ${opcode} with payload`, [frame(opcode, "unknown")], [], BAD);
    yield make(`opcode ${opcode} as a fragment`, [frame(opcode, "x", { fin: false })], [], BAD);
    yield make(
      `opcode ${opcode} after a message, before a ping`,
      [frame(1, "ok"), frame(opcode), frame(9)],
      [text("ok")],
      BAD,
    );
    yield make(
      `opcode ${opcode} between fragments`,
      [frame(1, "a", { fin: false }), frame(opcode), frame(0, "b")],
      [],
      BAD,
    );
  }
}

const BAD = failed(1002);

/** Makes cases of one category. */
export function maker(category: Category) {
  return (
    name: string,
    chunks: readonly Uint8Array[],
    taken: readonly Taken[],
    end: End = OPEN,
  ): Case => ({ name, category, chunks, taken, end });
}

/** The cases of this file. */
export const FRAMING_CASES: readonly Case[] = [
  ...framing(),
  ...masking(),
  ...pingsAndPongs(),
  ...reservedBits(),
  ...opcodes(),
];
