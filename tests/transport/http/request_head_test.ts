import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { MAX_HEADER_BYTES, MAX_HEADER_LINES, MAX_REQUEST_LINE_BYTES } from "../../../src/limits.ts";
import type { Flaw } from "../../../src/transport/http/flaws.ts";
import { HeadFields } from "../../../src/transport/http/header_fields.ts";
import {
  type RequestHead,
  RequestHeadReader,
  singleHeader,
} from "../../../src/transport/http/request_head.ts";
import { cut } from "../../conformance/recorder.ts";

/** One char a byte. */
function bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "latin1"));
}

function read(text: string, size = Infinity) {
  const reader = new RequestHeadReader();
  for (const piece of cut(bytes(text), () => size)) {
    const result = reader.push(piece);
    if (result !== undefined) return result;
  }
  return undefined;
}

function headOf(text: string, size?: number): RequestHead {
  const result = read(text, size);
  assert(result?.kind === "head", JSON.stringify(result));
  return result;
}

const PLAIN = "GET /client/hubs/chat?x=1 HTTP/1.1\r\nHost: localhost:8080\r\n" +
  "X-Empty:\r\nAccept: a\r\naccept:\t b \t\r\n\r\n";

Deno.test("a head gives method, target, version and headers, however it is cut", () => {
  for (const size of [1, 2, 3, 7, 64, Infinity]) {
    const head = headOf(PLAIN, size);
    assert.equal(head.method, "GET");
    assert.equal(head.target, "/client/hubs/chat?x=1");
    assert.equal(head.version, "HTTP/1.1");
    assert.deepEqual([...head.headers], [
      ["host", ["localhost:8080"]],
      ["x-empty", [""]],
      ["accept", ["a", "b"]],
    ]);
    assert.equal(head.length, PLAIN.length);
    assert.deepEqual(head.bytes, bytes(PLAIN));
  }
});

Deno.test("what follows the head is kept beside it, for the body, the next request or the frames", () => {
  const whole = headOf(`${PLAIN}rest`);
  assert.deepEqual(whole.bytes.subarray(whole.length), bytes("rest"));
  const reader = new RequestHeadReader();
  assert.equal(reader.push(bytes(PLAIN.slice(0, 30))), undefined);
  const late = reader.push(bytes(`${PLAIN.slice(30)}rest`));
  assert(late?.kind === "head");
  assert.deepEqual(late.bytes, bytes(`${PLAIN}rest`));
  assert.equal(late.length, PLAIN.length);
});

Deno.test("one empty line before the request is skipped and passed on", () => {
  for (const size of [1, Infinity]) {
    const head = headOf(`\r\n${PLAIN}`, size);
    assert.equal(head.method, "GET");
    assert.equal(head.length, PLAIN.length + 2);
    assert.deepEqual(head.bytes, bytes(`\r\n${PLAIN}`));
  }
  assert.equal(flawOf(`\r\n\r\n${PLAIN}`), "requestLine");
});

Deno.test("heads of other versions are heads: they are passed on", () => {
  assert.equal(headOf("GET / HTTP/1.0\r\n\r\n").version, "HTTP/1.0");
  assert.equal(headOf("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").version, "HTTP/2.0");
});

Deno.test("header values keep bytes above ASCII, and no-break spaces", () => {
  const head = headOf("GET / HTTP/1.1\r\nX: \xa0\xc3\xa0\r\n\r\n");
  assert.equal(singleHeader(head, "x"), "\xa0\xc3\xa0");
  assert.equal(new HeadFields(head.headers).get("x"), "\xa0\xc3\xa0");
});

Deno.test("repeated headers are one value for readers, and single for nobody", () => {
  const head = headOf(PLAIN);
  assert.equal(new HeadFields(head.headers).get("accept"), "a, b");
  assert.equal(singleHeader(head, "accept"), undefined);
  assert.equal(singleHeader(head, "host"), "localhost:8080");
  assert.equal(singleHeader(head, "nothing"), undefined);
});

function flawOf(text: string, size?: number): Flaw | undefined {
  const result = read(text, size);
  assert(result?.kind === "refused", JSON.stringify(result?.kind));
  return result.flaw;
}

