// Request heads with wrong bytes, over real TCP connections to the front of the batching transport: each is answered
// or its connection ends, and the next proper request is served.
import assert from "node:assert/strict";
import { RequestHeadReader } from "../../src/transport/http/request_head.ts";
import { below, changed, type Random, randomBytes } from "./byte_streams.ts";
import { bytesOf, frame } from "./client_frames.ts";
import { LiveClient } from "./live_client.ts";
import { LiveServer } from "./live_server.ts";
import { cut, seeded } from "./recorder.ts";

const SEED = 0x9112;
const HEADS = 200;
/** Connections at a time. */
const LANES = 8;
/** Heads between two proper requests of each kind. */
const BETWEEN_PROPER = 10;
/** Longest wait, in milliseconds; longer than the time that the front gives a head, 10 s. */
const DEADLINE_MS = 12_000;

/** Lines that a proper head could have, and some that it could not. */
const LINES = [
  "Content-Length: 5",
  "Transfer-Encoding: chunked",
  "Sec-WebSocket-Protocol: json.webpubsub.azure.v1",
  "Sec-WebSocket-Extensions: permessage-deflate",
  "Connection: close",
  "Host: another",
  "Expect: 100-continue",
  " folded",
  "no colon",
  `Long: ${"x".repeat(20_000)}`,
];

function requestHead(random: Random, url: URL): Uint8Array {
  if (random() < 0.2) return randomBytes(random, 600);
  const target = random() < 0.7 ? url.pathname + url.search : "/api/health";
  const lines = [
    `GET ${target} HTTP/1.1`,
    `Host: ${url.host}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  ];
  if (random() < 0.5) {
    lines.splice(below(random, 6) + 1, 1, LINES[below(random, LINES.length)] ?? "");
  }
  const bytes = bytesOf(lines.join("\r\n") + "\r\n\r\n");
  return random() < 0.8 ? changed(random, bytes) : bytes;
}

/**
 * Writes all pieces, and says then, or after the first bytes of an answer, that this is all; gives what the server sent
 * until it ended the connection.
 */
async function exchange(
  url: URL,
  pieces: Iterable<Uint8Array>,
  waitsForAnswer: boolean,
): Promise<string> {
  const conn = await Deno.connect({ hostname: url.hostname, port: Number(url.port) });
  const timer = setTimeout(() => conn.close(), DEADLINE_MS);
  const buffer = new Uint8Array(4096);
  let answer = "";
  try {
    for (const piece of pieces) await conn.write(piece);
    if (!waitsForAnswer) await conn.closeWrite();
    while (true) {
      const length = await conn.read(buffer);
      if (length === null) break;
      if (waitsForAnswer && answer === "") await conn.closeWrite();
      answer += new TextDecoder("latin1").decode(buffer.subarray(0, length));
    }
  } catch (error) {
    const isEnd = error instanceof Deno.errors.ConnectionReset ||
      error instanceof Deno.errors.BrokenPipe || error instanceof Deno.errors.NotConnected;
    if (!isEnd) throw error;
  }
  clearTimeout(timer);
  conn.close();
  return answer;
}

async function servesProperRequests(server: LiveServer, user: string): Promise<void> {
  const health = await fetch(server.server.healthUrl, { method: "HEAD" });
  assert.equal(health.status, 200);
  {
    using client = await LiveClient.open(server.echoUrl(user));
    await client.write(frame(1, "Hello"));
    assert.deepEqual(await client.next(), { type: "text", text: "Hello" });
  }
  await server.whyEnded(user);
}

Deno.test(`batching: ${HEADS} request heads with wrong bytes are answered or end, and proper requests are served`, async () => {
  await using server = await LiveServer.start("batching");
  const random = seeded(SEED);
  const statuses = new Map<string, number>();
  let started = 0;

  const lane = async () => {
    while (started < HEADS) {
      const number = started++;
      const url = new URL(server.echoUrl(`head-${number}`));
      const bytes = requestHead(random, url);
      const largest = 1 + below(random, 300);
      const pieces = [...cut(bytes, () => below(random, largest))];
      const isWhole = new RequestHeadReader().push(bytes) !== undefined;
      const answer = await exchange(url, pieces, isWhole);
      if (answer === "") assert(!isWhole, `head ${number} has no answer`);
      else assert.match(answer, /^HTTP\/1\.1 [1-5]\d\d /, `head ${number}`);
      const status = answer.slice(9, 12);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (number % BETWEEN_PROPER === 0) await servesProperRequests(server, `proper-${number}`);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));

  await servesProperRequests(server, "last");
  // Heads of every sort were among them.
  for (const status of ["101", "200", "400"]) {
    assert(statuses.has(status), `no answer ${status}: ${JSON.stringify([...statuses])}`);
  }
});
