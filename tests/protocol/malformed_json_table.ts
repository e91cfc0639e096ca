/**
 * Malformed and borderline frames of JSON clients with the answer that the protocol prescribes. Plain data, walked by
 * the codec's own test and by the one over real sockets.
 *
 * Each row stands for a fresh connection of a client with the roles `webpubsub.joinLeaveGroup` and
 * `webpubsub.sendToGroup`, on a hub without event handlers, and the non-reliable subprotocol.
 */

/** What the server does with the frame. */
export type Outcome =
  /** Closes with `code`, sends nothing before. */
  | { readonly code: 1003 | 1007 }
  /** Carries it out or drops it and says nothing; the connection stays. */
  | "ignored"
  /** Answers `{"type":"pong"}`. */
  | "pong"
  /** Acknowledges with exactly this integer; `error` is the name in a failed ack, `undefined` in a successful one. */
  | { readonly ack: string; readonly error?: "InternalServerError" };

/** One frame and what it leads to. */
export interface Row {
  /** What is special about it. */
  readonly name: string;
  /** A string is a text frame, bytes are a binary one; long ones are made when asked for. */
  readonly frame: string | Uint8Array | (() => string | Uint8Array);
  readonly expected: Outcome;
}

/** The frame of a row. */
export function frameOf(row: Row): string | Uint8Array {
  return typeof row.frame === "function" ? row.frame() : row.frame;
}

const REFUSED: Outcome = { code: 1007 };
const MIB = 1024 * 1024;
const encoder = new TextEncoder();

function refused(name: string, frame: Row["frame"]): Row {
  return { name, frame, expected: REFUSED };
}

function ignored(name: string, frame: Row["frame"]): Row {
  return { name, frame, expected: "ignored" };
}

function pong(name: string, frame: Row["frame"]): Row {
  return { name, frame, expected: "pong" };
}

function acked(name: string, ack: string, frame: Row["frame"]): Row {
  return { name, frame, expected: { ack } };
}

/** `{"data":{"a":{"a":...1...}}}` such that the deepest value lies in `levels` objects, the frame included. */
function nested(levels: number): string {
  const inner = levels - 1;
  return `{"type":"sendToGroup","group":"g","ackId":1,"data":${'{"a":'.repeat(inner)}1${
    "}".repeat(inner)
  }}`;
}

/** A publish with that metadata source. */
function withMetadata(metadata: string): string {
  return `{"type":"sendToGroup","group":"g","dataType":"text","data":"x","ackId":1,"metadata":${metadata}}`;
}

/** Metadata of eight values whose lengths, with those of the keys, add up to `total`. */
function metadataOfTotal(total: number): string {
  const values = Array.from(
    { length: 8 },
    (_, i) => `"k${i}":"${"v".repeat(i < 7 ? 1022 : total - 7 * 1024 - 2)}"`,
  );
  return withMetadata(`{${values.join(",")}}`);
}

function publish(members: string): string {
  return `{"type":"sendToGroup","group":"g","ackId":1,${members}}`;
}

function repeated(head: string, part: string, times: number, tail: string): () => string {
  return () => head + part.repeat(times) + tail;
}

