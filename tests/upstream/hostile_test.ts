/** A handler that breaks every promise of HTTP harms nobody: real sockets, short limits. */
import assert from "node:assert/strict";
import { systemPlatform } from "../../src/platform.ts";
import { Dispatcher } from "../../src/upstream/dispatcher.ts";
import type { UpstreamLimits } from "../../src/upstream/limits.ts";
import { HostileUpstream, type Hostility, UpstreamStub } from "../support/upstream_stub.ts";
import {
  connectClient,
  handler,
  noAbort,
  raise,
  RecordingLog,
  settings,
  SIGNATURE,
  source,
  textEvent,
} from "./fixture.ts";

const PAUSES = [1, 1, 1];
const QUICK: Partial<UpstreamLimits> = { retryPausesMs: PAUSES, maxAnswerBytes: 1024 * 1024 };

interface Trial {
  readonly status: number;
  readonly posts: number;
  readonly streamed: number;
  readonly log: RecordingLog;
}

/** One connect event to a hostile handler. */
async function trial(hostility: Hostility, callTimeoutMs: number): Promise<Trial> {
  await using upstream = new HostileUpstream(hostility, 5);
  const log = new RecordingLog();
  const urlTemplate = `${upstream.url}/{event}?code=s3cret`;
  const dispatcher = new Dispatcher(settings([handler({ urlTemplate })], { callTimeoutMs }), {
    platform: systemPlatform,
    log,
    signature: () => SIGNATURE,
    limits: QUICK,
  });
  const outcome = await connectClient(dispatcher, source(), noAbort());
  assert(outcome.accepted === false);
  await dispatcher.drain(0);
  const { posts, streamed } = upstream;
  assert(!log.text.includes("s3cret"), "the query of the handler's URL is in the log");
  return { status: outcome.status, posts, streamed, log };
}

const BREAKS_BEFORE_ANSWER: readonly Hostility[] = ["resets", "halfHead", "notHttp"];

/** Long enough to be out of the way. */
const AMPLE = 20_000;

const CASES: readonly {
  readonly hostility: Hostility;
  readonly says: string;
  readonly timeoutMs: number;
  readonly status: number;
  readonly posts: number;
  readonly problem: RegExp;
}[] = [
  {
    hostility: "neverAnswers",
    says: "is given up at the time limit, without a retry",
    timeoutMs: 100,
    status: 500,
    posts: 1,
    problem: /no answer within 100 ms/,
  },
  {
    hostility: "oneByteAtATime",
    says: "is given up at the time limit, whatever it still sends",
    timeoutMs: 150,
    status: 500,
    posts: 1,
    problem: /broke off|no answer within/,
  },
  {
    hostility: "status500",
    says: "is asked four times, and its status is passed on",
    timeoutMs: AMPLE,
    status: 500,
    posts: 4,
    problem: /answered 500/,
  },
  {
    hostility: "status429",
    says: "is not asked again, whatever its Retry-After says",
    timeoutMs: AMPLE,
    status: 429,
    posts: 1,
    problem: /answered 429/,
  },
  {
    hostility: "redirects",
    says: "is not followed",
    timeoutMs: AMPLE,
    status: 500,
    posts: 1,
    problem: /answered 302/,
  },
  {
    hostility: "declaresHugeBody",
    says: "is not read at all",
    timeoutMs: AMPLE,
    status: 500,
    posts: 1,
    problem: /more than 1048576 bytes/,
  },
  {
    hostility: "streamsHugeBody",
    says: "is read to the bound and no further",
    timeoutMs: AMPLE,
    status: 500,
    posts: 1,
    problem: /more than 1048576 bytes/,
  },
  {
    hostility: "wrongContentType",
    says: "of a connect answer is not JSON either",
    timeoutMs: AMPLE,
    status: 500,
    posts: 1,
    problem: /not a JSON object/,
  },
  {
    hostility: "resets",
    says: "is asked four times",
    timeoutMs: AMPLE,
    status: 500,
    posts: 4,
    problem: /the connection was/,
  },
  {
    hostility: "halfHead",
    says: "is asked four times, since no answer came",
    timeoutMs: AMPLE,
    status: 500,
    posts: 4,
    problem: /the connection was closed early/,
  },
  {
    hostility: "halfBody",
    says: "is not asked again, since its answer had begun",
    timeoutMs: AMPLE,
    status: 500,
    posts: 1,
    problem: /broke off/,
  },
  {
    hostility: "notHttp",
    says: "is asked four times and fails",
    timeoutMs: AMPLE,
    status: 500,
    posts: 4,
    problem: /not HTTP/,
  },
];

