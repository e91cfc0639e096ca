/** Events over any carrier: which one is picked, and that order, retries and limits do not depend on it. */
import assert from "node:assert/strict";
import type { HandlerRequest } from "../../src/hub/ports.ts";
import type { UpstreamLimits } from "../../src/upstream/limits.ts";
import { FakeCarrier, type FakeHandler } from "../support/fake_carrier.ts";
import { Fixture, handler, noAbort, settings, source } from "./fixture.ts";

const EVENT: HandlerRequest = {
  contentType: "application/octet-stream",
  body: new Uint8Array([1, 2]),
  headers: undefined,
  readsRefusals: false,
};

/** A dispatcher whose https handlers are reached over a carrier of the test. */
function setup(
  answer?: FakeHandler,
  { asksPermission = false, limits }: {
    asksPermission?: boolean;
    limits?: Partial<UpstreamLimits>;
  } = {},
) {
  const carrier = new FakeCarrier(answer, asksPermission);
  const of = settings([
    handler({ urlTemplate: "https://one.test/{event}", userEventPattern: "one" }),
    handler({ urlTemplate: "http://two.test/{event}" }),
  ]);
  const fixture = new Fixture(of, { carriers: { https: carrier }, ...(limits && { limits }) });
  const raise = (changes: Partial<HandlerRequest> = {}, signal = noAbort(), client = source()) =>
    fixture.dispatcher.userEvent(client, 1, "one", { ...EVENT, ...changes }, signal);
  return { carrier, fixture, raise };
}

Deno.test("the scheme of the handler's URL picks the carrier", async () => {
  const { carrier, fixture, raise } = setup();
  await raise();
  await fixture.dispatcher.userEvent(source(), 2, "two", EVENT, noAbort());
  assert.deepEqual(carrier.requests.map(({ url }) => url), ["https://one.test/one"]);
  assert.deepEqual(fixture.posts.map(({ url }) => url), ["http://two.test/two"]);
});

Deno.test("an answer is told in facts: status, headers, content type and bytes, and which call it was", async () => {
  const { raise } = setup(() => new Response("ok", { status: 201, headers: { "x-a": "1" } }));
  const answer = await raise();
  assert(answer.kind === "answered");
  assert.equal(answer.status, 201);
  assert.equal(answer.headers.get("X-A"), "1");
  assert.equal(answer.contentType, "text/plain;charset=UTF-8");
  assert.deepEqual(answer.body, new TextEncoder().encode("ok"));
  assert.deepEqual(answer.call, {
    hub: "chat",
    event: "one",
    connection: "4f1c0b6e2d9a4c35",
    id: 1,
    url: "https://one.test/one",
    durationMs: 0,
    status: 201,
    attempts: 1,
  });
});

Deno.test("a refusal is an answer too; its body is there for a language that reads it", async () => {
  const { raise } = setup(() => new Response("banned", { status: 403 }));
  for (const [readsRefusals, text] of [[false, ""], [true, "banned"]] as const) {
    const answer = await raise({ readsRefusals });
    assert(answer.kind === "answered" && answer.status === 403);
    assert.equal(new TextDecoder().decode(answer.body), text);
  }
});

Deno.test("what fails has one of a few reasons", async () => {
  const gone = AbortSignal.abort();
  const broken = new ReadableStream({ pull: (controller) => controller.error(new Error("cut")) });
  const rows: [why: string, FakeHandler, AbortSignal?][] = [
    ["unreachable", () => Promise.reject(new Error("refused"))],
    ["timedOut", () => new Promise(() => {})],
    ["unusable", () => new Response(new Uint8Array(17 * 1024 * 1024))],
    ["unusable", () => new Response(broken)],
    ["abandoned", () => new Response(), gone],
  ];
  for (const [why, answer, signal] of rows) {
    const { fixture, raise } = setup(answer);
    assert.deepEqual(await fixture.after(100_000, raise({}, signal)), { kind: "failed", why });
  }
  const { fixture, raise } = setup();
  const badName = { headers: new Map([["a\nb", "x"]]) };
  assert.deepEqual(await raise(badName), { kind: "failed", why: "unsendable" });
  const nobody = fixture.dispatcher.userEvent(
    source({ hub: "other" }),
    1,
    "one",
    EVENT,
    noAbort(),
  );
  assert.deepEqual(nobody, { kind: "failed", why: "noHandler" });
});