const SYNTAX: readonly Row[] = [
  refused("empty frame", ""),
  refused("empty binary frame", new Uint8Array()),
  refused("white space only", " \r\n\t"),
  refused("a bare word", "hello"),
  refused("trailing garbage", '{"type":"ping"} x'),
  refused("two objects", '{"type":"ping"}{"type":"ping"}'),
  refused("two objects on two lines", '{"type":"ping"}\n{"type":"ping"}'),
  refused("trailing comma", '{"type":"ping",}'),
  refused("leading comma", '{,"type":"ping"}'),
  refused("block comment", '{"type":"ping"/* c */}'),
  refused("line comment", '{"type":"ping"} // c'),
  refused("single quotes", "{'type':'ping'}"),
  refused("unquoted key", '{type:"ping"}'),
  refused("missing colon", '{"type" "ping"}'),
  refused("missing brace", '{"type":"ping"'),
  refused("unterminated string", '{"type":"ping'),
  refused("unterminated escape", '{"type":"ping\\'),
  refused("wrong escape", '{"type":"\\ping"}'),
  refused("raw line feed in a string", '{"type":"pi\nng"}'),
  refused("leading zero", '{"type":"ping","x":01}'),
  refused("NaN", '{"type":"ping","x":NaN}'),
  refused("byte order mark", '\ufeff{"type":"ping"}'),
  refused("byte order mark in a binary frame", encoder.encode('\ufeff{"type":"ping"}')),
  refused("no-break space between tokens", '{\u00a0"type":"ping"}'),
  refused("NUL behind the object", '{"type":"ping"}\0'),
  refused("a list", '[{"type":"ping"}]'),
  refused("a string", '"ping"'),
  refused("a number", "1"),
  refused("true", "true"),
  refused("null", "null"),
  refused(
    "binary frame with invalid UTF-8",
    new Uint8Array([...encoder.encode('{"type":"ping","x":"'), 0xff, 0x22, 0x7d]),
  ),
  refused(
    "binary frame with an encoded surrogate",
    new Uint8Array([...encoder.encode('{"type":"ping","x":"'), 0xed, 0xa0, 0x80, 0x22, 0x7d]),
  ),
  refused("binary frame that is protobuf", new Uint8Array([0x32, 3, 0x0a, 1, 0x67])),
  acked("64 levels", "1", nested(64)),
  refused("65 levels", nested(65)),
  refused("65 levels of lists", `{"type":"ping","x":${"[".repeat(64)}${"]".repeat(64)}}`),
  pong("64 levels in an ignored field", `{"type":"ping","x":${"[".repeat(63)}${"]".repeat(63)}}`),
  pong("brackets in strings do not nest", `{"type":"ping","x":"${'[{\\"'.repeat(100)}"}`),
  refused("a mebibyte of opening brackets", repeated("", "[", MIB, "")),
  refused("a mebibyte of opening members", repeated("", '{"a":', MIB / 5 - 1, "")),
  refused("a mebibyte of closing brackets", repeated("", "]", MIB, "")),
  refused("a mebibyte of quotes", repeated("", '"', MIB, "")),
  refused("a mebibyte of backslashes", repeated('{"', "\\", MIB - 2, "")),
  refused("a mebibyte of escaped quotes", repeated('{"', '\\"', MIB / 2 - 2, "")),
  refused("a mebibyte of commas", repeated("{", ",", MIB - 2, "}")),
  refused("a mebibyte of members without a type", repeated("{", '"a":1,', 170_000, '"b":2}')),
];

const TYPES: readonly Row[] = [
  refused("no members", "{}"),
  refused("no type", '{"group":"g"}'),
  refused("null type", '{"type":null}'),
  refused("number as type", '{"type":1}'),
  refused("list as type", '{"type":["ping"]}'),
  refused("object as type", '{"type":{"ping":1}}'),
  refused("boolean as type", '{"type":true}'),
  refused("empty type", '{"type":""}'),
  refused("unknown type", '{"type":"publish"}'),
  refused("padded type", '{"type":" ping"}'),
  refused("name of an object's own method as type", '{"type":"constructor"}'),
  refused("prototype as type", '{"type":"__proto__"}'),
  refused("server's type", '{"type":"ack","ackId":1,"success":true}'),
  refused("100,000 characters of type", repeated('{"type":"', "p", 100_000, '"}')),
  refused("Kelvin sign for k", '{"type":"sequenceAc\u212a","sequenceId":1}'),
  refused("key of another case", '{"Type":"ping"}'),
  pong("type in upper case", '{"type":"PING"}'),
  pong("type written with escapes", '{"type":"\\u0070ing"}'),
  pong("key written with escapes", '{"\\u0074ype":"ping"}'),
  pong("white space everywhere", ' \r\n\t{ "type"\n:\t"ping" }\r\n'),
  pong("unknown members", '{"type":"ping","x":{"y":[1,null]},"":0,"__proto__":{"a":1}}'),
  pong("type given twice, the last one known", '{"type":5,"type":"ping"}'),
  refused("type given twice, the last one unknown", '{"type":"ping","type":"pong"}'),
  pong("binary frame of JSON", encoder.encode('{"type":"ping"}')),
  pong("members that belong to other requests", '{"type":"ping","group":5,"data":null}'),
  refused("invoke", '{"type":"invoke","invocationId":"i","target":"event","event":"e"}'),
  refused("cancelInvocation", '{"type":"cancelInvocation","invocationId":"i"}'),
  refused("streamData", '{"type":"streamData","streamId":"s","streamSequenceId":1}'),
  refused("streamEnd", '{"type":"streamEnd","streamId":"s"}'),
  refused("setGroupState", '{"type":"setGroupState","group":"g","ackId":1}'),
  refused("subscribeGroupState", '{"type":"subscribeGroupState","group":"g","ackId":1}'),
  refused("unsubscribeGroupState", '{"type":"unsubscribeGroupState","group":"g","ackId":1}'),
  refused("publish that starts a stream", publish('"data":1,"stream":{"streamId":"s"}')),
  refused("stream without data", publish('"stream":{"streamId":"s"}')),
  refused("event with a stream", '{"type":"event","event":"e","data":1,"stream":{}}'),
];

