/** Bearer tokens of the client credentials grant. */
import assert from "node:assert/strict";
import { Fixture, handler, noAbort, raise, settings, source, textEvent } from "./fixture.ts";

const TOKEN_URL = "https://login.example.test/token?x=s3cret";
const AUTH = {
  kind: "oauth2",
  tokenUrl: TOKEN_URL,
  clientId: "hubbub",
  clientSecret: "s3cret&",
  scope: "api://app/.default",
} as const;

function setup(auth: Parameters<typeof handler>[0] = { auth: AUTH }) {
  const fixture = new Fixture(settings([handler(auth)]));
  const requests: { headers: Headers; form: URLSearchParams }[] = [];
  const tokens = {
    answer: () => Response.json({ access_token: `t${requests.length}`, expires_in: 3600 }),
  };
  const events = { answer: () => new Response(null, { status: 204 }) };
  fixture.answer = (url, headers, init) => {
    if (url !== TOKEN_URL) return events.answer();
    requests.push({ headers, form: new URLSearchParams(String(init.body)) });
    return tokens.answer();
  };
  const send = async (ms = 0) =>
    await fixture.after(ms, raise(fixture.dispatcher, source(), 1, textEvent(), noAbort()));
  const sent = () =>
    fixture.posts.filter(({ url }) => url !== TOKEN_URL)
      .map(({ headers }) => headers.get("authorization"));
  return { fixture, requests, tokens, events, send, sent };
}

Deno.test("the token is asked for with the client credentials and goes along as a bearer token", async () => {
  const { requests, send, sent, fixture } = setup();
  assert.equal((await send()).ok, true);
  assert.deepEqual(sent(), ["Bearer t1"]);
  assert.deepEqual(Object.fromEntries(requests[0]?.form ?? []), {
    grant_type: "client_credentials",
    client_id: "hubbub",
    client_secret: "s3cret&",
    scope: "api://app/.default",
  });
  assert.equal(requests[0]?.headers.get("content-type"), "application/x-www-form-urlencoded");
  const validation = fixture.platform.fetched[0]?.init.headers;
  assert.equal(new Headers(validation).get("authorization"), null);
});

Deno.test("without a scope the token server chooses", async () => {
  const { requests, send } = setup({ auth: { ...AUTH, scope: undefined } });
  await send();
  assert.equal(requests[0]?.form.has("scope"), false);
});

Deno.test("a token is used again, and those who wait for one share the request", async () => {
  const { requests, send, sent } = setup();
  await Promise.all([send(), send(), send()]);
  await send();
  assert.equal(requests.length, 1);
  assert.deepEqual(new Set(sent()), new Set(["Bearer t1"]));
});

Deno.test("a token is renewed behind shortly before its end, and waited for after it", async () => {
  const { fixture, requests, send, sent } = setup();
  await send();
  await fixture.platform.advance(3540_000 - 1);
  await send();
  assert.equal(requests.length, 1);
  await fixture.platform.advance(1);
  await send();
  await send();
  assert.deepEqual(sent(), ["Bearer t1", "Bearer t1", "Bearer t1", "Bearer t2"]);
  await fixture.platform.advance(3600_000);
  await send();
  assert.equal(sent().at(-1), "Bearer t3");
});

Deno.test("without a token the event fails, one log line says why, and the next try waits", async () => {
  const answers: (() => Response)[] = [
    () => new Response('{"error":"invalid_client s3cret"}', { status: 401 }),
    () => new Response("<p>s3cret"),
    () => Response.json({ access_token: 5 }),
    () => Response.json({ access_token: "s3cret\r\n" }),
    () => Response.json(["s3cret"]),
  ];
  for (const answer of answers) {
    const { fixture, requests, tokens, send, sent } = setup();
    tokens.answer = answer;
    assert.deepEqual(await send(), { ok: false });
    assert.deepEqual(await send(), { ok: false });
    assert.equal(requests.length, 1);
    assert.equal(fixture.log.warnings.length, 1);
    assert.equal(fixture.log.warnings[0]?.fields.url, "https://login.example.test/token");
    assert(!fixture.log.text.includes("s3cret"), fixture.log.text);
    tokens.answer = () => Response.json({ access_token: "good" });
    await fixture.platform.advance(1000);
    assert.equal((await send()).ok, true);
    assert.deepEqual(sent(), ["Bearer good"]);
  }
});

Deno.test("a valid token stays in use while its renewal fails", async () => {
  const { fixture, tokens, send, sent } = setup();
  await send();
  tokens.answer = () => new Response(null, { status: 400 });
  await fixture.platform.advance(3550_000);
  for (let i = 0; i < 3; i++) assert.equal((await send()).ok, true);
  assert.deepEqual(new Set(sent()), new Set(["Bearer t1"]));
});

Deno.test("a token that the handler refuses is replaced, unless it is new", async () => {
  const { fixture, requests, events, send } = setup();
  events.answer = () => new Response(null, { status: 401 });
  await send();
  await send();
  assert.equal(requests.length, 1);
  await fixture.platform.advance(60_000);
  await send();
  await send();
  assert.equal(requests.length, 2);
});

Deno.test("tokens of credentials that are gone from the settings are forgotten", async () => {
  const { fixture, requests, send } = setup();
  await send();
  fixture.dispatcher.replace(settings([handler({ auth: AUTH })]));
  await send();
  assert.equal(requests.length, 1);
  fixture.dispatcher.replace(settings());
  fixture.dispatcher.replace(settings([handler({ auth: AUTH })]));
  await send();
  assert.equal(requests.length, 2);
});