Deno.test("408, 5xx and a carrier that reaches nobody are tried four times within 9 s, on any carrier", async () => {
  for (
    const answer of [
      () => new Response(null, { status: 503 }),
      () => Promise.reject(new Error("no tunnel")),
    ] satisfies FakeHandler[]
  ) {
    const { carrier, fixture, raise } = setup(answer);
    const start = fixture.platform.now();
    const times: number[] = [];
    carrier.handler = () => {
      times.push(fixture.platform.now() - start);
      return answer();
    };
    await fixture.after(9000, raise());
    assert.deepEqual(times, [0, 1000, 4000, 9000]);
    const [first, ...others] = carrier.requests;
    for (const other of others) assert.deepEqual(other, first);
  }
});

Deno.test("a busy handler's calls take turns on any carrier; what has no room fails at once", async () => {
  const answers: ((response: Response) => void)[] = [];
  const limits = { lane: { running: 2, waiting: 1 } };
  const { carrier, fixture, raise } = setup(
    () => new Promise((resolve) => answers.push(resolve)),
    { limits },
  );
  const calls = Array.from(
    { length: 4 },
    (_, i) => raise({}, noAbort(), source({ connectionId: `c${i}` })),
  );
  await fixture.platform.settle();
  assert.equal(carrier.requests.length, 2);
  assert.deepEqual(await calls[3], { kind: "failed", why: "overloaded" });
  answers[0]?.(new Response());
  await calls[0];
  await fixture.platform.settle();
  const ids = carrier.requests.map(({ headers }) => headers["ce-connectionId"]);
  assert.deepEqual(ids, ["c0", "c1", "c2"]);
  for (const answer of answers) answer(new Response());
  await Promise.all(calls);
});

Deno.test("a handler is asked for permission only where its carrier asks, and then over that carrier", async () => {
  const trusting = setup();
  await trusting.raise();
  assert.deepEqual(trusting.carrier.requests.map(({ method }) => method), ["POST"]);

  const asking = setup(() => new Response(), { asksPermission: true });
  assert.deepEqual(await asking.raise(), { kind: "failed", why: "notPermitted" });
  assert.deepEqual(asking.carrier.requests.map(({ method }) => method), ["OPTIONS"]);
  assert.equal(asking.fixture.platform.fetched.length, 0);
});

Deno.test("cookies of one carrier's handler go back to it over that carrier", async () => {
  const { carrier, raise } = setup(() =>
    new Response(null, { headers: { "Set-Cookie": "affinity=abc; Path=/" } })
  );
  const client = source();
  await raise({}, noAbort(), client);
  await raise({}, noAbort(), client);
  assert.deepEqual(carrier.requests.map(({ headers }) => headers["Cookie"]), [
    undefined,
    "affinity=abc",
  ]);
});

Deno.test("a language adds its own headers to an event, and those of its clients to all their events", async () => {
  const { carrier, raise } = setup();
  const client = source({
    headers: new Map([["ce-sessionid", "s1"], ["ce-source", "/hubs/chat/client/c/p1"]]),
  });
  await raise({ headers: new Map([["mqtt-trace", "a b"]]) }, noAbort(), client);
  const headers = carrier.requests[0]?.headers;
  assert.equal(headers?.["mqtt-trace"], "a b");
  assert.equal(headers?.["ce-sessionid"], "s1");
  assert.equal(headers?.["ce-source"], "/hubs/chat/client/c/p1");
  assert.equal(headers?.["Content-Type"], "application/octet-stream");
});

Deno.test("connect takes the body of the client's language, and its own headers too", async () => {
  const carrier = new FakeCarrier();
  const of = settings([handler({ urlTemplate: "https://one.test/{event}" })]);
  const { dispatcher } = new Fixture(of, { carriers: { https: carrier } });
  const request: HandlerRequest = {
    contentType: "application/json; charset=utf-8",
    body: '{"mqtt":{"protocolVersion":5}}',
    headers: new Map([["ce-subprotocol", "mqtt"], ["ce-physicalconnectionid", "p1"]]),
    readsRefusals: true,
  };
  await dispatcher.connect(source(), request, noAbort());
  const [sent] = carrier.requests;
  assert.equal(sent?.body, request.body);
  assert.equal(sent?.headers["Content-Type"], request.contentType);
  assert.equal(sent?.headers["ce-subprotocol"], "mqtt");
  assert.equal(sent?.headers["ce-physicalconnectionid"], "p1");
});
