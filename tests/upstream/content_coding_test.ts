// A handler's answer in a content coding: undone where the coding is known, else unusable. Over real HTTP, since the
// runtime's fetch undoes some codings by itself.
import assert from "node:assert/strict";
import zlib from "node:zlib";
import { systemPlatform } from "../../src/platform.ts";
import { callHandler } from "../../src/upstream/call.ts";
import { Lane } from "../../src/upstream/lanes.ts";
import { Deadlines } from "../../src/deadlines.ts";
import { EgressGuard, systemResolveHost } from "../../src/upstream/egress_guard.ts";
import { HttpCarrier } from "../../src/upstream/http_carrier.ts";
import { CodedHandler } from "../support/coded_handler.ts";
import { IS_OLD_RUNTIME } from "../support/fixture.ts";
import { ANY_ADDRESS, Fixture, noAbort, raise, source, textEvent } from "./fixture.ts";

const TEXT = "hello ".repeat(1000);
const PLAIN = new TextEncoder().encode(TEXT);
const GZIP = zlib.gzipSync(PLAIN);
const ZLIB = zlib.deflateSync(PLAIN);
const RAW = zlib.deflateRawSync(PLAIN);
const BROTLI = zlib.brotliCompressSync(PLAIN);
/** The runtime of the standalone executable undoes a lone br, but has no decoder for a br in a list. */
const HAS_BROTLI = canMake("brotli");

function canMake(format: string): boolean {
  try {
    new DecompressionStream(format as CompressionFormat);
    return true;
  } catch {
    return false;
  }
}

/** The outcome of a call that the handler answers with these bytes under this header. */
async function call(coding: string | undefined, body: Uint8Array, max = 16_000_000) {
  await using handler = new CodedHandler(coding, body);
  const lane = new Lane({ running: 1, waiting: 0 }, () => {});
  lane.enter();
  const platform = systemPlatform;
  return await callHandler({
    method: "POST",
    url: handler.url,
    hostname: "127.0.0.1",
    headers: {},
    body: "x",
    maxBodyBytes: max,
    readsRefusals: false,
  }, {
    platform,
    carrier: new HttpCarrier(platform, new EgressGuard(platform, systemResolveHost, ANY_ADDRESS)),
    deadlines: new Deadlines<AbortController>(platform, 30_000),
    pausesMs: [],
    lane,
    signal: undefined,
  });
}

const KNOWN: readonly (readonly [coding: string | undefined, body: Uint8Array])[] = [
  [undefined, PLAIN],
  ["", PLAIN],
  ["identity", PLAIN],
  ["gzip", GZIP],
  ["x-gzip", GZIP],
  ["X-GZip", GZIP],
  ["br", BROTLI],
  // The oldest runtime knows the two in lower case only, and passes the others on as they are.
  ...(IS_OLD_RUNTIME ? [] : [["GZIP", GZIP], ["Br", BROTLI]] as const),
  ["deflate", ZLIB],
  ["deflate", RAW],
  ["Deflate", ZLIB],
  ["gzip, identity", GZIP],
  [", gzip ,", GZIP],
  ["deflate, gzip", zlib.gzipSync(ZLIB)],
  ["gzip,deflate", zlib.deflateSync(GZIP)],
  ["gzip, gzip", zlib.gzipSync(GZIP)],
  ["deflate, x-gzip, deflate", zlib.deflateSync(zlib.gzipSync(RAW))],
  ...(HAS_BROTLI
    ? [["br, gzip", zlib.gzipSync(BROTLI)], ["gzip, br", zlib.brotliCompressSync(GZIP)]] as const
    : []),
];

for (const [coding, body] of KNOWN) {
  Deno.test(`Content-Encoding ${JSON.stringify(coding)}, ${body.length} bytes: undone`, async () => {
    const result = await call(coding, body);
    assert.equal(result.kind, "answer", JSON.stringify(result));
    assert.equal(new TextDecoder().decode(result.kind === "answer" ? result.body : PLAIN), TEXT);
  });
}

const UNUSABLE: readonly (readonly [what: string, coding: string, body: Uint8Array])[] = [
  ["unknown coding", "compress", PLAIN],
  ["unknown coding", "zip", PLAIN],
  ["unknown coding in a list", "zip, gzip", GZIP],
  ["too many codings", "gzip, gzip, gzip, gzip, gzip", GZIP],
  ["no gzip", "gzip", PLAIN],
  ["no gzip", "x-gzip", PLAIN],
  ["no brotli", "br", PLAIN],
  ["no deflate", "deflate", new Uint8Array([7, 7, 7, 7])],
  ["gzip cut short", "x-gzip", GZIP.subarray(0, -9)],
  ["zlib cut short", "deflate", ZLIB.subarray(0, -1)],
  ["raw deflate cut short", "deflate", RAW.subarray(0, -1)],
  ["gzip with a wrong checksum", "x-gzip", changed(GZIP, -6)],
  ["a list of which one is missing", "deflate, gzip", GZIP],
  ["brotli cut short in a list", "br, gzip", zlib.gzipSync(BROTLI.subarray(0, -1))],
];

function changed(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.with(bytes.length + at, bytes.at(at) === 0 ? 1 : 0);
}

for (const [what, coding, body] of UNUSABLE) {
  Deno.test(`${what} under Content-Encoding ${coding}: an unusable answer`, async () => {
    const result = await call(coding, body);
    assert.equal(result.kind, "undecodable", JSON.stringify(result));
    assert.equal(result.attempts, 1);
  });
}

Deno.test("gzip cut short under Content-Encoding gzip: an unusable answer", async () => {
  assert.match((await call("gzip", GZIP.subarray(0, -9))).kind, /cutOff|undecodable/);
});

Deno.test("an answer without content may keep the header", async () => {
  const result = await call("deflate", new Uint8Array(0));
  assert.equal(result.kind === "answer" && result.body.length, 0);
});

Deno.test("the bound on answers counts decompressed bytes, at every step", async () => {
  const big = new Uint8Array(4_000_000);
  const bombs: readonly (readonly [string, Uint8Array])[] = [
    ["gzip", zlib.gzipSync(big)],
    ["x-gzip", zlib.gzipSync(big)],
    ["deflate", zlib.deflateSync(big)],
    ["br", zlib.brotliCompressSync(big)],
    ["deflate, gzip", zlib.gzipSync(zlib.deflateSync(big))],
    ...(HAS_BROTLI ? [["br, gzip", zlib.gzipSync(zlib.brotliCompressSync(big))]] as const : []),
  ];
  for (const [coding, body] of bombs) {
    assert.equal((await call(coding, body, big.length - 1)).kind, "tooLarge", coding);
    assert.equal((await call(coding, body, big.length)).kind, "answer", coding);
  }
});

Deno.test("an event whose answer cannot be decoded fails with one line in the log", async () => {
  const fixture = new Fixture();
  fixture.answer = () => new Response("hi", { headers: { "content-encoding": "zip" } });
  const outcome = await raise(fixture.dispatcher, source(), 1, textEvent(), noAbort());
  assert.deepEqual(outcome, { ok: false });
  assert.equal(fixture.posts.length, 1);
  assert.match(String(fixture.log.warnings[0]?.fields.problem), /Content-Encoding/);
  assert.match(String(fixture.log.warnings[0]?.fields.fix), /gzip, deflate or br/);
});
