/**
 * Malformed and borderline frames of protobuf clients with the answer that the protocol prescribes. Plain data, walked
 * by the codec's own test and by the one over real sockets.
 *
 * Each row stands for a fresh connection of a client with the roles `webpubsub.joinLeaveGroup` and
 * `webpubsub.sendToGroup`, on a hub without event handlers, and the non-reliable subprotocol. A `pong` or an `ack` of
 * the outcome is one in protobuf.
 */
import type { Outcome, Row } from "./malformed_json_table.ts";

const encoder = new TextEncoder();

/** `value` as a varint, bigints as 64 bits. */
function varint(value: number | bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return [...bytes, Number(rest)];
}

/** A field of wire type 0. */
function number(field: number, value: number | bigint): number[] {
  return [...varint(field * 8), ...varint(value)];
}

/** A length-delimited field: a string, or the fields of a message. */
function block(field: number, ...content: (string | readonly number[])[]): number[] {
  const bytes = content.flatMap((part) =>
    typeof part === "string" ? Array.from(encoder.encode(part)) : part
  );
  return [...varint(field * 8 + 2), ...varint(bytes.length), ...bytes];
}

function frame(...parts: (readonly number[])[]): Uint8Array {
  return Uint8Array.from(parts.flat());
}

function refused(name: string, ...parts: (readonly number[])[]): Row {
  return { name, frame: frame(...parts), expected: { code: 1007 } };
}

function refusedText(name: string, text: string): Row {
  return { name, frame: text, expected: { code: 1003 } };
}

function ignored(name: string, ...parts: (readonly number[])[]): Row {
  return { name, frame: frame(...parts), expected: "ignored" };
}

function pong(name: string, ...parts: (readonly number[])[]): Row {
  return { name, frame: frame(...parts), expected: "pong" };
}

function acked(name: string, ack: string, ...parts: (readonly number[])[]): Row {
  return { name, frame: frame(...parts), expected: { ack } };
}

/** A long frame: a join whose rest is `count` times `part`. */
function long(name: string, expected: Outcome, count: number, part: readonly number[]): Row {
  const make = () => {
    const head = block(6, GROUP);
    const bytes = new Uint8Array(head.length + count * part.length);
    bytes.set(head);
    for (let i = 0; i < count; i++) bytes.set(part, head.length + i * part.length);
    return bytes;
  };
  return { name, frame: make, expected };
}

const GROUP = block(1, "g");
const ACK = number(2, 1);
const TEXT = block(3, block(1, "x"));
const PING = block(9);
const INVALID_UTF8 = [0x61, 0xff];
const START = 3;
const END = 4;

function join(...fields: (readonly number[])[]): number[] {
  return block(6, ...fields);
}

function send(...fields: (readonly number[])[]): number[] {
  return block(1, GROUP, ACK, ...fields);
}

function event(...fields: (readonly number[])[]): number[] {
  return block(5, ...fields);
}

function sendJson(text: string): number[] {
  return send(block(3, block(4, text)));
}

function entry(key: string, value: string): number[] {
  return block(6, block(1, key), block(2, value));
}

/** Metadata of eight entries whose lengths add up to `total`. */
function metadataOfTotal(total: number): number[] {
  return Array.from(
    { length: 8 },
    (_, i) => entry(`k${i}`, "v".repeat(i < 7 ? 1022 : total - 7 * 1024 - 2)),
  ).flat();
}

const FRAMING: readonly Row[] = [
  refusedText("empty text frame", ""),
  refusedText("text frame", "hello"),
  refusedText("text frame with a JSON request", '{"type":"ping"}'),
  refusedText("text frame whose bytes are a ping", "J\0"),
];