const FLAWED: readonly (readonly [string, Flaw])[] = [
  ["GET / HTTP/1.1\nHost: a\n\n", "lineEnd"],
  ["GET / HTTP/1.1\r\nHost: a\n\r\n", "lineEnd"],
  ["GET / HTTP/1.1\r\nHost: a\r\rX: b\r\n\r\n", "lineEnd"],
  ["GET / HTTP/1.1\rHost: a\r\n\r\n", "lineEnd"],
  ["GET / HTTP/1.1\r\nHost: a\r\n\n", "lineEnd"],
  ["GET / HTTP/1.1\r\nX: a\r\n b\r\n\r\n", "foldedLine"],
  ["GET / HTTP/1.1\r\nX: a\r\n\tb\r\n\r\n", "foldedLine"],
  ["GET / HTTP/1.1\r\n Host: a\r\n\r\n", "foldedLine"],
  ["GET / HTTP/1.1\r\nX: a\0b\r\n\r\n", "controlByte"],
  ["GET /\0 HTTP/1.1\r\n\r\n", "controlByte"],
  ["GET / HTTP/1.1\r\nX: a\x1bb\r\n\r\n", "controlByte"],
  ["GET / HTTP/1.1\r\nX: a\x7fb\r\n\r\n", "controlByte"],
  // The first bytes of a TLS client.
  ["\x16\x03\x01\x02\x00", "controlByte"],
  [" GET / HTTP/1.1\r\n\r\n", "requestLine"],
  ["GET /\r\n\r\n", "requestLine"],
  ["GET / HTTP/1.1 \r\n\r\n", "requestLine"],
  ["GET  / HTTP/1.1\r\n\r\n", "requestLine"],
  ["GET / a HTTP/1.1\r\n\r\n", "requestLine"],
  ["GET /\xe9 HTTP/1.1\r\n\r\n", "requestLine"],
  ["GET\t/\tHTTP/1.1\r\n\r\n", "requestLine"],
  ["GET / http/1.1\r\n\r\n", "requestLine"],
  ["GET / HTTP/1.10\r\n\r\n", "requestLine"],
  ["G(T / HTTP/1.1\r\n\r\n", "requestLine"],
  ["GET / HTTP/1.1\r\nHost\r\n\r\n", "headerLine"],
  ["GET / HTTP/1.1\r\nHost : a\r\n\r\n", "headerLine"],
  ["GET / HTTP/1.1\r\n: a\r\n\r\n", "headerLine"],
  ["GET / HTTP/1.1\r\nX(: a\r\n\r\n", "headerLine"],
  ["GET / HTTP/1.1\r\nH\xe9: a\r\n\r\n", "headerLine"],
  ...[
    "Host",
    "Sec-WebSocket-Key",
    "Sec-WebSocket-Version",
    "Authorization",
    "Content-Length",
    "Transfer-Encoding",
  ].map((name): [string, Flaw] => [
    `GET / HTTP/1.1\r\n${name}: 1\r\n${name.toUpperCase()}: 1\r\n\r\n`,
    "repeatedHeader",
  ]),
];

Deno.test("a head that could be read in two ways is refused, however it is cut", () => {
  for (const [text, flaw] of FLAWED) {
    for (const size of [1, 5, Infinity]) {
      assert.equal(flawOf(text, size), flaw, JSON.stringify(text));
      const result = read(text, size);
      assert(result?.kind === "refused");
      assert.equal(result.status, 400);
    }
  }
});

Deno.test("the request line may have 48 KiB and its method and version", () => {
  const rest = "GET / HTTP/1.1".length;
  const target = `/${"a".repeat(MAX_REQUEST_LINE_BYTES - rest)}`;
  assert.equal(headOf(`GET ${target} HTTP/1.1\r\n\r\n`).target, target);
  const result = read(`GET ${target}a HTTP/1.1\r\n\r\n`);
  assert(result?.kind === "refused");
  assert.deepEqual([result.flaw, result.status], ["requestLineTooLong", 414]);
  assert.equal(flawOf("G".repeat(MAX_REQUEST_LINE_BYTES + 1), 1000), "requestLineTooLong");
});

Deno.test("the headers may have 128 KiB in 4096 lines", () => {
  const head = (headers: string) => `GET / HTTP/1.1\r\n${headers}\r\n`;
  const longest = `X: ${"a".repeat(MAX_HEADER_BYTES - 3)}`;
  assert.equal(headOf(head(`${longest}\r\n`), 997).headers.size, 1);
  const tooLong = read(head(`${longest}a\r\n`), 997);
  assert(tooLong?.kind === "refused");
  assert.deepEqual([tooLong.flaw, tooLong.status], ["headersTooLong", 431]);
  const lines = (count: number) => Array.from({ length: count }, (_, i) => `X${i}: 1\r\n`).join("");
  assert.equal(headOf(head(lines(MAX_HEADER_LINES))).headers.size, MAX_HEADER_LINES);
  const tooMany = read(head(lines(MAX_HEADER_LINES + 1)));
  assert(tooMany?.kind === "refused");
  assert.deepEqual([tooMany.flaw, tooMany.status], ["tooManyHeaders", 431]);
});

Deno.test("long runs of blanks in and around a value take no time to speak of", () => {
  const blanks = " \t".repeat(8_000);
  const head = headOf(`GET / HTTP/1.1\r\nX:${blanks}a${blanks}b${blanks}\r\n\r\n`);
  assert.equal(singleHeader(head, "x"), `a${blanks}b`);
});

Deno.test("a reader reads one head only", () => {
  const reader = new RequestHeadReader();
  reader.push(bytes(PLAIN));
  assert.throws(() => reader.push(bytes(PLAIN)), /has ended/);
});

Deno.test("random bytes and changed heads never throw, and all cuts give the same", () => {
  const edit = fc.tuple(
    fc.nat(PLAIN.length - 1),
    fc.oneof(fc.nat(255), fc.constantFrom(10, 13, 32, 58)),
  );
  const changed = fc.array(edit, { maxLength: 3 }).map((edits) => {
    const copy = bytes(PLAIN);
    for (const [at, value] of edits) copy[at] = value;
    return copy;
  });
  const input = fc.oneof(fc.uint8Array({ maxLength: 200 }), changed);
  fc.assert(
    fc.property(input, fc.integer({ min: 1, max: 20 }), (bytes, size) => {
      const text = Buffer.from(bytes).toString("latin1");
      const whole = read(text);
      const pieces = read(text, size);
      if (whole?.kind === "head" && pieces?.kind === "head") {
        // The pieces after the head were never pushed.
        assert.deepEqual({ ...pieces, bytes: 0 }, { ...whole, bytes: 0 });
      } else assert.deepEqual(pieces, whole);
    }),
    { seed: 9112, numRuns: 3000 },
  );
});
