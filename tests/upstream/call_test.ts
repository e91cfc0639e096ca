/** One call: attempts, pauses, the limit over all of them. */
import assert from "node:assert/strict";
import { callHandler, type CallOptions } from "../../src/upstream/call.ts";
import type { CarrierRequest } from "../../src/upstream/carrier.ts";
import { Lanes } from "../../src/upstream/lanes.ts";
import { Deadlines } from "../../src/deadlines.ts";
import { EgressGuard } from "../../src/upstream/egress_guard.ts";
import { HttpCarrier } from "../../src/upstream/http_carrier.ts";
import { FakePlatform } from "../support/fake_platform.ts";
import { ANY_ADDRESS, never } from "./fixture.ts";

const REQUEST: CarrierRequest = {
  method: "POST",
  url: "http://app.example.test/x?code=s3cret",
  hostname: "app.example.test",
  headers: { "ce-id": "3", "x-ms-client-request-id": "1" },
  body: new Uint8Array([1, 2]),
  maxBodyBytes: 1000,
  readsRefusals: false,
};

function setup(
  { limitMs = 100_000, ...changes }: Partial<CallOptions> & { limitMs?: number } = {},
) {
  const platform = new FakePlatform();
  const addresses = { list: ["203.0.113.7"] };
  const lane = new Lanes({ running: 4, waiting: 4 }).get("a");
  lane.enter();
  const options: CallOptions = {
    platform,
    carrier: new HttpCarrier(
      platform,
      new EgressGuard(platform, () => Promise.resolve(addresses.list), ANY_ADDRESS),
    ),
    deadlines: new Deadlines<AbortController>(platform, limitMs),
    pausesMs: [1000, 3000, 5000],
    lane,
    signal: undefined,
    ...changes,
  };
  const run = async (ms: number) => {
    const result = callHandler(REQUEST, options);
    await platform.advance(ms);
    return await result;
  };
  return { platform, lane, addresses, run };
}

Deno.test("408 and all of 5xx are asked four times, 1, 3 and 5 seconds after the end of the last", async () => {
  for (const status of [408, 500, 503, 599]) {
    const { platform, lane, run } = setup();
    const start = platform.now();
    const times: number[] = [];
    platform.onFetch = () => {
      times.push(platform.now() - start);
      return new Response("secret", { status, headers: { "Retry-After": "60" } });
    };
    const result = await run(9000);
    assert.deepEqual(times, [0, 1000, 4000, 9000]);
    assert(result.kind === "answer" && result.status === status && result.attempts === 4);
    assert.equal(result.body.length, 0);
    assert.equal(lane.running, 0);
    assert.equal(platform.waitingTimers, 0);
  }
});

Deno.test("the pause begins when the attempt ended", async () => {
  const { platform, run } = setup({ pausesMs: [1000] });
  const times: number[] = [];
  const start = platform.now();
  platform.onFetch = async () => {
    times.push(platform.now() - start);
    await new Promise<void>((resolve) => platform.after(7000, resolve));
    return new Response(null, { status: 503 });
  };
  await run(15_000);
  assert.deepEqual(times, [0, 8000]);
});

Deno.test("every other status is final at once", async () => {
  for (const status of [200, 204, 301, 302, 304, 400, 401, 403, 404, 409, 429]) {
    const { platform, run } = setup();
    platform.onFetch = () => new Response(null, { status });
    const result = await run(0);
    assert(result.kind === "answer" && result.status === status && result.attempts === 1);
  }
});

Deno.test("a network error before an answer is retried like a 503", async () => {
  const { platform, run } = setup();
  let calls = 0;
  platform.onFetch = () => {
    if (++calls < 4) throw new TypeError("Connection reset by peer");
    return new Response("ok");
  };
  const result = await run(9000);
  assert(result.kind === "answer" && result.attempts === 4);
  assert.equal(new TextDecoder().decode(result.body), "ok");
});

Deno.test("an error text of the runtime, which holds the URL, is not passed on", async () => {
  const { platform, run } = setup({ pausesMs: [] });
  for (
    const [message, detail] of [
      [
        "error sending request for url (http://refused.test/reset?code=s3cret): client error (Connect): dns error: x",
        "the host name was not found",
      ],
      [
        "error sending request for url (http://dns.test/?code=s3cret): connection reset",
        "the connection was reset",
      ],
      [
        "error sending request for url (http://dns.test/?code=s3cret): invalid peer certificate: UnknownIssuer",
        "the TLS handshake failed",
      ],
      ["something s3cret", "the network failed"],
    ]
  ) {
    platform.onFetch = () => {
      throw new TypeError(message);
    };
    const result = await run(0);
    assert(result.kind === "network");
    assert.equal(result.detail, detail);
  }
});