const NAMES: readonly Row[] = [
  refused("join without group", '{"type":"joinGroup","ackId":1}'),
  refused("leave without group", '{"type":"leaveGroup","ackId":1}'),
  refused("publish without group", '{"type":"sendToGroup","data":1}'),
  refused("null group", '{"type":"joinGroup","group":null}'),
  refused("number as group", '{"type":"joinGroup","group":1}'),
  refused("list as group", '{"type":"joinGroup","group":["g"]}'),
  refused("empty group", '{"type":"joinGroup","group":"","ackId":1}'),
  refused("blank group", '{"type":"joinGroup","group":" \\t ","ackId":1}'),
  refused("ideographic space as group", '{"type":"leaveGroup","group":"\u3000"}'),
  acked("1024 units of group", "1", `{"type":"joinGroup","group":"${"g".repeat(1024)}","ackId":1}`),
  refused("1025 units of group", `{"type":"joinGroup","group":"${"g".repeat(1025)}","ackId":1}`),
  acked("512 emoji of group", "1", `{"type":"joinGroup","group":"${"😀".repeat(512)}","ackId":1}`),
  refused("513 emoji of group", `{"type":"joinGroup","group":"${"😀".repeat(513)}","ackId":1}`),
  refused("line feed in a group", '{"type":"joinGroup","group":"a\\nb"}'),
  acked("wildcards in a group", "1", '{"type":"joinGroup","group":"a/b.*?","ackId":1}'),
  acked("padded group", "1", '{"type":"joinGroup","group":" g ","ackId":1}'),
  acked("last group counts", "1", '{"type":"joinGroup","group":"","group":"g","ackId":1}'),
  refused("event without name", '{"type":"event","data":1}'),
  refused("null event", '{"type":"event","event":null,"data":1}'),
  refused("number as event", '{"type":"event","event":1,"data":1}'),
  refused("empty event", '{"type":"event","event":"","data":1}'),
  refused("digit in front", '{"type":"event","event":"1a","data":1}'),
  refused("space in an event", '{"type":"event","event":"a b","data":1}'),
  refused("slash in an event", '{"type":"event","event":"a/b","data":1}'),
  refused("foreign letter in an event", '{"type":"event","event":"é","data":1}'),
  refused("line feed behind an event", '{"type":"event","event":"a\\n","data":1}'),
  refused("129 characters of event", `{"type":"event","event":"${"e".repeat(129)}","data":1}`),
  {
    name: "128 characters of event",
    frame: `{"type":"event","event":"${"e".repeat(128)}","data":1,"ackId":4}`,
    expected: { ack: "4", error: "InternalServerError" },
  },
  ignored("event without handler and ackId", '{"type":"event","event":"e","data":1}'),
  refused("event without data", '{"type":"event","event":"e","ackId":1}'),
];