for (const { hostility, says, timeoutMs, status, posts, problem } of CASES) {
  Deno.test(`hostile handler: ${hostility} ${says}`, async () => {
    const result = await trial(hostility, timeoutMs);
    assert.equal(result.status, status);
    // A request on a kept connection that breaks is sent once more by fetch itself, which cannot be told not to.
    const extra = BREAKS_BEFORE_ANSWER.includes(hostility) ? 1 : 0;
    assert(result.posts === posts || result.posts === posts + extra, `${result.posts} posts`);
    assert.equal(result.log.warnings.length, 1, result.log.text);
    assert.match(String(result.log.warnings[0]?.fields.problem), problem);
    assert(result.streamed < 32 * 1024 * 1024, `${result.streamed} bytes were taken`);
  });
}

Deno.test("a compressed answer is bounded by its size after decompression", async () => {
  const zeros = new Blob([new Uint8Array(8 * 1024 * 1024)]).stream();
  const bomb = await new Response(zeros.pipeThrough(new CompressionStream("gzip"))).arrayBuffer();
  assert(bomb.byteLength < 64 * 1024);
  await using stub = new UpstreamStub(() =>
    new Response(bomb, { headers: { "Content-Encoding": "gzip" } })
  );
  const log = new RecordingLog();
  const urlTemplate = `${stub.url}/{event}`;
  const deps = { platform: systemPlatform, log, signature: () => SIGNATURE, limits: QUICK };
  const dispatcher = new Dispatcher(settings([handler({ urlTemplate })]), deps);
  const outcome = await raise(dispatcher, source(), 1, textEvent(), noAbort());
  assert.deepEqual(outcome, { ok: false });
  assert.match(String(log.warnings[0]?.fields.problem), /more than 1048576 bytes/);
});

Deno.test("a refused connection is retried, then fails with 500 and says what to do", async () => {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const urlTemplate = `http://127.0.0.1:${(listener.addr as Deno.NetAddr).port}/x?code=s3cret`;
  listener.close();
  const log = new RecordingLog();
  const deps = { platform: systemPlatform, log, signature: () => SIGNATURE, limits: QUICK };
  const dispatcher = new Dispatcher(settings([handler({ urlTemplate })]), deps);
  const outcome = await connectClient(dispatcher, source(), noAbort());
  assert.deepEqual(outcome, { accepted: false, status: 500 });
  const [line] = log.warnings;
  assert.equal(line?.fields.problem, "the connection was refused");
  assert.equal(line?.fields.attempts, 4);
  assert.match(String(line?.fields.fix), /start the handler/);
  assert(!log.text.includes("s3cret"));
});

Deno.test("1,000 clients that wait for a dead handler do not slow another hub", async () => {
  await using dead = new HostileUpstream("neverAnswers");
  await using alive = new UpstreamStub();
  const hubs = new Map([
    ["dead", [handler({ urlTemplate: `${dead.url}/{event}` })]],
    ["alive", [handler({ urlTemplate: `${alive.url}/{event}` })]],
  ]);
  const log = new RecordingLog();
  const deps = { platform: systemPlatform, log, signature: () => SIGNATURE };
  const dispatcher = new Dispatcher(settings([], { hubs }), deps);
  const gone = new AbortController();
  const waiting = Array.from({ length: 1000 }, (_, i) => {
    const client = source({ hub: "dead", connectionId: `c${i}` });
    return connectClient(dispatcher, client, gone.signal);
  });
  for (let i = 1; i <= 20; i++) {
    const outcome = await raise(dispatcher, source({ hub: "alive" }), i, textEvent(), noAbort());
    assert.equal(outcome.ok, true);
  }
  assert(dead.posts <= 128, `${dead.posts} calls run at once`);
  gone.abort();
  for (const outcome of await Promise.all(waiting)) assert.equal(outcome.accepted, false);
});

Deno.test("forty calls at once to one handler all succeed", async () => {
  await using stub = new UpstreamStub(({ body }) => new Response(body));
  const deps = {
    platform: systemPlatform,
    log: new RecordingLog(),
    signature: () => SIGNATURE,
  };
  const of = settings([handler({ urlTemplate: `${stub.url}/{event}` })]);
  const dispatcher = new Dispatcher(of, deps);
  const outcomes = await Promise.all(
    Array.from(
      { length: 40 },
      (_, i) => raise(dispatcher, source({ connectionId: `c${i}` }), 1, textEvent(), noAbort()),
    ),
  );
  assert(outcomes.every((outcome) => outcome.ok));
});

Deno.test("300 KB travel each way", async () => {
  await using stub = new UpstreamStub(({ body }) => new Response(body));
  const log = new RecordingLog();
  const deps = { platform: systemPlatform, log, signature: () => SIGNATURE };
  const of = settings([handler({ urlTemplate: `${stub.url}/{event}` })]);
  const bytes = new Uint8Array(300_000).map((_, i) => i & 0xff);
  const event = { name: "blob", payload: { kind: "binary", bytes }, metadata: undefined } as const;
  const outcome = await raise(new Dispatcher(of, deps), source(), 1, event, noAbort());
  assert(outcome.ok && outcome.reply?.payload.kind === "binary");
  assert.deepEqual(outcome.reply.payload.bytes, bytes);
  assert.equal(stub.events[0]?.headers.get("content-length"), "300000");
});
