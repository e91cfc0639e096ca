/** Fragmentation, UTF-8, closing and limits (RFC 6455 sections 5.4, 5.5.1, 7 and 8.1). */
import { MAX_CLIENT_MESSAGE_BYTES } from "../../src/limits.ts";
import { binary, type Case, closed, failed, OPEN, ping, pong, text } from "./case.ts";
import { bytesOf, closeFrame, fragments, frame, hex, join, pattern } from "./client_frames.ts";
import { maker } from "./framing_cases.ts";
import { INVALID_UTF8, VALID_UTF8 } from "./utf8_samples.ts";

const BAD = failed(1002);

function* fragmentation(): Iterable<Case> {
  const make = maker("fragmentation");
  for (const count of [2, 3, 10, 500]) {
    const parts = Array.from({ length: count }, (_, i) => String.fromCharCode(97 + i % 26));
    const whole = parts.join("");
    yield make(`a text in ${count} fragments`, fragments(1, parts), [text(whole)]);
    yield make(`a text in ${count} fragments in one write`, [join(...fragments(1, parts))], [
      text(whole),
    ]);
    yield make(`bytes in ${count} fragments`, fragments(2, parts), [binary(bytesOf(whole))]);
  }
  for (const size of [1, 125, 126, 1024, 65536]) {
    const parts = [pattern(size), pattern(size), pattern(3)];
    yield make(`bytes in fragments of ${size}`, fragments(2, parts), [binary(join(...parts))]);
  }
  const shapes: readonly (readonly string[])[] = [
    ["", ""],
    ["", "", ""],
    ["", "Hello"],
    ["Hello", ""],
    ["", "Hello", ""],
    ["Hel", "", "lo"],
    ["", "", "Hello", "", ""],
  ];
  for (const parts of shapes) {
    const name = JSON.stringify(parts);
    yield make(`text fragments ${name}`, fragments(1, parts), [text(parts.join(""))]);
    yield make(`binary fragments ${name}`, fragments(2, parts), [binary(bytesOf(parts.join("")))]);
  }
  const [first, last] = [frame(1, "frag", { fin: false }), frame(0, "ment")];
  const x = bytesOf("x");
  yield make("a ping between fragments", [first, frame(9, x), last], [ping(x), text("fragment")]);
  yield make("a ping between fragments in one write", [join(first, frame(9, x), last)], [
    ping(x),
    text("fragment"),
  ]);
  yield make("a pong between fragments", [first, frame(10, x), last], [pong(x), text("fragment")]);
  yield make("an empty ping between empty fragments", [...fragments(1, ["", ""]), frame(9)], [
    text(""),
    ping(),
  ]);
  yield make(
    "many pings between fragments",
    [first, ...Array.from({ length: 20 }, () => frame(9, x)), last],
    [...Array.from({ length: 20 }, () => ping(x)), text("fragment")],
  );
  yield make("a message after a fragmented one", [first, last, frame(2, "b")], [
    text("fragment"),
    binary(bytesOf("b")),
  ]);
  yield make("two fragmented messages", [first, last, first, last], [
    text("fragment"),
    text("fragment"),
  ]);
  yield make("an unfinished message", [first, frame(0, "ment", { fin: false })], []);
  yield make("a close between fragments", [first, closeFrame(1000), last], [], closed(1000));
  for (const [kind, opcode] of [["ping", 9], ["pong", 10], ["close", 8]] as const) {
    yield make(`a fragmented ${kind}`, [frame(opcode, "", { fin: false }), frame(0)], [], BAD);
    yield make(
      `a fragmented ${kind} between fragments`,
      [first, frame(opcode, "", { fin: false }), last],
      [],
      BAD,
    );
  }
  for (const fin of [true, false]) {
    const kind = fin ? "last" : "middle";
    yield make(`a ${kind} fragment of nothing`, [frame(0, "x", { fin })], [], BAD);
    yield make(`an empty ${kind} fragment of nothing`, [frame(0, "", { fin })], [], BAD);
    yield make(
      `a ${kind} fragment after a whole message`,
      [frame(1, "ok"), frame(0, "x", { fin })],
      [text("ok")],
      BAD,
    );
    yield make(`a text within a text, ${kind}`, [first, frame(1, "x", { fin })], [], BAD);
    yield make(`bytes within a text, ${kind}`, [first, frame(2, "x", { fin })], [], BAD);
    yield make(
      `a text within bytes, ${kind}`,
      [frame(2, "x", { fin: false }), frame(1, "x", { fin })],
      [],
      BAD,
    );
  }
  yield make(
    "a message within a message that begins with nothing",
    [frame(1, "", { fin: false }), frame(1, "x")],
    [],
    BAD,
  );
  yield make(
    "a continuation after a fragmented message",
    [first, last, frame(0, "x")],
    [text("fragment")],
    BAD,
  );
}