const IDS: readonly Row[] = [
  refused("string as ackId", '{"type":"joinGroup","group":"g","ackId":"1"}'),
  refused("negative ackId", '{"type":"joinGroup","group":"g","ackId":-1}'),
  refused("minus zero as ackId", '{"type":"joinGroup","group":"g","ackId":-0}'),
  refused("fraction as ackId", '{"type":"joinGroup","group":"g","ackId":1.5}'),
  refused("whole fraction as ackId", '{"type":"joinGroup","group":"g","ackId":1.0}'),
  refused("exponent as ackId", '{"type":"joinGroup","group":"g","ackId":1e2}'),
  refused("boolean as ackId", '{"type":"joinGroup","group":"g","ackId":true}'),
  refused("object as ackId", '{"type":"joinGroup","group":"g","ackId":{}}'),
  refused("list as ackId", '{"type":"joinGroup","group":"g","ackId":[1]}'),
  refused("2^64 as ackId", '{"type":"joinGroup","group":"g","ackId":18446744073709551616}'),
  refused("21 digits of ackId", '{"type":"joinGroup","group":"g","ackId":100000000000000000000}'),
  refused(
    "100,000 digits of ackId",
    repeated('{"type":"joinGroup","group":"g","ackId":', "9", 100_000, "}"),
  ),
  refused("wrong ackId on ping", '{"type":"ping","ackId":"1"}'),
  refused("wrong ackId on sequenceAck", '{"type":"sequenceAck","sequenceId":1,"ackId":-1}'),
  refused("wrong ackId behind a right one", '{"type":"ping","ackId":1,"ackId":"1"}'),
  pong("right ackId on ping", '{"type":"ping","ackId":1}'),
  acked("zero as ackId", "0", '{"type":"joinGroup","group":"g","ackId":0}'),
  acked("2^53+1 as ackId", "9007199254740993", publish('"data":1,"ackId":9007199254740993')),
  acked(
    "largest ackId",
    "18446744073709551615",
    '{"type":"joinGroup","group":"g","ackId":18446744073709551615}',
  ),
  acked("last ackId counts", "2", '{"type":"joinGroup","group":"g","ackId":1,"ackId":2}'),
  acked("escaped key of the ackId", "2", '{"type":"joinGroup","group":"g","\\u0061ckId":2}'),
  acked("white space around the ackId", "7", '{"type":"joinGroup","group":"g","ackId" : 7 }'),
  ignored("null ackId", '{"type":"joinGroup","group":"g","ackId":null}'),
  ignored("leave of a group never joined", '{"type":"leaveGroup","group":"g"}'),
  refused("no sequenceId", '{"type":"sequenceAck"}'),
  refused("null sequenceId", '{"type":"sequenceAck","sequenceId":null}'),
  refused("string as sequenceId", '{"type":"sequenceAck","sequenceId":"1"}'),
  refused("list as sequenceId", '{"type":"sequenceAck","sequenceId":[1]}'),
  refused("negative sequenceId", '{"type":"sequenceAck","sequenceId":-1}'),
  refused("fraction as sequenceId", '{"type":"sequenceAck","sequenceId":1.5}'),
  refused("2^64 as sequenceId", '{"type":"sequenceAck","sequenceId":18446744073709551616}'),
  ignored("sequenceId beyond the last", '{"type":"sequenceAck","sequenceId":18446744073709551615}'),
  ignored("zero as sequenceId", '{"type":"sequenceAck","sequenceId":0}'),
];

