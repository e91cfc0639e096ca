/** Abuse protection: no event before the handler allowed our origin. */
import assert from "node:assert/strict";
import { allowsOrigin, type WebhookOrigin, webhookOrigin } from "../../src/upstream/origin.ts";
import { EgressGuard } from "../../src/upstream/egress_guard.ts";
import { HttpCarrier } from "../../src/upstream/http_carrier.ts";
import { UPSTREAM_LIMITS } from "../../src/upstream/limits.ts";
import type { ValidationTarget } from "../../src/upstream/permission.ts";
import { Validator } from "../../src/upstream/validation.ts";
import { FakePlatform } from "../support/fake_platform.ts";
import { allowed, ANY_ADDRESS, never, ORIGIN, RecordingLog } from "./fixture.ts";

const TARGET = {
  url: "http://app.example.test/hooks/chat/validate?code=s3cret",
  hostname: "app.example.test",
  template: "T",
  origin: originOf(ORIGIN),
} as const;

/** What is sent to a server under this host, which takes no other form. */
function originOf(host: string): WebhookOrigin {
  return { sent: host, accepted: [host] };
}

function setup(limits = UPSTREAM_LIMITS) {
  const platform = new FakePlatform();
  const log = new RecordingLog();
  const resolve = () => Promise.resolve(["203.0.113.7"]);
  const carrier = new HttpCarrier(platform, new EgressGuard(platform, resolve, ANY_ADDRESS));
  const target: ValidationTarget = { ...TARGET, carrier };
  const validator = new Validator({ platform, log, limits });
  const check = async (changes: Partial<ValidationTarget> = {}, signal?: AbortSignal) => {
    const passed = validator.check({ ...target, ...changes }, signal);
    await platform.settle();
    return passed;
  };
  const methods = () => platform.fetched.map(({ init }) => init.method).join(" ");
  return { platform, log, target, validator, check, methods };
}

Deno.test("the request is OPTIONS with the origin and the version, and nothing else", async () => {
  const { platform, check } = setup();
  platform.onFetch = () => allowed();
  assert.equal(await check(), true);
  const [request] = platform.fetched;
  assert.equal(request?.url, TARGET.url);
  assert.equal(request?.init.method, "OPTIONS");
  assert.equal(request?.init.body, undefined);
  assert.equal(request?.init.redirect, "manual");
  assert.deepEqual(request?.init.headers, {
    "WebHook-Request-Origin": ORIGIN,
    "ce-awpsversion": "1.0",
  });
});

Deno.test("404 to OPTIONS is followed by one GET with the same headers", async () => {
  const { platform, check, methods } = setup();
  platform.onFetch = (_, { method }) =>
    method === "GET" ? allowed() : new Response(null, { status: 404 });
  assert.equal(await check(), true);
  assert.equal(methods(), "OPTIONS GET");
  assert.deepEqual(platform.fetched[1]?.init.headers, platform.fetched[0]?.init.headers);
});

Deno.test("405 or anything else to OPTIONS is final", async () => {
  for (const status of [400, 401, 403, 405, 429, 302]) {
    const { platform, check, methods } = setup();
    platform.onFetch = () =>
      new Response(null, { status, headers: { "WebHook-Allowed-Origin": "*" } });
    assert.equal(await check(), false, `${status}`);
    assert.equal(methods(), "OPTIONS");
  }
});

Deno.test("404 to GET too is a failure", async () => {
  const { platform, check, methods } = setup();
  platform.onFetch = () => new Response(null, { status: 404 });
  assert.equal(await check(), false);
  assert.equal(methods(), "OPTIONS GET");
});

Deno.test("any 2xx passes with *, our host or our host and port, in any case, on any line or in any list", () => {
  const rows: readonly [string, boolean][] = [
    ["*", true],
    ["rt.example.test:8080", true],
    ["RT.Example.Test:8080", true],
    ["other.test, rt.example.test:8080", true],
    ["other.test,*", true],
    ["rt.example.test", true],
    ["other.test", false],
    ["", false],
    ["http://rt.example.test:8080", false],
    ["rt.example.test:8080/path", false],
    ["rt.example.test:8081", false],
    ["art.example.test:8080", false],
    ["*.example.test", false],
  ];
  const origin = webhookOrigin(
    { webhookOrigin: undefined, publicHost: "RT.example.test:8080" },
    "",
  );
  assert(origin !== undefined);
  for (const [header, expected] of rows) {
    assert.equal(allowsOrigin(header, origin), expected, header);
  }
});

Deno.test("several header lines: any may match", async () => {
  const { platform, check } = setup();
  platform.onFetch = () => {
    const headers = new Headers();
    headers.append("WebHook-Allowed-Origin", "first.test");
    headers.append("WebHook-Allowed-Origin", ORIGIN);
    return new Response(null, { status: 204, headers });
  };
  assert.equal(await check(), true);
});