function* utf8(): Iterable<Case> {
  const make = maker("UTF-8");
  for (const [name, bytes] of VALID_UTF8) {
    const value = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    yield make(`${name}`, [frame(1, bytes)], [text(value)]);
    const parts = Array.from(bytes, (byte) => new Uint8Array([byte]));
    yield make(`${name}, a fragment a byte`, fragments(1, parts), [text(value)]);
  }
  for (const [name, bytes] of INVALID_UTF8) {
    const bad = failed(1007);
    yield make(`${name}`, [frame(1, bytes)], [], bad);
    yield make(`${name}, after ASCII in the same message`, [frame(1, join(LONG, bytes))], [], bad);
    const parts = Array.from(bytes, (byte) => new Uint8Array([byte]));
    yield make(`${name}, a fragment a byte`, fragments(1, parts), [], bad);
    yield make(`${name}, as bytes`, [frame(2, bytes)], [binary(bytes)]);
  }
  const wrong = hex("ce ba e1 bd b9 cf 83 ce bc ce b5 f4 90 80 80");
  yield make(
    "a wrong first fragment is refused before the second",
    [frame(1, wrong, { fin: false })],
    [],
    failed(1007),
  );
  yield make(
    "a wrong second fragment is refused before the third",
    [frame(1, "ok", { fin: false }), frame(0, wrong, { fin: false })],
    [],
    failed(1007),
  );
  yield make(
    "a wrong byte is refused before the frame's end",
    [frame(1, join(wrong, pattern(100))).subarray(0, 30)],
    [],
    failed(1007),
  );
  yield make(
    "a character cut by a ping",
    [frame(1, hex("e2 82"), { fin: false }), frame(9), frame(0, hex("ac"))],
    [ping(), text("€")],
  );
  yield make("a wrong text after a right one", [frame(1, "ok"), frame(1, hex("ff")), frame(9)], [
    text("ok"),
  ], failed(1007));
  yield make(
    "a cut character is not completed by the next message",
    [frame(1, hex("e2 82")), frame(1, hex("ac"))],
    [],
    failed(1007),
  );
}