const OPTIONS: readonly Row[] = [
  refused("null noEcho", publish('"data":1,"noEcho":null')),
  refused("string as noEcho", publish('"data":1,"noEcho":"true"')),
  refused("number as noEcho", publish('"data":1,"noEcho":1')),
  acked("noEcho", "1", publish('"data":1,"noEcho":true')),
  refused("string as ttlSeconds", publish('"data":1,"ttlSeconds":"60"')),
  refused("negative ttlSeconds", publish('"data":1,"ttlSeconds":-1')),
  refused("301 as ttlSeconds", publish('"data":1,"ttlSeconds":301')),
  refused("fraction as ttlSeconds", publish('"data":1,"ttlSeconds":1.5')),
  refused("exponent as ttlSeconds", publish('"data":1,"ttlSeconds":1e2')),
  refused("boolean as ttlSeconds", publish('"data":1,"ttlSeconds":true')),
  refused("huge ttlSeconds", publish('"data":1,"ttlSeconds":4294967297')),
  acked("300 as ttlSeconds", "1", publish('"data":1,"ttlSeconds":300')),
  acked("null ttlSeconds", "1", publish('"data":1,"ttlSeconds":null')),
  refused("null dataType", publish('"data":1,"dataType":null')),
  refused("number as dataType", publish('"data":1,"dataType":1')),
  refused("unknown dataType", publish('"data":"x","dataType":"xml"')),
  refused("empty dataType", publish('"data":"x","dataType":""')),
  acked("dataType in upper case", "1", publish('"data":"x","dataType":"TEXT"')),
  acked("mixed case of dataType", "1", publish('"data":"AQID","dataType":"Binary"')),
];

const DATA: readonly Row[] = [
  refused("no data", publish('"dataType":"text"')),
  refused("no data, no dataType", '{"type":"sendToGroup","group":"g","ackId":1}'),
  refused("null data", publish('"data":null')),
  refused("null text", publish('"data":null,"dataType":"text"')),
  refused("number as text", publish('"data":1,"dataType":"text"')),
  refused("object as text", publish('"data":{},"dataType":"text"')),
  refused("null in front of the last data", publish('"data":1,"data":null')),
  acked("null inside of JSON", "1", publish('"data":[null]')),
  acked("false as JSON", "1", publish('"data":false')),
  acked("empty string as JSON", "1", publish('"data":""')),
  acked("number beyond a double as JSON", "1", publish('"data":1e999')),
  acked("empty text", "1", publish('"data":"","dataType":"text"')),
  acked("NUL and quotes in text", "1", publish('"data":"\\u0000\\"\\n","dataType":"text"')),
  acked("empty binary", "1", publish('"data":"","dataType":"binary"')),
  refused("number as binary", publish('"data":1,"dataType":"binary"')),
  refused("list of bytes as binary", publish('"data":[1,2],"dataType":"binary"')),
  refused("binary without padding", publish('"data":"AQI","dataType":"binary"')),
  refused("binary with too much padding", publish('"data":"A===","dataType":"binary"')),
  refused("padding only", publish('"data":"====","dataType":"binary"')),
  refused("padding in the middle", publish('"data":"AQ==AQID","dataType":"binary"')),
  refused("URL-safe base64", publish('"data":"-_-_","dataType":"binary"')),
  refused("white space in base64", publish('"data":"AQ ID","dataType":"binary"')),
  refused("four blanks as base64", publish('"data":"    ","dataType":"binary"')),
  refused("line feed behind base64", publish('"data":"AQID\\n","dataType":"binary"')),
  refused("no base64 at all", publish('"data":"%%%%","dataType":"binary"')),
  refused("foreign letters as base64", publish('"data":"ÄÖÜß","dataType":"binary"')),
  acked("protobuf Any", "1", publish('"data":"CgFhEgEB","dataType":"protobuf"')),
  acked("empty Any", "1", publish('"data":"","dataType":"protobuf"')),
  refused("object as protobuf", publish('"data":{},"dataType":"protobuf"')),
  refused("protobuf that is no base64", publish('"data":"CgFhEgE","dataType":"protobuf"')),
  refused("protobuf that is cut off", publish('"data":"CgVh","dataType":"protobuf"')),
  refused("protobuf with field number 0", publish('"data":"AAEB","dataType":"protobuf"')),
  refused("Any with invalid UTF-8 as type", publish('"data":"CgH/","dataType":"protobuf"')),
  acked(
    "a megabyte of text full of escapes",
    "1",
    repeated(
      '{"type":"sendToGroup","group":"g","ackId":1,"dataType":"text","data":"',
      '\\"',
      500_000,
      '"}',
    ),
  ),
];