const WIRE: readonly Row[] = [
  refused("empty frame"),
  refused("a zero byte", [0]),
  refused("field number 0", block(0, "x")),
  refused("wire type 6", [0x0e, 0]),
  refused("wire type 7", [0x0f, 0]),
  refused("JSON in a binary frame", Array.from(encoder.encode('{"type":"ping"}'))),
  refused("a tag alone", [0x32]),
  refused("a tag cut off", [0xb2]),
  refused("a length cut off", [0x32, 0x80]),
  refused("a length beyond the frame", [0x32, 6, ...GROUP]),
  refused("a length beyond 32 bits", [0x32, 0xff, 0xff, 0xff, 0xff, 0x7f, ...GROUP]),
  refused("a length of eleven bytes", [0x32, ...new Array(10).fill(0x80), 0]),
  refused("a tag beyond 32 bits", PING, [0xf8, 0xff, 0xff, 0xff, 0x7f, 0]),
  refused("a tag of six bytes", PING, [0x88, 0x80, 0x80, 0x80, 0x80, 0, 0]),
  refused("garbage behind a request", PING, [0xff]),
  refused("a string beyond its message", [0x32, 3, 0x0a, 4, 0x67], PING),
  refused("a number beyond its message", [0x32, 5, ...GROUP, 0x10, 0x81], [0]),
  refused("a number cut off", join(GROUP, [0x10, 0x81])),
  refused("an ack id of eleven bytes", join(GROUP, [0x10, ...new Array(10).fill(0x80), 0])),
  refused("an unknown varint of eleven bytes", PING, [0x98, 1, ...new Array(10).fill(0x80), 0]),
  refused("an unknown varint cut off", PING, [0x98, 1, 0x80]),
  refused("an unknown fixed32 cut off", PING, [0x9d, 1, 0, 0, 0]),
  refused("an unknown fixed64 cut off", PING, [0x99, 1, 0, 0, 0, 0, 0, 0, 0]),
  refused("an unknown block cut off", PING, [0x9a, 1, 5, 0]),
  refused("the end of a group that never began", PING, varint(19 * 8 + END)),
  refused("a group without end", PING, varint(19 * 8 + START)),
  refused("a group with another's end", PING, varint(19 * 8 + START), varint(20 * 8 + END)),
  refused(
    "groups nested a thousand deep",
    PING,
    ...new Array(1000).fill(varint(19 * 8 + START)),
    ...new Array(1000).fill(varint(19 * 8 + END)),
  ),
  long("half a million openings of groups", { code: 1007 }, 524_000, varint(19 * 8 + START)),
  long("half a million unknown fields", "ignored", 349_000, [0x98, 1, 0]),
  pong("unknown varint skipped", number(19, 2n ** 64n - 1n), PING),
  pong("unknown fixed32 skipped", [0x9d, 1, 0, 0, 0, 0], PING),
  pong("unknown fixed64 skipped", [0x99, 1, 0, 0, 0, 0, 0, 0, 0, 0], PING),
  pong("unknown block skipped", PING, block(19, [0xff, 0xff])),
  pong("unknown group skipped", PING, varint(19 * 8 + START), GROUP, varint(19 * 8 + END)),
  pong("largest field number skipped", PING, number(2 ** 29 - 1, 1)),
  pong("unknown field in a ping", block(9, number(1, 1))),
  acked("unknown fields in a join", "1", join(number(9, 9), GROUP, block(10, "x"), ACK)),
  acked("known numbers with other wire types", "1", join(number(1, 5), GROUP, block(2, "1"), ACK)),
];

const MEMBERS: readonly Row[] = [
  ...[2, 3, 4, 12, 18, 1000].map((field) => refused(`only unknown member ${field}`, block(field))),
  refused("a known member as a varint", number(6, 1)),
  refused("a known member as a group", varint(9 * 8 + START), varint(9 * 8 + END)),
  refused("invoke", block(10, block(1, "e"), block(2, "i"))),
  refused("cancel an invocation", block(11, block(1, "i"))),
  refused("stream data", block(13, block(1, "s"), number(2, 1), TEXT)),
  refused("end of a stream", block(14, block(1, "s"))),
  refused("set group state", block(15, GROUP, ACK)),
  refused("subscribe to group state", block(16, GROUP, ACK)),
  refused("unsubscribe from group state", block(17, GROUP, ACK)),
  refused("a request, then one that is not built", PING, block(16, GROUP, ACK)),
  refused("two members, the last invalid", PING, join(ACK)),
  acked("two members, the first invalid", "1", join(ACK), join(GROUP)),
  acked("two members: the last counts", "1", PING, join(GROUP, ACK)),
  pong("two members: the last counts, the other way", join(GROUP, ACK), PING),
  acked("one that is not built, then a join", "1", block(16), join(GROUP, ACK)),
  acked("a member twice is merged", "1", join(GROUP), join(ACK)),
  refused("a member twice with another between is not merged", join(GROUP), PING, join(ACK)),
];

