/** `connected` and `disconnected`: told to the handler, never in anybody's way. */
import assert from "node:assert/strict";
import { UpstreamStub } from "../support/upstream_stub.ts";
import { systemPlatform } from "../../src/platform.ts";
import { Dispatcher } from "../../src/upstream/dispatcher.ts";
import {
  connectClient,
  Fixture,
  handler,
  never,
  noAbort,
  raise,
  RecordingLog,
  settings,
  SIGNATURE,
  source,
  textEvent,
} from "./fixture.ts";

Deno.test("connected is posted with its number, state and subprotocol", async () => {
  const fixture = new Fixture();
  fixture.dispatcher.connected(source({ state: "s" }), 1);
  await fixture.platform.settle();
  const [post] = fixture.posts;
  assert.equal(post?.url, "http://app.example.test/hooks/chat/connected?code=s3cret");
  assert.equal(post?.headers.get("ce-id"), "1");
  assert.equal(post?.headers.get("ce-connectionstate"), "s");
  assert.equal(post?.headers.get("ce-subprotocol"), "json.webpubsub.azure.v1");
  assert.equal(post?.body, "{}");
});

Deno.test("disconnected carries its reason", async () => {
  const fixture = new Fixture();
  fixture.dispatcher.disconnected(source(), 5, "bye");
  await fixture.platform.settle();
  assert.equal(fixture.posts[0]?.body, '{"reason":"bye"}');
  assert.equal(fixture.posts[0]?.headers.get("ce-id"), "5");
});

Deno.test("nothing is posted when no handler takes the event", async () => {
  const fixture = new Fixture(settings([handler({ systemEvents: ["connect"] })]));
  fixture.dispatcher.connected(source(), 1);
  fixture.dispatcher.disconnected(source(), 2, "");
  await fixture.platform.settle();
  assert.equal(fixture.platform.fetched.length, 0);
});

Deno.test("a validated handler gets connected before the next line runs", async () => {
  const fixture = new Fixture(settings([handler({ urlTemplate: "http://203.0.113.7/{event}" })]));
  fixture.dispatcher.connected(source(), 1);
  await fixture.platform.settle();
  fixture.dispatcher.connected(source(), 1);
  assert.equal(fixture.platform.fetched.length, 3);
});

Deno.test("a failing notification is retried behind, then logged, and harms nobody", async () => {
  const fixture = new Fixture();
  fixture.answer = (url) => new Response(null, { status: url.includes("/connected") ? 500 : 204 });
  fixture.dispatcher.connected(source(), 1);
  const outcome = await raise(fixture.dispatcher, source(), 2, textEvent(), noAbort());
  assert.equal(outcome.ok, true);
  await fixture.platform.advance(9000);
  assert.equal(fixture.posts.length, 5);
  assert.equal(fixture.log.warnings.length, 1);
  assert.equal(fixture.log.warnings[0]?.fields.event, "connected");
});

Deno.test("a notification to a handler that fails its validation is dropped; one line tells of all", async () => {
  const fixture = new Fixture();
  fixture.validate = () => new Response(null, { status: 403 });
  for (let i = 0; i < 10; i++) fixture.dispatcher.connected(source(), 1);
  await fixture.platform.settle();
  assert.equal(fixture.posts.length, 0);
  assert.equal(fixture.log.warnings.length, 1);
});

Deno.test("body, state and metadata of the answer are ignored; its cookies are kept", async () => {
  const fixture = new Fixture();
  fixture.answer = () =>
    new Response("<p>", {
      headers: {
        "Content-Type": "text/html",
        "ce-connectionState": "x",
        "Set-Cookie": "a=1; Path=/",
      },
    });
  const client = source();
  fixture.dispatcher.connected(client, 1);
  await fixture.platform.settle();
  // The cookie jar is loaded on first use, which is real input and output.
  await fixture.dispatcher.drain(10_000);
  fixture.dispatcher.disconnected(client, 2, "");
  await fixture.platform.settle();
  assert.equal(client.state, undefined);
  assert.equal(fixture.posts[1]?.headers.get("cookie"), "a=1");
  assert.deepEqual(fixture.log.warnings, []);
});