Deno.test("a retry repeats method, URL, headers and body", async () => {
  const { platform, run } = setup();
  platform.onFetch = () => new Response(null, { status: 500 });
  await run(9000);
  assert.equal(platform.fetched.length, 4);
  for (const { url, init } of platform.fetched) {
    assert.equal(url, REQUEST.url);
    assert.deepEqual(
      { method: init.method, headers: init.headers, body: init.body, redirect: init.redirect },
      { method: "POST", headers: REQUEST.headers, body: REQUEST.body, redirect: "manual" },
    );
  }
});

Deno.test("the limit counts all attempts and pauses, and running out of it is not retried", async () => {
  const { platform, run } = setup({ limitMs: 6000 });
  platform.onFetch = (_, init) =>
    platform.fetched.length < 3 ? new Response(null, { status: 500 }) : never(init);
  const result = await run(6000);
  assert.deepEqual(result, { kind: "timeout", detail: "no answer within 6000 ms", attempts: 3 });
  assert.equal(platform.waitingTimers, 0);
});

Deno.test("the limit also ends a pause, and the reading of a body", async () => {
  const pausing = setup({ limitMs: 2000 });
  pausing.platform.onFetch = () => new Response(null, { status: 500 });
  assert.equal((await pausing.run(2000)).kind, "timeout");

  const reading = setup({ limitMs: 2000 });
  reading.platform.onFetch = (_, init) => {
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new Uint8Array(1));
        init.signal?.addEventListener("abort", () => controller.error(new Error("aborted")));
      },
    });
    return new Response(body);
  };
  assert.equal((await reading.run(2000)).kind, "timeout");
});

Deno.test("the caller can give up at any moment, and nothing is left running", async () => {
  for (const at of [0, 500, 2000]) {
    const gone = new AbortController();
    const { platform, lane, run } = setup({ signal: gone.signal });
    platform.onFetch = (_, init) =>
      platform.fetched.length === 1 ? new Response(null, { status: 500 }) : never(init);
    platform.after(at, () => gone.abort());
    assert.equal((await run(2000)).kind, "aborted");
    assert.equal(platform.waitingTimers, 0);
    assert.equal(lane.running, 0);
  }
  const gone = AbortSignal.abort();
  const { platform, run } = setup({ signal: gone });
  assert.equal((await run(0)).kind, "aborted");
  assert.equal(platform.waitingTimers, 0);
});

Deno.test("a body may have as many bytes as allowed, with and without Content-Length", async () => {
  for (const declared of [true, false]) {
    for (const [length, kind] of [[1000, "answer"], [1001, "tooLarge"]] as const) {
      const { platform, run } = setup();
      platform.onFetch = () =>
        new Response(new Uint8Array(length), {
          headers: declared ? { "Content-Length": `${length}` } : {},
        });
      const result = await run(10_000);
      assert.equal(result.kind, kind);
      if (result.kind === "answer") assert.equal(result.body.length, length);
      assert.equal(platform.fetched.length, 1);
    }
  }
});

Deno.test("chunks are put together in order", async () => {
  const { platform, run } = setup();
  platform.onFetch = () =>
    new Response(
      new ReadableStream({
        start(controller) {
          for (let i = 0; i < 5; i++) controller.enqueue(new Uint8Array(i).fill(i));
          controller.close();
        },
      }),
    );
  const result = await run(0);
  assert(result.kind === "answer");
  assert.deepEqual([...result.body], [1, 2, 2, 3, 3, 3, 4, 4, 4, 4]);
});

Deno.test("an answer that breaks off is not retried", async () => {
  const { platform, run } = setup();
  platform.onFetch = () =>
    new Response(
      new ReadableStream({
        pull(controller) {
          controller.error(new TypeError("connection closed"));
        },
      }),
    );
  const result = await run(10_000);
  assert.equal(result.kind, "cutOff");
  assert.equal(platform.fetched.length, 1);
});

Deno.test("an unread body is given back", async () => {
  const { platform, run } = setup({ pausesMs: [] });
  let cancelled = false;
  platform.onFetch = () => {
    const body = new ReadableStream({ cancel: () => void (cancelled = true) });
    return new Response(body, { status: 404 });
  };
  await run(0);
  assert.equal(cancelled, true);
});

Deno.test("an address that is not allowed is not called, and not retried", async () => {
  const { platform, addresses, run } = setup();
  addresses.list = ["169.254.169.254"];
  const result = await run(10_000);
  assert.equal(result.kind, "denied");
  assert.match(result.kind === "denied" ? result.detail : "", /169\.254\.169\.254 is not allowed/);
  assert.equal(platform.fetched.length, 0);
});

Deno.test("a name that is not found counts as a network error: it is looked up again", async () => {
  const { platform, addresses, run } = setup();
  addresses.list = [];
  platform.after(500, () => addresses.list = ["203.0.113.7"]);
  platform.onFetch = () => new Response(null, { status: 204 });
  const result = await run(1000);
  assert(result.kind === "answer" && result.attempts === 2);
});
