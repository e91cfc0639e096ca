/** User events: replies, failures, state, cookies, auth. */
import assert from "node:assert/strict";
import type { UserEventOutcome } from "../../src/webpubsub/answer.ts";
import { UPSTREAM_LIMITS } from "../../src/upstream/limits.ts";
import {
  Fixture,
  handler,
  never,
  noAbort,
  raise,
  settings,
  SIGNATURE,
  source,
  textEvent,
} from "./fixture.ts";

/** The outcome of one event after `ms` milliseconds. */
async function send(
  fixture: Fixture,
  { event = textEvent(), client = source(), id = 1, ms = 0 } = {},
): Promise<UserEventOutcome> {
  return await fixture.after(ms, raise(fixture.dispatcher, client, id, event, noAbort()));
}

Deno.test("an event that no handler takes fails at once", () => {
  const fixture = new Fixture(settings([handler({ userEventPattern: "calc" })]));
  const outcome = raise(fixture.dispatcher, source(), 1, textEvent("other"), noAbort());
  assert.deepEqual(outcome, { ok: false });
  assert.equal(fixture.platform.fetched.length, 0);
});

Deno.test("an event goes to the first handler that takes it, and to no other", async () => {
  const fixture = new Fixture(settings([
    handler({ urlTemplate: "http://one.test/{event}", userEventPattern: "calc" }),
    handler({ urlTemplate: "http://two.test/{event}" }),
  ]));
  await send(fixture, { event: textEvent("CALC") });
  await send(fixture, { event: textEvent("message") });
  assert.deepEqual(fixture.posts.map(({ url }) => url), [
    "http://one.test/CALC",
    "http://two.test/message",
  ]);
});

Deno.test("a user event called connected goes to the URL of the system event, told apart by ce-type", async () => {
  const fixture = new Fixture();
  await send(fixture, { event: textEvent("connected") });
  assert.equal(fixture.posts[0]?.url, "http://app.example.test/hooks/chat/connected?code=s3cret");
  assert.equal(fixture.posts[0]?.headers.get("ce-type"), "azure.webpubsub.user.connected");
});

Deno.test("the reply of a 2xx answer comes back with its metadata and state", async () => {
  const fixture = new Fixture();
  fixture.answer = () =>
    new Response("two", {
      headers: {
        "Content-Type": "text/plain; charset=utf-8",
        "X-WebPubSub-Metadata-Trace": "a1",
        "ce-connectionState": "s2",
      },
    });
  assert.deepEqual(await send(fixture), {
    ok: true,
    reply: { payload: { kind: "text", text: "two" }, metadata: new Map([["trace", "a1"]]) },
    state: "s2",
  });
});

Deno.test("204 is success without a reply", async () => {
  assert.deepEqual(await send(new Fixture()), { ok: true, reply: undefined, state: undefined });
});

Deno.test("a non-2xx, a network failure, a timeout, a failed validation and an unusable answer fail the event", async () => {
  const failures: ((fixture: Fixture) => void)[] = [
    (f) =>
      f.answer = () =>
        new Response("private", { status: 400, headers: { "ce-connectionState": "x" } }),
    (f) => f.answer = () => new Response("private", { status: 500 }),
    (f) =>
      f.answer = () => new Response(null, { status: 302, headers: { location: "http://x.test/" } }),
    (f) => f.answer = () => Promise.reject(new TypeError("connection reset")),
    (f) => f.answer = (_url, _headers, init) => never(init),
    (f) => f.validate = () => new Response(null, { status: 200 }),
    (f) => f.answer = () => new Response("private", { headers: { "Content-Type": "text/html" } }),
    (f) =>
      f.answer = () =>
        new Response("{private", { headers: { "Content-Type": "application/json" } }),
    (f) =>
      f.answer = () =>
        new Response(null, { headers: { "ce-connectionState": "x".repeat(32 * 1024 + 1) } }),
    (f) =>
      f.answer = () =>
        new Response(null, { headers: { "x-webpubsub-metadata-k": "v".repeat(2000) } }),
  ];
  for (const fail of failures) {
    const fixture = new Fixture();
    fail(fixture);
    assert.deepEqual(await send(fixture, { ms: 100_000 }), { ok: false });
    assert.equal(fixture.log.warnings.length, 1, fixture.log.text);
    assert.notEqual(fixture.log.warnings[0]?.fields.fix, undefined);
    assert(!/private|s3cret|sha256/.test(fixture.log.text), fixture.log.text);
  }
});

