/** The `connect` event: what the handler's answer does to the client. */
import assert from "node:assert/strict";
import type { ConnectOutcome } from "../../src/webpubsub/answer.ts";
import { UNCHANGED } from "../support/handler_answers.ts";
import {
  CONNECT,
  connectClient,
  Fixture,
  handler,
  never,
  noAbort,
  settings,
  source,
} from "./fixture.ts";

/** The outcome after `ms` milliseconds. */
async function connect(fixture: Fixture, ms = 0): Promise<ConnectOutcome> {
  return await fixture.after(ms, connectClient(fixture.dispatcher, source(), noAbort()));
}

Deno.test("connect is undefined at once when no handler of the hub takes it", () => {
  const fixture = new Fixture(settings([handler({ systemEvents: ["connected"] })]));
  assert.equal(fixture.dispatcher.connect(source(), CONNECT, noAbort()), undefined);
  const other = source({ hub: "other" });
  assert.equal(new Fixture().dispatcher.connect(other, CONNECT, noAbort()), undefined);
  assert.equal(fixture.platform.fetched.length, 0);
});

Deno.test("connect is validated first, then posted to the resolved URL", async () => {
  const fixture = new Fixture();
  await connect(fixture);
  const calls = fixture.platform.fetched.map(({ url, init }) => `${init.method} ${url}`);
  assert.deepEqual(calls, [
    "OPTIONS http://app.example.test/hooks/chat/validate?code=s3cret",
    "POST http://app.example.test/hooks/chat/connect?code=s3cret",
  ]);
  const [post] = fixture.posts;
  assert.equal(post?.headers.get("ce-id"), "0");
  assert.equal(post?.headers.get("webhook-request-origin"), "rt.example.test");
  assert.equal(post?.headers.get("ce-signature"), "sha256=aa,sha256=bb");
  assert.equal(post?.headers.get("cookie"), null);
  assert.equal(post?.headers.get("authorization"), null);
});

Deno.test("any 2xx with an empty body lets the client in as its token says", async () => {
  for (const status of [200, 202, 204]) {
    const fixture = new Fixture();
    fixture.answer = () => new Response(null, { status });
    assert.deepEqual(await connect(fixture), UNCHANGED);
  }
});

Deno.test("the fields and the state of the answer take effect", async () => {
  const fixture = new Fixture();
  const body = { userId: "joe", groups: ["a"], roles: [], subprotocol: "custom.v1" };
  fixture.answer = () =>
    Response.json(body, { status: 201, headers: { "ce-connectionState": "eyJuIjoxfQ==" } });
  assert.deepEqual(await connect(fixture), {
    accepted: true,
    userId: "joe",
    groups: ["a"],
    roles: [],
    subprotocol: "Custom.V1",
    state: "eyJuIjoxfQ==",
  });
});

Deno.test("an unusable 2xx refuses the client with 500, is not asked again, and is logged without its text", async () => {
  for (const body of ["<p>private", '{"userId":7,"x":"private"}', '{"subprotocol":"private"}']) {
    const fixture = new Fixture();
    fixture.answer = () => new Response(body);
    assert.deepEqual(await connect(fixture), { accepted: false, status: 500 });
    assert.equal(fixture.posts.length, 1);
    assert.equal(fixture.log.warnings.length, 1);
    assert(!/private|s3cret/.test(fixture.log.text));
  }
});

Deno.test("a 4xx refuses the client with that status at once", async () => {
  for (const status of [400, 401, 403, 404, 409, 429, 451]) {
    const fixture = new Fixture();
    fixture.answer = () => new Response("private", { status });
    assert.deepEqual(await connect(fixture), { accepted: false, status });
    assert.equal(fixture.posts.length, 1);
    assert(!fixture.log.text.includes("private"));
  }
});

Deno.test("a handler that refuses a client with 401 or 403 does its duty: no warning", async () => {
  for (const status of [401, 403]) {
    const fixture = new Fixture();
    fixture.answer = () => new Response(null, { status });
    await connect(fixture);
    assert.deepEqual(fixture.log.warnings, []);
  }
});