const METADATA: readonly Row[] = [
  refused("list as metadata", withMetadata("[]")),
  refused("string as metadata", withMetadata('"a"')),
  refused("number as metadata", withMetadata("1")),
  refused("boolean as metadata", withMetadata("true")),
  acked("null metadata", "1", withMetadata("null")),
  acked("empty metadata", "1", withMetadata("{}")),
  refused("number as value", withMetadata('{"a":1}')),
  refused("null as value", withMetadata('{"a":null}')),
  refused("object as value", withMetadata('{"a":{}}')),
  refused("empty key", withMetadata('{"":"v"}')),
  refused("space in a key", withMetadata('{"a b":"v"}')),
  refused("colon in a key", withMetadata('{"a:b":"v"}')),
  refused("foreign letter in a key", withMetadata('{"é":"v"}')),
  refused("Kelvin sign in a key", withMetadata('{"\u212a":"v"}')),
  refused("line feed behind a key", withMetadata('{"a\\n":"v"}')),
  refused("foreign letter in a value", withMetadata('{"a":"é"}')),
  refused("emoji written with escapes in a value", withMetadata('{"a":"\\ud83d\\ude00"}')),
  refused("key given twice", withMetadata('{"a":"1","a":"2"}')),
  refused("key given twice, once with escapes", withMetadata('{"a":"1","\\u0061":"2"}')),
  refused("key given twice, first with a number", withMetadata('{"a":1,"a":"2"}')),
  acked("keys that differ in case", "1", withMetadata('{"a":"1","A":"2"}')),
  acked("every punctuation of a key", "1", withMetadata('{"!#$%&\'*+-.^_`|~":"v"}')),
  acked("prototype as key", "1", withMetadata('{"__proto__":"v","constructor":"w"}')),
  acked("empty value", "1", withMetadata('{"a":""}')),
  acked("control characters in a value", "1", withMetadata('{"a":"\\u0000\\n\\u007f"}')),
  acked("256 characters of key", "1", withMetadata(`{"${"k".repeat(256)}":"v"}`)),
  refused("257 characters of key", withMetadata(`{"${"k".repeat(257)}":"v"}`)),
  acked("1024 characters of value", "1", withMetadata(`{"k":"${"v".repeat(1024)}"}`)),
  refused("1025 characters of value", withMetadata(`{"k":"${"v".repeat(1025)}"}`)),
  acked("8192 characters of metadata", "1", metadataOfTotal(8192)),
  refused("8193 characters of metadata", metadataOfTotal(8193)),
  refused(
    "100,000 keys",
    repeated(
      '{"type":"sendToGroup","group":"g","data":1,"metadata":{',
      '"a":"",',
      100_000,
      '"b":""}}',
    ),
  ),
  acked("metadata without data", "1", publish('"metadata":{"a":"1"}')),
  acked("empty metadata without data", "1", publish('"metadata":{}')),
  acked(
    "metadata without data, dataType binary",
    "1",
    publish('"dataType":"binary","metadata":{}'),
  ),
  refused("metadata with null data", publish('"data":null,"metadata":{"a":"1"}')),
  refused("null metadata without data", publish('"metadata":null')),
  refused("wrong metadata without data", publish('"metadata":{"a":1}')),
  refused(
    "wrong metadata of an event",
    '{"type":"event","event":"e","data":1,"metadata":{"a b":"1"}}',
  ),
  ignored("wrong metadata of a join", '{"type":"joinGroup","group":"g","metadata":[1]}'),
];

/** All rows; their names are unique. */
export const MALFORMED_JSON: readonly Row[] = [
  ...SYNTAX,
  ...TYPES,
  ...NAMES,
  ...IDS,
  ...OPTIONS,
  ...DATA,
  ...METADATA,
];