Deno.test("a failure is one log line: URL without query, status, expected, found, what to do", async () => {
  const { platform, check, log } = setup();
  platform.onFetch = () => allowed("other.test");
  assert.equal(await check(), false);
  assert.equal(log.warnings.length, 1);
  const fields = log.warnings[0]?.fields ?? {};
  assert.equal(fields.url, "http://app.example.test/hooks/chat/validate");
  assert.equal(fields.status, 200);
  assert.equal(fields.expected, `WebHook-Allowed-Origin: * or ${ORIGIN}`);
  assert.equal(fields.found, "other.test");
  assert.match(String(fields.fix), /add "rt.example.test" to the allowed endpoints/);
  assert(!log.text.includes("s3cret"));
});

Deno.test("a missing header is told from a foreign one", async () => {
  const { platform, check, log } = setup();
  platform.onFetch = () => new Response(null, { status: 200 });
  await check();
  assert.equal(log.warnings[0]?.fields.found, "no WebHook-Allowed-Origin");
  assert.match(String(log.warnings[0]?.fields.problem), /has no WebHook-Allowed-Origin/);
});

Deno.test("408, 5xx and network errors are retried after 1, 3 and 5 seconds", async () => {
  const { platform, target, validator, methods } = setup();
  const answers = [
    () => new Response(null, { status: 503 }),
    () => new Response(null, { status: 408 }),
    () => Promise.reject(new TypeError("Connection reset")),
    () => allowed(),
  ];
  platform.onFetch = () => answers.shift()?.() ?? allowed();
  const passed = validator.check(target, undefined);
  await platform.advance(8999);
  assert.equal(methods(), "OPTIONS OPTIONS OPTIONS");
  await platform.advance(1);
  assert.equal(methods(), "OPTIONS OPTIONS OPTIONS OPTIONS");
  assert.equal(await passed, true);
});

Deno.test("OPTIONS and GET have ten seconds each, and running out of them is not retried", async () => {
  const { platform, target, validator, log, methods } = setup();
  platform.onFetch = async (_, init) => {
    if (init.method === "GET") return await never(init);
    // Answers 404 when nine seconds have gone.
    await new Promise<void>((resolve) => platform.after(9000, resolve));
    return new Response(null, { status: 404 });
  };
  const passed = validator.check(target, undefined);
  await platform.advance(18_999);
  assert.equal(log.warnings.length, 0);
  await platform.advance(1);
  assert.equal(await passed, false);
  assert.equal(methods(), "OPTIONS GET");
  assert.match(String(log.warnings[0]?.fields.problem), /no answer within 10000 ms/);
  assert.equal(platform.waitingTimers, 0);
});

Deno.test("concurrent first events share one request", async () => {
  const { platform, check, methods } = setup();
  platform.onFetch = () => allowed();
  assert.deepEqual(await Promise.all([check(), check(), check()]), [true, true, true]);
  assert.equal(methods(), "OPTIONS");
});

Deno.test("a pass is used for 60 seconds; then it is used once more while one request refreshes it", async () => {
  const { platform, target, validator, check, methods } = setup();
  platform.onFetch = () => allowed();
  await check();
  await platform.advance(59_999);
  assert.equal(validator.check(target, undefined), true);
  assert.equal(methods(), "OPTIONS");
  await platform.advance(1);
  assert.equal(validator.check(target, undefined), true);
  assert.equal(validator.check(target, undefined), true);
  await platform.settle();
  assert.equal(methods(), "OPTIONS OPTIONS");
});

Deno.test("a refresh that fails makes new events fail, and the pause starts at one second", async () => {
  const { platform, target, validator, check, log } = setup();
  platform.onFetch = () => allowed();
  await check();
  await platform.advance(60_000);
  platform.onFetch = () => new Response(null, { status: 403 });
  assert.equal(await check(), true);
  assert.equal(validator.check(target, undefined), false);
  assert.equal(log.warnings[0]?.fields.nextTryMs, 1000);
});

Deno.test("after failures the next try waits 1, 2, 4 ... at most 60 seconds; until then nothing is asked", async () => {
  const { platform, target, validator, check, log } = setup();
  platform.onFetch = () => new Response(null, { status: 403 });
  for (const pause of [1, 2, 4, 8, 16, 32, 60, 60]) {
    assert.equal(await check(), false);
    const asked = platform.fetched.length;
    assert.equal(log.warnings.at(-1)?.fields.nextTryMs, pause * 1000);
    await platform.advance(pause * 1000 - 1);
    assert.equal(validator.check(target, undefined), false);
    assert.equal(platform.fetched.length, asked);
    await platform.advance(1);
  }
});

Deno.test("when a retry is due, the event waits for it: a handler started late serves its first client", async () => {
  const { platform, check } = setup();
  platform.onFetch = () => new Response(null, { status: 404 });
  assert.equal(await check(), false);
  await platform.advance(1000);
  platform.onFetch = () => allowed();
  assert.equal(await check(), true);
});

Deno.test("a pass after failures forgets them", async () => {
  const { platform, check, log } = setup();
  for (const status of [403, 403, 200, 403]) {
    platform.onFetch = () => status === 200 ? allowed() : new Response(null, { status });
    await check();
    await platform.advance(60_000);
  }
  await check();
  assert.deepEqual(log.warnings.map(({ fields }) => fields.nextTryMs), [1000, 2000, 1000, 2000]);
});