Deno.test("a failure names hub, event, connection, number, URL, status, attempts and duration", async () => {
  const fixture = new Fixture();
  fixture.answer = () => new Response(null, { status: 503 });
  await send(fixture, { id: 4, ms: 9000 });
  const { problem: _problem, fix: _fix, ...fields } = fixture.log.warnings[0]?.fields ?? {};
  assert.deepEqual(fields, {
    hub: "chat",
    event: "message",
    connection: "4f1c0b6e2d9a4c35",
    id: 4,
    url: "http://app.example.test/hooks/chat/message",
    status: 503,
    attempts: 4,
    durationMs: 9000,
  });
});

Deno.test("retries repeat number, time, request id, cookies and state; the next event has a new request id", async () => {
  const fixture = new Fixture();
  fixture.answer = () => new Response(null, { status: fixture.posts.length < 4 ? 500 : 204 });
  const client = source({ state: "s" });
  const sending = raise(fixture.dispatcher, client, 3, textEvent(), noAbort());
  await fixture.platform.settle();
  client.state = "changed meanwhile";
  assert.equal((await fixture.after(9000, sending)).ok, true);
  const [first, ...others] = fixture.posts.map(({ headers }) => Object.fromEntries(headers));
  assert.equal(others.length, 3);
  for (const other of others) assert.deepEqual(other, first);
  assert.equal(first?.["ce-time"], "2026-11-24T09:30:00Z");
  assert.equal(first?.["ce-connectionstate"], "s");
  await send(fixture, { id: 4 });
  const ids = fixture.posts.map(({ headers }) => headers.get("x-ms-client-request-id"));
  assert.equal(new Set(ids).size, 2);
  assert.deepEqual(fixture.validations, ["OPTIONS"]);
});

Deno.test("an aborted event ends its call without a warning", async () => {
  const fixture = new Fixture();
  fixture.answer = (_url, _headers, init) => never(init);
  const gone = new AbortController();
  const outcome = raise(fixture.dispatcher, source(), 1, textEvent(), gone.signal);
  await fixture.platform.settle();
  gone.abort();
  assert.deepEqual(await outcome, { ok: false });
  assert.deepEqual(fixture.log.warnings, []);
});

Deno.test("cookies of any 2xx answer go back with later events of that connection; others are dropped", async () => {
  const fixture = new Fixture();
  const cookie = (value: string, status: number) => () =>
    new Response(null, { status, headers: { "Set-Cookie": `affinity=${value}; Path=/` } });
  const client = source();
  fixture.validate = () =>
    new Response(null, { headers: { "WebHook-Allowed-Origin": "*", "Set-Cookie": "v=1; Path=/" } });
  fixture.answer = cookie("bad", 400);
  await send(fixture, { client });
  fixture.answer = cookie("abc", 200);
  await send(fixture, { client });
  await send(fixture, { client });
  await send(fixture);
  const sent = fixture.posts.map(({ headers }) => headers.get("cookie"));
  assert.deepEqual(sent, [null, null, "affinity=abc", null]);
  assert(!fixture.log.text.includes("abc"));
});

Deno.test("a header that the settings name knows the caller to the handler, not to the validation", async () => {
  const auth = { kind: "header", name: "X-Api-Key", value: "k3y" } as const;
  const fixture = new Fixture(settings([handler({ auth })]));
  await send(fixture);
  assert.equal(fixture.posts[0]?.headers.get("x-api-key"), "k3y");
  const validation = fixture.platform.fetched[0]?.init.headers;
  assert.equal(new Headers(validation).get("x-api-key"), null);
  assert(!fixture.log.text.includes("k3y"));
});

Deno.test("a call under way keeps its URL, handlers change with the next event", async () => {
  const fixture = new Fixture(settings([handler({ urlTemplate: "http://old.test/{event}" })]));
  fixture.answer = (url) => new Response(null, { status: url.includes("old") ? 500 : 204 });
  const sending = raise(fixture.dispatcher, source(), 1, textEvent(), noAbort());
  await fixture.platform.settle();
  fixture.dispatcher.replace(settings([handler({ urlTemplate: "http://new.test/{event}" })]));
  assert.equal((await send(fixture, { id: 2 })).ok, true);
  assert.equal((await fixture.after(9000, sending)).ok, false);
  const urls = fixture.posts.map(({ url }) => url);
  assert.equal(urls.filter((url) => url === "http://old.test/message").length, 4);
  assert.equal(urls.filter((url) => url === "http://new.test/message").length, 1);
});