const FIELDS: readonly Row[] = [
  acked("ack id 0", "0", Array.from(Uint8Array.of(0x32, 7, 0x0a, 3, 0x6c, 0x61, 0x62, 0x10, 0))),
  acked("largest ack id", "18446744073709551615", join(GROUP, number(2, 2n ** 64n - 1n))),
  acked("ack id beyond 2^53", "9007199254740993", join(GROUP, number(2, 2n ** 53n + 1n))),
  acked(
    "ack id with needless bytes",
    "1",
    join(GROUP, [0x10, 0x81, ...new Array(8).fill(0x80), 0]),
  ),
  acked("ack id twice: the last counts", "2", join(GROUP, ACK, number(2, 2))),
  acked("fields the other way round", "1", join(ACK, GROUP)),
  acked("leave", "1", block(7, GROUP, ACK)),
  ignored("no ack id", join(GROUP)),
  ignored("sequence ack", block(8, number(1, 7))),
  ignored("sequence ack of 0", block(8)),
  ignored("largest sequence ack", block(8, number(1, 2n ** 64n - 1n))),
  refused("no group", join(ACK)),
  refused("empty group", join(block(1), ACK)),
  refused("blank group", join(block(1, " \t\u0085"), ACK)),
  refused("group with a line feed", join(block(1, "a\nb"), ACK)),
  refused("group of 1025 characters", join(block(1, "g".repeat(1025)), ACK)),
  refused("group of 1026 UTF-16 units", join(block(1, "😀".repeat(513)), ACK)),
  acked("group of 1024 UTF-16 units", "1", join(block(1, "😀".repeat(512)), ACK)),
  acked("group twice: the last counts", "1", join(block(1), GROUP, ACK)),
  acked("byte order mark in a group", "1", join(block(1, "\ufeffg"), ACK)),
  refused("leave without group", block(7, ACK)),
  refused("publish without group", block(1, ACK, TEXT)),
  refused("group with invalid UTF-8", join(block(1, INVALID_UTF8), ACK)),
  refused("long group with invalid UTF-8", join(block(1, "g".repeat(100), INVALID_UTF8), ACK)),
  refused("group with an encoded surrogate", join(block(1, [0xed, 0xa0, 0x80]), ACK)),
  refused("group with overlong UTF-8", join(block(1, [0xc1, 0xa1]), ACK)),
  refused("group with a character cut off", join(block(1, [0xe6, 0xbc]), ACK)),
  refused("invalid UTF-8 in a group that is overwritten", join(block(1, INVALID_UTF8), GROUP)),
  refused("event without name", event(block(2, block(1, "x")))),
  refused("event with an empty name", event(block(1), block(2, block(1, "x")))),
  refused("event that begins with a digit", event(block(1, "1st"), block(2, block(1, "x")))),
  refused("event with a space", event(block(1, "a b"), block(2, block(1, "x")))),
  refused("event of 129 characters", event(block(1, "e".repeat(129)), block(2, block(1, "x")))),
  refused("event with invalid UTF-8", event(block(1, INVALID_UTF8), block(2, block(1, "x")))),
  {
    name: "event that no handler takes",
    frame: frame(event(block(1, "order"), block(2, block(1, "x")), number(3, 4))),
    expected: { ack: "4", error: "InternalServerError" },
  },
  ignored("event without ack id", event(block(1, "order"), block(2, block(1, "x")))),
  acked("ttl 300", "1", send(TEXT, number(5, 300))),
  refused("ttl 301", send(TEXT, number(5, 301))),
  refused("largest ttl", send(TEXT, number(5, 2 ** 32 - 1))),
  refused("negative ttl", send(TEXT, number(5, -1))),
  acked("noEcho", "1", send(TEXT, number(4, 1))),
  acked("noEcho 2", "1", send(TEXT, number(4, 2))),
  refused("noEcho cut off", send(TEXT, [0x20])),
  refused("publish that starts a stream", send(block(7, block(1, "s")))),
  refused("publish with data and a stream", send(TEXT, block(7))),
  refused("event with a stream", event(block(1, "e"), block(2, block(1, "x")), block(5))),
];

