// The table of HTTP cases over real TCP connections to a whole server, for both transports.
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { type HubbubServer, startServer } from "../../src/server.ts";
import { IS_OLD_RUNTIME } from "../support/fixture.ts";
import { CapturedLog } from "../support/captured_log.ts";
import { RawHttp, tokenFor } from "../rest/raw_http.ts";
import { HTTP_CASES, type HttpCase, type HttpOutcome } from "./http_cases.ts";
import { HTTP_NATIVE_DIFFERENCES, nativeHttpOutcome } from "./http_native_differences.ts";
import { type Transport, TRANSPORTS } from "./live_server.ts";

const HEALTH = "GET /api/health HTTP/1.1\r\nHost: a\r\n\r\n";
/** Deno 2.4 drops what comes to a client that has said that it sends no more. */
const CASES = HTTP_CASES.filter(({ leaves }) => !leaves || !IS_OLD_RUNTIME);
/** Cases at a time. */
const LANES = 8;

function expectedOf(one: HttpCase, transport: Transport): HttpOutcome {
  return (transport === "native" ? nativeHttpOutcome(one) : undefined) ?? one.outcome;
}

async function observe(
  server: HubbubServer,
  one: HttpCase,
  expected: HttpOutcome,
): Promise<HttpOutcome> {
  using http = await RawHttp.open(server);
  const { host } = new URL(server.endpoint);
  const token = tokenFor(server, "/api/hubs/chat/:send");
  http.write(
    Buffer.from(one.bytes.replaceAll("{host}", host).replaceAll("{token}", token), "latin1"),
  );
  if (one.leaves) http.leave();
  const answers: number[] = [];
  // One more than expected would be a request that was smuggled in.
  while (answers.length < expected.answers.length || expected.then === "ends") {
    const answer = await http.answer("GET").catch(() => undefined);
    if (answer === undefined) break;
    answers.push(answer.status);
  }
  if (http.ended) return { answers, then: "ends" };
  http.write(HEALTH);
  const next = await http.answer("GET").catch(() => undefined);
  return { answers, then: next?.status === 200 ? "stays" : "ends" };
}

for (const transport of TRANSPORTS) {
  Deno.test({
    name:
      `${transport}: each of ${CASES.length} cases of HTTP has its outcome, and none is a fault of the server`,
    // The list of differences is that of the current runtime.
    ignore: transport === "native" && IS_OLD_RUNTIME,
    fn: async (t) => {
      using log = new CapturedLog();
      const found = new Map<HttpCase, HttpOutcome>();
      {
        await using server = await startServer({
          port: 0,
          log: { level: "error", format: "json" },
          transport,
        });
        let next = 0;
        const lane = async () => {
          for (let one = CASES[next++]; one !== undefined; one = CASES[next++]) {
            found.set(one, await observe(server, one, expectedOf(one, transport)));
          }
        };
        await Promise.all(Array.from({ length: LANES }, lane));
      }
      for (const one of CASES) {
        await t.step(one.name, () => assert.deepEqual(found.get(one), expectedOf(one, transport)));
      }
      assert.deepEqual(log.lines, []);
    },
  });
}

Deno.test("each listed difference of the native transport in HTTP is one, and is shown by a case", () => {
  for (const { rule, cases } of HTTP_NATIVE_DIFFERENCES) {
    for (const [name, outcome] of Object.entries(cases)) {
      const one = HTTP_CASES.find((one) => one.name === name);
      assert(one !== undefined, `${rule}: no case ${name}`);
      assert.notDeepEqual(outcome, one.outcome, `${rule}: ${name}`);
    }
  }
});