Deno.test("results are kept by URL, query included, and by origin", async () => {
  const { platform, check } = setup();
  platform.onFetch = () => allowed();
  await check();
  await check({ url: `${TARGET.url}4` });
  await check({ origin: originOf("other.test") });
  await check();
  assert.equal(platform.fetched.length, 3);
});

Deno.test("who gives up does not take the request away from the others", async () => {
  const { platform, target, validator } = setup();
  let answer = (_: Response) => {};
  platform.onFetch = () => new Promise((resolve) => answer = resolve);
  const gone = new AbortController();
  const first = validator.check(target, gone.signal);
  const second = validator.check(target, new AbortController().signal);
  await platform.settle();
  gone.abort();
  assert.equal(await first, false);
  answer(allowed());
  assert.equal(await second, true);
});

Deno.test("a URL whose template is gone is forgotten", async () => {
  const { platform, validator, check } = setup();
  platform.onFetch = () => allowed();
  await check();
  validator.retain((template) => template === "T");
  assert.equal(validator.size, 1);
  validator.retain(() => false);
  assert.equal(validator.size, 0);
  await check();
  assert.equal(platform.fetched.length, 2);
});

Deno.test("the memory is bounded, the oldest out", async () => {
  const { platform, validator, check } = setup({ ...UPSTREAM_LIMITS, maxValidations: 2 });
  platform.onFetch = () => allowed();
  for (const host of ["a.test", "b.test", "c.test"]) await check({ origin: originOf(host) });
  assert.equal(validator.size, 2);
  await check({ origin: originOf("c.test") });
  assert.equal(platform.fetched.length, 3);
  await check({ origin: originOf("a.test") });
  assert.equal(platform.fetched.length, 4);
});

Deno.test("clients that invent long hosts do not fill the memory: its texts are bounded, not only their number", async () => {
  const { platform, validator, check } = setup({ ...UPSTREAM_LIMITS, maxValidationLength: 50_000 });
  platform.onFetch = () => allowed();
  for (let i = 0; i < 20; i++) await check({ origin: originOf(`${i}.${"h".repeat(10_000)}`) });
  assert.equal(validator.size, 4);
  await check({ origin: originOf(`x.${"h".repeat(60_000)}`) });
  assert.equal(validator.size, 1);
});

Deno.test("clients that invent hosts cannot multiply requests beyond the lane of the handler", async () => {
  const limits = { ...UPSTREAM_LIMITS, lane: { running: 2, waiting: 3 } };
  const { platform, target, validator } = setup(limits);
  platform.onFetch = (_, init) => never(init);
  const checks = Array.from(
    { length: 20 },
    (_, i) => validator.check({ ...target, origin: originOf(`h${i}.test`) }, undefined),
  );
  await platform.settle();
  assert.equal(platform.fetched.length, 2);
  await platform.advance(10_000);
  assert((await Promise.all(checks)).every((passed) => !passed));
});

Deno.test("an abort ends requests under way without counting them as failures", async () => {
  const { platform, target, validator, log } = setup();
  platform.onFetch = (_, init) => never(init);
  const passed = validator.check(target, undefined);
  await platform.settle();
  validator.abort();
  assert.equal(await passed, false);
  assert.equal(log.warnings.length, 0);
  platform.onFetch = () => allowed();
  assert.equal(await validator.check(target, undefined), true);
});

Deno.test("what is sent is the override as it is, else the bare host of public endpoint or client's Host", () => {
  const sent = (override: string | undefined, publicHost: string | undefined, host: string) =>
    webhookOrigin({ webhookOrigin: override, publicHost }, host)?.sent;
  assert.equal(sent("Bare.Test", "pub.test:1", "host.test"), "bare.test");
  assert.equal(sent("Bare.Test:8", "pub.test:1", "host.test"), "bare.test:8");
  assert.equal(sent(undefined, "Pub.test:1", "host.test"), "pub.test");
  assert.equal(sent(undefined, undefined, "LOCALHOST:8080"), "localhost");
  assert.equal(sent(undefined, undefined, "[::1]:8080"), "[::1]");
  assert.equal(sent("bare.test", undefined, "a b"), "bare.test");
  for (const bad of ["", "a b", "a\r\nx: y", "a/b", "a@b", "a:b", "http://a", "a:123456"]) {
    assert.equal(sent(undefined, undefined, bad), undefined, bad);
  }
});

Deno.test("with an override an answer passes with it, with its host, and with the forms of the endpoint", () => {
  const settings = { webhookOrigin: "push.test:9", publicHost: "rt.test:8080" };
  const origin = webhookOrigin(settings, "host.test");
  assert(origin !== undefined);
  for (const answer of ["push.test:9", "push.test", "rt.test", "rt.test:8080"]) {
    assert(allowsOrigin(answer, origin), answer);
  }
  for (const answer of ["host.test", "push.test:8080", "rt.test:9"]) {
    assert(!allowsOrigin(answer, origin), answer);
  }
});