function* closing(): Iterable<Case> {
  const make = maker("closing");
  yield make("a close without code", [frame(8)], [], closed(undefined));
  yield make("a close with one byte", [frame(8, hex("03"))], [], BAD);
  yield make("a close with code and reason", [closeFrame(1000, "done")], [], closed(1000, "done"));
  const longest = "*".repeat(123);
  yield make("the longest reason", [closeFrame(1000, longest)], [], closed(1000, longest));
  yield make("a reason that is too long", [closeFrame(1000, `${longest}*`)], [], BAD);
  yield make("a reason in three scripts", [closeFrame(1001, "κόσμε 世界 🎉")], [], {
    type: "closed",
    code: 1001,
    reason: "κόσμε 世界 🎉",
  });
  for (const [name, bytes] of INVALID_UTF8.slice(0, 12)) {
    yield make(`a reason with ${name}`, [closeFrame(1000, bytes)], [], failed(1007));
  }
  const registered = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014];
  for (const code of [...registered, 3000, 3999, 4000, 4999]) {
    yield make(`code ${code}`, [closeFrame(code)], [], closed(code));
    yield make(`code ${code} with a reason`, [closeFrame(code, "why")], [], closed(code, "why"));
  }
  const unusable = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535];
  for (const code of unusable) {
    yield make(`code ${code}`, [closeFrame(code)], [], BAD);
    yield make(`code ${code} with a reason`, [closeFrame(code, "why")], [], BAD);
  }
  const close = closeFrame(1000);
  yield make("a message, then a close", [frame(1, "a"), close], [text("a")], closed(1000));
  yield make("two closes", [close, closeFrame(1001)], [], closed(1000));
  yield make("a ping after the close", [close, frame(9)], [], closed(1000));
  yield make("a message after the close", [close, frame(1, "x")], [], closed(1000));
  yield make("rubbish after the close", [close, hex("ff ff ff ff")], [], closed(1000));
  yield make("rubbish after the close in one write", [join(close, hex("ff ff"))], [], closed(1000));
  yield make(
    "a message, a ping and a close in one write",
    [join(frame(1, "a"), frame(9), close)],
    [text("a"), ping()],
    closed(1000),
  );
}

function* limits(): Iterable<Case> {
  const make = maker("limits");
  const limit = MAX_CLIENT_MESSAGE_BYTES;
  const most = pattern(limit);
  const half = pattern(limit / 2);
  yield make("the longest bytes", [frame(2, most)], [binary(most)]);
  yield make("the longest text", [frame(1, "x".repeat(limit))], [text("x".repeat(limit))]);
  yield make("the longest bytes in two fragments", fragments(2, [half, half]), [
    binary(join(half, half)),
  ]);
  yield make("the longest bytes, then an empty end", fragments(2, [half, half, ""]), [
    binary(join(half, half)),
  ]);
  yield make("two of the longest messages", [frame(2, most), frame(2, most)], [
    binary(most),
    binary(most),
  ]);
  const tooLarge = failed(1009);
  const sizes = [limit + 1, limit * 2, 2 ** 31, 2 ** 32, 2 ** 53];
  for (const [kind, opcode] of [["text", 1], ["binary", 2]] as const) {
    for (const size of sizes) {
      const header = frame(opcode, "", { announced: BigInt(size) });
      yield make(`a ${kind} header of ${size} bytes, no payload`, [header], [], tooLarge);
      const started = frame(opcode, "", { announced: BigInt(size), fin: false });
      yield make(`a ${kind} fragment header of ${size} bytes`, [started], [], tooLarge);
    }
    yield make(
      `a ${kind} message whose last fragment has a byte too much`,
      [...fragments(opcode, ["*".repeat(limit / 2), "*".repeat(limit / 2 + 1)])],
      [],
      tooLarge,
    );
    yield make(
      `a ${kind} message over the limit by the header of its third fragment`,
      [
        frame(opcode, "*".repeat(limit / 2), { fin: false }),
        frame(0, "*".repeat(limit / 2), { fin: false }),
        frame(0, "*").subarray(0, 2),
      ],
      [],
      tooLarge,
    );
  }
  yield make(
    "the largest length of all",
    [frame(2, "", { announced: (1n << 63n) - 1n })],
    [],
    tooLarge,
  );
  yield make(
    "a message in a thousand small fragments",
    fragments(2, Array.from({ length: 1000 }, (_, i) => pattern(i % 7))),
    [binary(join(...Array.from({ length: 1000 }, (_, i) => pattern(i % 7))))],
  );
  yield make(
    "control frames do not count",
    [frame(2, half, { fin: false }), frame(9, pattern(125)), frame(0, half)],
    [ping(pattern(125)), binary(join(half, half))],
    OPEN,
  );
}

/** Long enough to be unmasked in words. */
const LONG = bytesOf("plain ".repeat(40));

/** The cases of this file. */
export const MESSAGE_CASES: readonly Case[] = [
  ...fragmentation(),
  ...utf8(),
  ...closing(),
  ...limits(),
];