Deno.test("408 and 5xx are retried; if they stay, the last status refuses the client", async () => {
  const fixture = new Fixture();
  const statuses = [500, 408, 500, 503];
  fixture.answer = () => new Response(null, { status: statuses.shift() ?? 200 });
  assert.deepEqual(await connect(fixture, 9000), { accepted: false, status: 503 });
  const recovered = new Fixture();
  const later = [503, 204];
  recovered.answer = () => new Response(null, { status: later.shift() ?? 500 });
  assert.deepEqual(await connect(recovered, 1000), UNCHANGED);
});

Deno.test("a 3xx is never followed: 500, and the log says where it pointed, without query", async () => {
  const fixture = new Fixture();
  const location = "https://other.test/path?code=s3cret";
  fixture.answer = () => new Response(null, { status: 307, headers: { location } });
  assert.deepEqual(await connect(fixture), { accepted: false, status: 500 });
  assert.equal(fixture.posts.length, 1);
  assert.match(String(fixture.log.warnings[0]?.fields.fix), /"https:\/\/other.test\/path"/);
  assert(!fixture.log.text.includes("s3cret"));
});

Deno.test("a network failure after retries, a timeout and a failed validation are 500", async () => {
  const broken = new Fixture();
  broken.answer = () => Promise.reject(new TypeError("refused"));
  assert.deepEqual(await connect(broken, 9000), { accepted: false, status: 500 });
  assert.equal(broken.posts.length, 4);

  const silent = new Fixture();
  silent.answer = (_url, _headers, init) => never(init);
  assert.deepEqual(await connect(silent, 100_000), { accepted: false, status: 500 });
  assert.equal(silent.posts.length, 1);
  assert.equal(silent.log.warnings[0]?.fields.durationMs, 100_000);

  const foreign = new Fixture();
  foreign.validate = () => new Response(null, { status: 401 });
  assert.deepEqual(await connect(foreign), { accepted: false, status: 500 });
  assert.equal(foreign.posts.length, 0);
});

Deno.test("a body over 16 MiB is 500 and not asked again", async () => {
  const fixture = new Fixture();
  fixture.answer = () => new Response(new Uint8Array(16 * 1024 * 1024 + 1));
  assert.deepEqual(await connect(fixture, 9000), { accepted: false, status: 500 });
  assert.equal(fixture.posts.length, 1);
});

Deno.test("when the client goes, the pending call is aborted and nothing follows", async () => {
  const fixture = new Fixture();
  let aborted = false;
  fixture.answer = (_url, _headers, init) => {
    init.signal?.addEventListener("abort", () => aborted = true);
    return never(init);
  };
  const gone = new AbortController();
  const outcome = connectClient(fixture.dispatcher, source(), gone.signal);
  await fixture.platform.settle();
  gone.abort();
  assert.equal((await outcome).accepted, false);
  assert.equal(aborted, true);
  assert.equal(fixture.platform.waitingTimers, 0);
  assert.deepEqual(fixture.log.warnings, []);
});

Deno.test("a user id that no header can carry fails the event without a call", async () => {
  const fixture = new Fixture();
  const client = source({ userId: "a\r\nCookie: x" });
  const outcome = await connectClient(fixture.dispatcher, client, noAbort());
  assert.deepEqual(outcome, { accepted: false, status: 500 });
  assert.equal(fixture.platform.fetched.length, 0);
  assert.match(String(fixture.log.warnings[0]?.fields.problem), /ce-userId/);
});

Deno.test("without a public endpoint the origin is the bare host of the client's Host, if that is a valid one", async () => {
  const fixture = new Fixture(settings([handler()], { publicHost: undefined }));
  await connectClient(fixture.dispatcher, source({ requestHost: "localhost:8080" }), noAbort());
  const origins = fixture.platform.fetched.map(({ init }) =>
    new Headers(init.headers).get("webhook-request-origin")
  );
  assert.deepEqual(origins, ["localhost", "localhost"]);
  const hostile = source({ requestHost: "a\r\nb" });
  const outcome = await connectClient(fixture.dispatcher, hostile, noAbort());
  assert.deepEqual(outcome, { accepted: false, status: 500 });
  assert.match(String(fixture.log.warnings[0]?.fields.fix), /publicEndpoint/);
});