Deno.test("invalid settings are refused whole: the last good ones stay", async () => {
  const fixture = new Fixture();
  const bad = settings([
    handler({ urlTemplate: "http://new.test/" }),
    handler({ urlTemplate: "x" }),
  ]);
  assert.throws(() => fixture.dispatcher.replace(bad), /event handler 2 of hub "chat"/);
  await send(fixture);
  assert.match(fixture.posts[0]?.url ?? "", /app\.example\.test/);
});

Deno.test("a webhook origin that no header can hold is refused", () => {
  const badOrigin = settings([handler()], { webhookOrigin: "http://x/" });
  assert.throws(() => new Fixture(badOrigin), /webhookOrigin "http:\/\/x\/"/);
});

Deno.test("a reload takes over handlers only: a connection keeps its webhook origin for life", async () => {
  const fixture = new Fixture();
  await send(fixture);
  fixture.dispatcher.replace(settings([handler()], { publicHost: "moved.test" }));
  await send(fixture, { id: 2 });
  const origins = fixture.posts.map(({ headers }) => headers.get("webhook-request-origin"));
  assert.deepEqual(origins, ["rt.example.test", "rt.example.test"]);
  assert.equal(fixture.validations.length, 1);
});

Deno.test("a hub without handlers from now on fails its events; a validation of an unused URL is forgotten", async () => {
  const fixture = new Fixture();
  await send(fixture);
  fixture.dispatcher.replace(settings([]));
  assert.deepEqual(await send(fixture), { ok: false });
  fixture.dispatcher.replace(settings());
  await send(fixture);
  assert.deepEqual(fixture.validations, ["OPTIONS", "OPTIONS"]);
  fixture.dispatcher.replace(settings());
  await send(fixture);
  assert.equal(fixture.validations.length, 2);
});

Deno.test("the signature is asked for at each event, so that rotated keys sign the next one", async () => {
  let key = SIGNATURE;
  const fixture = new Fixture(settings(), { signature: (id) => `${key}:${id}` });
  await send(fixture);
  key = "sha256=cc";
  await send(fixture);
  const signatures = fixture.posts.map(({ headers }) => headers.get("ce-signature"));
  assert.deepEqual(signatures, [
    "sha256=aa,sha256=bb:4f1c0b6e2d9a4c35",
    "sha256=cc:4f1c0b6e2d9a4c35",
  ]);
});

Deno.test("metadata addresses are never called, private ones only where that is allowed", async () => {
  const fixture = new Fixture();
  fixture.addresses = ["169.254.169.254"];
  assert.deepEqual(await send(fixture), { ok: false });
  const strict = { denyPrivateAddresses: true, allowedHosts: [] };
  const local = new Fixture(
    settings([handler({ urlTemplate: "http://localhost:3000/" })], { egress: strict }),
  );
  local.addresses = ["127.0.0.1", "::1"];
  assert.deepEqual(await send(local), { ok: false });
  for (const { platform, log } of [fixture, local]) {
    assert.equal(platform.fetched.length, 0);
    assert.match(String(log.warnings[0]?.fields.fix), /allowed hosts/);
  }
});

Deno.test("a handler that never answers holds a bounded number of calls, and is reported once", async () => {
  const limits = { ...UPSTREAM_LIMITS, lane: { running: 2, waiting: 3 } };
  const hubs = new Map([["chat", [handler()]], ["other", [handler()]]]);
  const fixture = new Fixture(settings([], { hubs }), { limits });
  fixture.answer = (url, _headers, init) =>
    url.includes("/other/") ? new Response(null, { status: 204 }) : never(init);
  await send(fixture, { client: source({ hub: "other" }) });
  const outcomes = Array.from(
    { length: 20 },
    (_, i) =>
      raise(fixture.dispatcher, source({ connectionId: `c${i}` }), 1, textEvent(), noAbort()),
  );
  await fixture.platform.settle();
  assert.equal(fixture.posts.length - 1, 2);
  const full = fixture.log.warnings.filter(({ message }) => message.includes("too many calls"));
  assert.equal(full.length, 1);
  // Another hub of the same server is untouched, even under the same template.
  assert.equal((await send(fixture, { client: source({ hub: "other" }) })).ok, true);
  await fixture.platform.advance(100_000);
  assert((await Promise.all(outcomes)).every(({ ok }) => !ok));
  assert.equal(fixture.platform.waitingTimers, 0);
});
