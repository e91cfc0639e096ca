// The test suite that the field quotes: Autobahn's own case files, run by the Python package `kosoku` against a whole
// server. Its clients get back what they publish, so that the server is the echo that the cases ask for.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { MAX_CLIENT_MESSAGE_BYTES } from "../../src/limits.ts";
import { peerTest, run } from "../support/peer.ts";
import { LiveServer } from "./live_server.ts";

const SCRIPT = fileURLToPath(new URL("autobahn.py", import.meta.url));

/** All cases but those of compression, which the server never agrees to. */
const CASES = 301;

/**
 * Cases with messages of 4 to 16 MiB, whole, in fragments and in pieces. A client's message has at most 1 MiB, as with
 * the service: each of them must end with the code 1009, message too big (RFC 6455 section 7.4.1).
 */
const TOO_LONG: ReadonlySet<string> = new Set([
  ...ids("9.1", 4, 6),
  ...ids("9.2", 4, 6),
  ...ids("9.3", 1, 9),
  ...ids("9.4", 1, 9),
]);

interface Result {
  readonly id: string;
  readonly passed: boolean;
  readonly behavior: string;
  readonly closeCode: number | null;
  readonly why: string;
}

function ids(group: string, first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, n) => `${group}.${first + n}`);
}

peerTest("kosoku", "Autobahn: every case passes, but for messages that are too long", async () => {
  assert.equal(MAX_CLIENT_MESSAGE_BYTES, 2 ** 20);
  await using live = await LiveServer.start("batching");
  const lines = (await run("python3", [SCRIPT, live.echoUrl("autobahn")])).trim().split("\n");
  const results: Result[] = lines.map((line) => JSON.parse(line));
  assert.equal(results.length, CASES);

  const failed = results.filter(({ id, passed }) => !passed && !TOO_LONG.has(id));
  assert.deepEqual(failed, []);
  const refused = results.filter(({ id, passed }) => !passed && TOO_LONG.has(id));
  assert.deepEqual(refused.map(({ id }) => id), [...TOO_LONG]);
  for (const result of refused) assert.equal(result.closeCode, 1009, JSON.stringify(result));
});