Deno.test("a stop waits for running notifications, also for those raised meanwhile", async () => {
  const fixture = new Fixture();
  const finish: (() => void)[] = [];
  fixture.answer = () => new Promise((resolve) => finish.push(() => resolve(new Response())));
  fixture.dispatcher.disconnected(source(), 1, "");
  await fixture.platform.settle();
  let drained = false;
  const draining = fixture.dispatcher.drain(10_000).then(() => drained = true);
  fixture.dispatcher.disconnected(source(), 1, "");
  await fixture.platform.settle();
  finish[0]?.();
  await fixture.platform.settle();
  assert.equal(drained, false);
  finish[1]?.();
  await draining;
  assert.equal(fixture.platform.waitingTimers, 0);
});

Deno.test("a stop waits no longer than it was told to, then gives up what still runs", async () => {
  const fixture = new Fixture();
  fixture.answer = (_url, _headers, init) => never(init);
  fixture.dispatcher.disconnected(source(), 1, "");
  await fixture.after(10_000, fixture.dispatcher.drain(10_000));
  await fixture.platform.settle();
  assert.equal(fixture.platform.waitingTimers, 0);
  assert.equal(fixture.log.warnings[0]?.fields.count, 1);
});

Deno.test("a stop waits for connect calls too, and for what is raised when they are over", async () => {
  const fixture = new Fixture();
  const held = Promise.withResolvers<Response>();
  fixture.answer = (url) =>
    url.includes("/connect?") ? held.promise : new Response(null, { status: 204 });
  const client = source();
  const connecting = connectClient(fixture.dispatcher, client, noAbort())
    .then(() => fixture.dispatcher.disconnected(client, 1, "gone"));
  await fixture.platform.settle();
  const draining = fixture.dispatcher.drain(10_000);
  held.resolve(new Response(null, { status: 204 }));
  await draining;
  await connecting;
  assert.deepEqual(fixture.posts.map(({ body }) => body).slice(1), ['{"reason":"gone"}']);
  assert.equal(fixture.platform.waitingTimers, 0);
});

Deno.test("a stop without notifications is over at once", async () => {
  const fixture = new Fixture();
  await fixture.dispatcher.drain(10_000);
  assert.equal(fixture.platform.waitingTimers, 0);
});

Deno.test("on the wire: raw UTF-8 user id, Content-Length, cookies of connect with all later events", async () => {
  await using stub = new UpstreamStub(({ target }) =>
    new Response(null, {
      status: 204,
      headers: target.includes("/connect?") ? { "Set-Cookie": "affinity=abc; Path=/" } : {},
    })
  );
  const dispatcher = new Dispatcher(
    settings([handler({ urlTemplate: `${stub.url}/{hub}/{event}?code=s3` })]),
    { platform: systemPlatform, log: new RecordingLog(), signature: () => SIGNATURE },
  );
  const client = source({ userId: "Zoë" });
  await connectClient(dispatcher, client, noAbort());
  dispatcher.connected(client, 1);
  await raise(dispatcher, client, 2, textEvent("message", ""), noAbort());
  await dispatcher.drain(10_000);

  const [validation, connect, ...later] = stub.requests;
  assert.equal(`${validation?.method} ${validation?.target}`, "OPTIONS /chat/validate?code=s3");
  assert.deepEqual(
    [...(validation?.headers.keys() ?? [])].filter((name) => /^(ce-|web|cook|auth|x-)/.test(name)),
    ["ce-awpsversion", "webhook-request-origin"],
  );
  assert.equal(connect?.target, "/chat/connect?code=s3");
  assert.equal(connect?.headers.get("cookie"), null);
  const user = Uint8Array.from(connect?.headers.get("ce-userid") ?? "", (c) => c.charCodeAt(0));
  assert.equal(new TextDecoder().decode(user), "Zoë");
  assert.equal(later.length, 2);
  for (const { headers, body } of later) {
    assert.equal(headers.get("cookie"), "affinity=abc");
    assert.equal(headers.get("content-length"), `${body.length}`);
    assert.equal(headers.get("transfer-encoding"), null);
  }
});