const DATA: readonly Row[] = [
  refused("publish without data", send()),
  refused("publish with data that has no member", send(block(3))),
  refused("publish with data of an unknown member", send(block(3, block(5, "x")))),
  refused("event without data", event(block(1, "order"))),
  refused("publish without data, metadata of no entries", send(block(3), number(6, 1))),
  acked("publish", "1", send(TEXT)),
  ignored("publish without ack id", block(1, GROUP, TEXT)),
  acked("empty text", "1", send(block(3, block(1)))),
  acked("empty binary", "1", send(block(3, block(2)))),
  acked("empty Any", "1", send(block(3, block(3)))),
  acked("two members of the data: the last counts", "1", send(block(3, block(4, "{"), block(1)))),
  acked("data twice is merged", "1", send(TEXT, block(3))),
  acked("metadata without data", "1", send(entry("a", "1"))),
  refused("text with invalid UTF-8", send(block(3, block(1, INVALID_UTF8)))),
  refused("JSON with invalid UTF-8", send(block(3, block(4, [0x22, 0xff, 0x22])))),
  refused("empty JSON", sendJson("")),
  refused("a word as JSON", sendJson("hello")),
  refused("bare null", sendJson("null")),
  refused("bare null with white space", sendJson(" null\n")),
  refused("JSON with trailing garbage", sendJson("{} x")),
  refused("JSON with a trailing comma", sendJson("[1,]")),
  refused("JSON with a comment", sendJson("1 // one")),
  refused("JSON cut off", sendJson('{"a":')),
  refused("JSON with a byte order mark", sendJson("\ufeff1")),
  refused("JSON of 65 levels", sendJson("[".repeat(65) + "]".repeat(65))),
  refused("opening brackets", sendJson("[".repeat(50_000))),
  acked("JSON of 64 levels", "1", sendJson("[".repeat(64) + "]".repeat(64))),
  acked("null inside JSON", "1", sendJson("[null]")),
  acked("brackets in a JSON string", "1", sendJson(JSON.stringify("[{".repeat(100)))),
  refused("Any cut off", send(block(3, block(3, [0x0a, 5, 0x78])))),
  refused("Any with invalid UTF-8 in its type", send(block(3, block(3, block(1, INVALID_UTF8))))),
  refused("Any that is text", send(block(3, block(3, "hello")))),
  refused("Any cut in two", send(block(3, block(3, [0x0a, 2, 0x78]), block(3, [0x78])))),
  refused("a bad Any that is overwritten", send(block(3, block(3, [0x0a]), block(1, "x")))),
  acked("Any with any bytes as value", "1", send(block(3, block(3, block(2, [0xff, 0xff]))))),
  acked("Any with unknown fields", "1", send(block(3, block(3, block(1, "t"), number(9, 1))))),
];

const METADATA: readonly Row[] = [
  acked("longest key and value", "1", send(TEXT, entry("k".repeat(256), "v".repeat(1024)))),
  acked("metadata of 8192 characters", "1", send(TEXT, metadataOfTotal(8192))),
  acked("empty value", "1", send(TEXT, entry("k", ""))),
  acked("value left out", "1", send(TEXT, block(6, block(1, "k")))),
  acked("key twice: the last counts", "1", send(TEXT, entry("k", "é"), entry("k", "e"))),
  acked("unknown field in an entry", "1", send(TEXT, block(6, block(1, "k"), number(3, 1)))),
  refused("metadata of 8193 characters", send(TEXT, metadataOfTotal(8193))),
  refused("key of 257 characters", send(TEXT, entry("k".repeat(257), "v"))),
  refused("value of 1025 characters", send(TEXT, entry("k", "v".repeat(1025)))),
  refused("empty entry", send(TEXT, block(6))),
  refused("empty key", send(TEXT, entry("", "v"))),
  refused("key with a space", send(TEXT, entry("a b", "v"))),
  refused("key with a colon", send(TEXT, entry("a:b", "v"))),
  refused("key beyond ASCII", send(TEXT, entry("é", "v"))),
  refused("value beyond ASCII", send(TEXT, entry("k", "é"))),
  refused("key with invalid UTF-8", send(TEXT, block(6, block(1, INVALID_UTF8)))),
  refused("value with invalid UTF-8", send(TEXT, block(6, block(1, "k"), block(2, INVALID_UTF8)))),
  refused("entry cut off", send(TEXT, block(6, [0x0a, 5, 0x6b]))),
  refused(
    "metadata of an event with a space in the key",
    event(block(1, "e"), block(2, block(1, "x")), block(4, block(1, "a b"))),
  ),
];

/** All rows; their names are unique. */
export const MALFORMED_PROTOBUF: readonly Row[] = [
  ...FRAMING,
  ...WIRE,
  ...MEMBERS,
  ...FIELDS,
  ...DATA,
  ...METADATA,
];
