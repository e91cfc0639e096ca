// Bodies of REST calls that come slowly, or are too many at once, over live sockets.
import assert from "node:assert/strict";
import { BODY_GRACE_MS } from "../../src/limits.ts";
import { startServer } from "../../src/server.ts";
import { QUIET, until } from "../support/fixture.ts";
import { SkippingPlatform } from "../support/skipping_platform.ts";
import { raw, RawHttp, requestBytes } from "../rest/raw_http.ts";

const SEND = "/api/hubs/chat/:send";
const TEXT = { "content-type": "text/plain" };
const MIB = 1_048_576;

/** The error of an answer in the service's shape. */
function errorIn(answer: { readonly body: string; readonly headers: ReadonlyMap<string, string> }) {
  const { code, target, details, inner } = JSON.parse(answer.body);
  assert.equal(answer.headers.get("x-ms-error-code"), code);
  assert.deepEqual([target, details, inner], ["Request", null, null]);
  return code;
}

Deno.test("a body that stalls is answered with 408, small or large", async () => {
  for (const length of ["100", String(MIB)]) {
    const platform = new SkippingPlatform();
    await using server = await startServer({ ...QUIET, platform });
    using http = await RawHttp.open(server);
    const headers = { ...TEXT, "content-length": length };
    http.write(requestBytes(server, "POST", SEND, { headers, body: "abc" }));
    let answered = false;
    const answer = http.answer("POST").finally(() => answered = true);
    await until(async () => {
      await raw(server, "GET", "/api/health");
      platform.skip(BODY_GRACE_MS);
      return answered;
    });
    assert.equal((await answer).status, 408);
    assert.equal(errorIn(await answer), "Error.RequestTimeout");
  }
});

Deno.test("many large bodies that have no room together wait for each other, and all are carried out", async () => {
  await using server = await startServer({ ...QUIET, limits: { restBytesInWork: MIB } });
  const body = "x".repeat(700_000);
  const sends = Array.from(
    { length: 20 },
    () => raw(server, "POST", SEND, { headers: TEXT, body }),
  );
  assert.deepEqual(new Set((await Promise.all(sends)).map(({ status }) => status)), new Set([202]));
});

Deno.test("of two bodies for which there is no room for long one gets 503 with Retry-After, and both connections go on", async () => {
  const platform = new SkippingPlatform();
  await using server = await startServer({ ...QUIET, platform, limits: { restBytesInWork: MIB } });
  const whole = requestBytes(server, "POST", SEND, { headers: TEXT, body: "x".repeat(700_000) });
  const open = async () => {
    const http = await RawHttp.open(server);
    http.write(whole.subarray(0, -1));
    return { http, answer: http.answer("POST") };
  };
  const first = await open();
  using _first = first.http;
  const second = await open();
  using _second = second.http;
  const race = Promise.race([first.answer, second.answer]);
  let isRefused = false;
  void race.then(() => isRefused = true);
  // The one that is read has its time too: it is over after the other's.
  await until(async () => {
    await raw(server, "GET", "/api/health");
    platform.skip(100);
    return isRefused;
  });
  const refused = await race;
  assert.equal(refused.status, 503);
  assert.equal(refused.headers.get("retry-after"), "1");
  assert.equal(errorIn(refused), "Error.ServiceUnavailable");
  assert.equal((await raw(server, "GET", "/api/health")).status, 200);
  for (const { http } of [first, second]) http.write(whole.subarray(-1));
  const statuses = (await Promise.all([first.answer, second.answer])).map(({ status }) => status);
  assert.deepEqual(statuses.sort(), [202, 503]);
  // The runtime ends a connection whose body was not read.
  if (QUIET.transport === "native") return;
  for (const { http } of [first, second]) {
    assert.equal((await http.call("POST", SEND, { headers: TEXT, body: "y" })).status, 202);
  }
});

Deno.test("calls beyond an operator's bound get 429 with Retry-After; those without a good token do not count", async () => {
  await using server = await startServer({ ...QUIET, limits: { restCallsPerSecond: 1 } });
  for (let i = 0; i < 5; i++) {
    assert.equal((await raw(server, "POST", SEND, { headers: TEXT, token: "bad" })).status, 401);
  }
  const send = () => raw(server, "POST", SEND, { headers: TEXT, body: "a" });
  assert.equal((await send()).status, 202);
  let refused = await send();
  await until(async () => {
    if (refused.status !== 429) refused = await send();
    return refused.status === 429;
  });
  assert.equal(refused.headers.get("retry-after"), "1");
  assert.equal(errorIn(refused), "Error.TooManyRequests");
  assert.equal((await raw(server, "GET", "/api/health")).status, 200);
});
