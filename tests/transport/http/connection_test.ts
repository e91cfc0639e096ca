// One HTTP connection, request by request, over a socket without a network.
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  BODY_GRACE_MS,
  BODY_TURN_BYTES,
  HTTP_IDLE_MS,
  LINGER_BYTES,
  LINGER_MS,
  MAX_EARLY_BYTES,
  MAX_REST_BODY_BYTES,
  OUTBOUND_STALL_MS,
  READ_TURN_MS,
  REQUEST_HEAD_MS,
  REST_HOLD_MS,
  RUNTIME_BUFFER_BYTES,
  TURN_REQUESTS,
} from "../../../src/limits.ts";
import { BodyRoom } from "../../../src/transport/http/body_room.ts";
import { BodyTurns } from "../../../src/transport/http/body_turns.ts";
import { HttpConnection, type HttpContext } from "../../../src/transport/http/connection.ts";
import { Connections } from "../../../src/transport/http/connections.ts";
import type { HttpRequest } from "../../../src/transport/http/exchange.ts";
import { RepeatedResponse } from "../../../src/transport/http/repeated_response.ts";
import { RequestTurns } from "../../../src/transport/http/request_turns.ts";
import { HttpDate, type HttpResponse, plainText } from "../../../src/transport/http/response.ts";
import { FakePlatform } from "../../support/fake_platform.ts";
import { FakeSocket } from "./fake_socket.ts";

const OK: HttpResponse = { status: 200, headers: {}, body: undefined };
const GET = "GET /get HTTP/1.1\r\nHost: a\r\n\r\n";
const LIMIT = 100;
const ROOM = MAX_REST_BODY_BYTES;

function post(length: number, body = "", ...headers: string[]): string {
  return ["POST /post HTTP/1.1", "Host: a", `Content-Length: ${length}`, ...headers, "", body]
    .join("\r\n");
}

/** A connection whose requests wait for their bodies, and whose answers may be held back. */
class Scene {
  readonly platform = new FakePlatform();
  readonly socket = new FakeSocket();
  readonly connections = new Connections(this.platform);
  readonly room = new BodyRoom(ROOM);
  readonly turns = new BodyTurns(this.platform, this.room);
  readonly requestTurns = new RequestTurns(this.platform);
  readonly connection: HttpConnection;
  /** What was asked: method, target and body. */
  readonly asked: string[] = [];
  readonly faults: unknown[] = [];
  stopping = false;
  /** Answers in place of the usual one. */
  answer: (request: HttpRequest) => HttpResponse | Promise<HttpResponse> = async (request) => {
    const body = await request.body(LIMIT);
    const text = typeof body === "string" ? body : new TextDecoder("latin1").decode(body);
    this.asked.push(`${request.method} ${request.target} ${text}`);
    return body === "broken" || body === "tooLong" ? { ...OK, status: 400 } : OK;
  };

  constructor() {
    const context: HttpContext = {
      platform: this.platform,
      connections: this.connections,
      date: new HttpDate(),
      answers: new RepeatedResponse(),
      room: this.room,
      turns: this.turns,
      requestTurns: this.requestTurns,
      isStopping: () => this.stopping,
      isUpgrade: ({ target }) => target === "/upgrade",
      upgrade: () => {},
      answer: (request) => this.answer(request),
      failed: (error) => void this.faults.push(error),
    };
    this.connection = new HttpConnection(this.socket.asSocket, context);
  }

  /** Bytes come in, and what they lead to is done. */
  async comes(...pieces: string[]): Promise<void> {
    for (const piece of pieces) this.socket.comes(piece);
    await this.settle();
  }

  settle(): Promise<void> {
    return this.platform.settle();
  }
}

Deno.test("of hundreds of requests in one piece some are answered at once, the others turn by turn", async () => {
  const scene = new Scene();
  scene.answer = () => OK;
  await scene.comes(GET.repeat(10 * TURN_REQUESTS));
  assert.equal(scene.socket.statuses.length, TURN_REQUESTS);
  await scene.platform.advance(READ_TURN_MS);
  assert.equal(scene.socket.statuses.length, 2 * TURN_REQUESTS);
  await scene.platform.advance(10 * READ_TURN_MS);
  assert.equal(scene.socket.statuses.length, 10 * TURN_REQUESTS);
});

Deno.test("a turn has so many requests, however long they take", async () => {
  const scene = new Scene();
  let now = scene.platform.now();
  scene.platform.now = () => now;
  scene.answer = () => {
    now += READ_TURN_MS + 1;
    return OK;
  };
  await scene.comes(GET.repeat(10 * TURN_REQUESTS));
  assert.equal(scene.socket.statuses.length, TURN_REQUESTS);
});

Deno.test("of hundreds of requests whose answers come later, no more are begun in a turn", async () => {
  const scene = new Scene();
  await scene.comes(GET.repeat(10 * TURN_REQUESTS));
  assert.equal(scene.asked.length, TURN_REQUESTS);
  await scene.platform.advance(READ_TURN_MS);
  assert.equal(scene.asked.length, 2 * TURN_REQUESTS);
  await scene.platform.advance(10 * READ_TURN_MS);
  assert.equal(scene.socket.statuses.length, 10 * TURN_REQUESTS);
});

Deno.test("a client that leaves while its requests wait has no turn", async () => {
  const scene = new Scene();
  await scene.comes(GET.repeat(10 * TURN_REQUESTS));
  const before = scene.asked.length;
  scene.socket.destroy();
  await scene.platform.advance(10 * READ_TURN_MS);
  assert.equal(scene.asked.length, before);
});

Deno.test("a client that ends its side while its requests wait gets all of its answers", async () => {
  const scene = new Scene();
  await scene.comes(GET.repeat(3 * TURN_REQUESTS));
  scene.socket.clientEnds();
  await scene.platform.advance(10 * READ_TURN_MS);
  assert.equal(scene.socket.statuses.length, 3 * TURN_REQUESTS);
  assert(scene.socket.ended);
});

Deno.test("requests in one piece are answered in their order, each with its body", async () => {
  const scene = new Scene();
  await scene.comes(GET + post(5, "hello") + GET);
  assert.deepEqual(scene.asked, ["GET /get ", "POST /post hello", "GET /get "]);
  assert.deepEqual(scene.socket.statuses, [200, 200, 200]);
});

Deno.test("a request waits until the one before is answered", async () => {
  const scene = new Scene();
  const slow = Promise.withResolvers<HttpResponse>();
  scene.answer = () => slow.promise;
  await scene.comes(GET, GET);
  scene.answer = () => ({ ...OK, status: 204 });
  assert.deepEqual(scene.socket.statuses, []);
  slow.resolve(OK);
  await scene.settle();
  assert.deepEqual(scene.socket.statuses, [200, 204]);
});

Deno.test("what comes behind a request in work is held within bounds, and read on later", async () => {
  const scene = new Scene();
  const slow = Promise.withResolvers<HttpResponse>();
  scene.answer = () => slow.promise;
  const count = Math.ceil(MAX_EARLY_BYTES / GET.length) + 1;
  await scene.comes(GET, GET.repeat(count));
  assert.equal(scene.socket.paused, true);
  scene.answer = () => OK;
  slow.resolve(OK);
  await scene.platform.advance(count * READ_TURN_MS);
  assert.equal(scene.socket.paused, false);
  assert.equal(scene.socket.statuses.length, count + 1);
});

Deno.test("a client that waits for 100-continue is told once somebody wants the body, and not before", async () => {
  const scene = new Scene();
  const head = post(5, "", "Expect: 100-continue");
  await scene.comes(head);
  assert.deepEqual(scene.socket.statuses, [100]);
  await scene.comes("hello");
  assert.deepEqual(scene.socket.statuses, [100, 200]);
  scene.answer = () => ({ ...OK, status: 401 });
  await scene.comes(head);
  assert.deepEqual(scene.socket.statuses, [100, 200, 401]);
  assert.equal(scene.socket.ended, true, "the body was never sent");
});

Deno.test("a client that sends its body with the head is not told to go on", async () => {
  const scene = new Scene();
  await scene.comes(post(5, "he", "Expect: 100-continue"), "llo");
  assert.deepEqual(scene.socket.statuses, [200]);
});

Deno.test("a body that goes on for long is answered before its end, and the connection ends with that", async () => {
  const scene = new Scene();
  await scene.comes(post(MAX_REST_BODY_BYTES + 1), "x".repeat(LIMIT), "x");
  assert.deepEqual(scene.asked, ["POST /post tooLong"]);
  assert.match(scene.socket.written, /^HTTP\/1\.1 400 [^]*\r\nconnection: close\r\n/);
  assert.equal(scene.socket.ended, true);
});

Deno.test("after the last answer 64 KiB more are read, at most two seconds long, and then the client is cut", async () => {
  const endless = new Scene();
  await endless.comes(post(1_000_000_000), "x".repeat(LIMIT + 1));
  await endless.comes("x".repeat(LINGER_BYTES));
  assert.equal(endless.socket.paused, false);
  await endless.comes("x");
  assert.equal(endless.socket.paused, true);
  assert.equal(endless.socket.destroyed, false, "a reset could cost the client its answer");
  await endless.platform.advance(LINGER_MS);
  assert.equal(endless.socket.destroyed, true);

  const silent = new Scene();
  await silent.comes("nonsense\r\n\r\n");
  await silent.platform.advance(LINGER_MS - 1);
  assert.equal(silent.socket.destroyed, false);
  await silent.platform.advance(501);
  assert.equal(silent.socket.destroyed, true);
});

Deno.test("a body that comes too slowly is answered, and the connection ends with that", async () => {
  const scene = new Scene();
  await scene.comes(post(50, "abc"));
  await scene.platform.advance(BODY_GRACE_MS - 1);
  assert.deepEqual(scene.asked, []);
  await scene.platform.advance(501);
  assert.deepEqual(scene.asked, ["POST /post tooSlow"]);
  assert.match(scene.socket.written, /\r\nconnection: close\r\n/);
  await scene.platform.advance(LINGER_MS + 500);
  assert.equal(scene.socket.destroyed, true);
});

Deno.test("an answer that does not wait for the body leaves the connection whole: the rest is read for nothing", async () => {
  const scene = new Scene();
  scene.answer = () => ({ ...OK, status: 503 });
  await scene.comes(post(100_000, "abc"));
  assert.deepEqual(scene.socket.statuses, [503]);
  assert.equal(scene.room.used, 0);
  scene.answer = () => OK;
  await scene.comes("x".repeat(100_000 - 3) + GET);
  assert.deepEqual(scene.socket.statuses, [503, 200]);
  assert.equal(scene.socket.ended, false);
});

Deno.test("the rest of an answered body has no more time than any body", async () => {
  const scene = new Scene();
  scene.answer = () => ({ ...OK, status: 401 });
  await scene.comes(post(100_000, "abc"));
  await scene.platform.advance(BODY_GRACE_MS + 500);
  assert.equal(scene.socket.destroyed, true);
});

Deno.test("bodies of all connections share their room; who finds none is not read until there is some", async () => {
  const scene = new Scene();
  assert.equal(scene.room.take(ROOM - 5), true);
  await scene.comes(post(6, "hell"));
  assert.equal(scene.socket.paused, true);
  scene.room.give(ROOM - 5);
  await scene.platform.advance(READ_TURN_MS);
  assert.equal(scene.socket.paused, false);
  await scene.comes("o!");
  assert.deepEqual(scene.asked, ["POST /post hello!"]);
  assert.equal(scene.room.used, 0);
});

Deno.test("who has waited long enough for room is told so, and may come again", async () => {
  const scene = new Scene();
  assert.equal(scene.room.take(ROOM - 5), true);
  await scene.comes(post(6, "hell"));
  await scene.platform.advance(REST_HOLD_MS + 500);
  assert.deepEqual(scene.asked, ["POST /post noRoom"]);
  await scene.comes("o!" + post(5, "hello"));
  assert.deepEqual(scene.asked, ["POST /post noRoom", "POST /post hello"]);
  assert.equal(scene.socket.ended, false);
  assert.equal(scene.room.used, ROOM - 5);
});

Deno.test("a client that waits for 100-continue is not told to go on before there is room", async () => {
  const scene = new Scene();
  assert.equal(scene.room.take(ROOM - 5), true);
  await scene.comes(post(6, "", "Expect: 100-continue"));
  assert.equal(scene.socket.written, "");
  scene.room.give(ROOM - 5);
  await scene.platform.advance(READ_TURN_MS);
  assert.equal(scene.socket.written, "HTTP/1.1 100 Continue\r\n\r\n");
});

Deno.test("a body keeps its room until its call is answered, or the client has left", async () => {
  const answered = new Scene();
  const slow = Promise.withResolvers<HttpResponse>();
  answered.answer = () => slow.promise;
  await answered.comes(post(5, "hello"));
  assert.equal(answered.room.used, 5);
  slow.resolve(OK);
  await answered.settle();
  assert.equal(answered.room.used, 0);

  const left = new Scene();
  await left.comes(post(5, "hell"));
  left.socket.destroy();
  assert.equal(left.room.used, 0);
});

Deno.test("a client that sends large bodies with many others waits for its turn, without losing time", async () => {
  const scene = new Scene();
  scene.answer = async (request) => ({
    ...OK,
    body: String((await request.body(MAX_REST_BODY_BYTES)).length),
  });
  scene.socket.comes(post(MAX_REST_BODY_BYTES));
  scene.socket.comes("x".repeat(400_000));
  assert.equal(scene.socket.paused, false);
  // The rest of the turn is somebody else's.
  scene.turns.mayReadOn({ begin: () => true, readOn: () => {} }, BODY_TURN_BYTES, true);
  scene.socket.comes("x".repeat(100_000));
  assert.equal(scene.socket.paused, true);
  assert.equal(scene.connection.dueAt, scene.platform.now() + REST_HOLD_MS);
  await scene.platform.advance(READ_TURN_MS);
  assert.equal(scene.socket.paused, false);
  await scene.comes("x".repeat(MAX_REST_BODY_BYTES - 500_000));
  assert.match(scene.socket.written, /\r\n\r\n1048576$/);
});

Deno.test("a client that does not take its answer is cut", async () => {
  const scene = new Scene();
  await scene.comes(GET);
  scene.socket.writableLength = 1;
  await scene.platform.advance(OUTBOUND_STALL_MS - 1);
  assert.equal(scene.socket.destroyed, false);
  await scene.platform.advance(501);
  assert.equal(scene.socket.destroyed, true);
});

Deno.test("the preface of HTTP/2 is refused in the words of HTTP/1.1, and its frames are not read", async () => {
  const scene = new Scene();
  await scene.comes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  assert.deepEqual(scene.socket.statuses, [505]);
  await scene.comes("\0\0\0\x04\0\0\0\0\0".repeat(10_000));
  assert.deepEqual(scene.socket.statuses, [505]);
  assert.equal(scene.socket.paused, true);
});

Deno.test("a body that nobody has asked for yet is held within bounds", async () => {
  const scene = new Scene();
  const judged = Promise.withResolvers<void>();
  scene.answer = async (request) => {
    await judged.promise;
    const body = await request.body(1_000_000);
    return { ...OK, body: String(body.length) };
  };
  await scene.comes(post(200_000), "x".repeat(MAX_EARLY_BYTES), "x");
  assert.equal(scene.socket.paused, true);
  judged.resolve();
  await scene.settle();
  assert.equal(scene.socket.paused, false);
  await scene.comes("x".repeat(200_000 - MAX_EARLY_BYTES - 1));
  assert.match(scene.socket.written, /\r\n\r\n200000$/);
});

Deno.test("a body that breaks off is no body: the client is told, should it listen, and nobody else", async () => {
  for (const leave of ["clientEnds", "destroy"] as const) {
    const scene = new Scene();
    await scene.comes(post(10, "hello"));
    scene.socket[leave]();
    await scene.settle();
    assert.deepEqual(scene.asked, ["POST /post broken"]);
    assert.deepEqual(scene.socket.statuses, leave === "clientEnds" ? [400] : []);
    assert.deepEqual(scene.faults, []);
  }
});

Deno.test("a client that sends no more gets all its answers, and then the end", async () => {
  const scene = new Scene();
  const slow = Promise.withResolvers<HttpResponse>();
  scene.answer = () => slow.promise;
  await scene.comes(GET, GET);
  scene.socket.clientEnds();
  await scene.settle();
  assert.equal(scene.socket.ended, false);
  slow.resolve(OK);
  await scene.settle();
  assert.deepEqual(scene.socket.statuses, [200, 200]);
  assert.equal(scene.socket.ended, true);
});

Deno.test("a client that leaves between two requests, or within a head, is let go", async () => {
  for (const begun of ["", GET, GET.slice(0, 10)]) {
    const scene = new Scene();
    await scene.comes(begun);
    scene.socket.clientEnds();
    assert.equal(scene.socket.ended, true);
    scene.socket.destroy();
    await scene.connections.stop();
  }
});

Deno.test("a client has its time for a head, between requests, and within a body", async () => {
  const late = async (ms: number, ...pieces: string[]) => {
    const scene = new Scene();
    await scene.comes(...pieces);
    await scene.platform.advance(ms - 1);
    assert.equal(scene.socket.destroyed, false, pieces.join());
    await scene.platform.advance(501);
    assert.equal(scene.socket.destroyed, true, pieces.join());
    assert.equal(scene.platform.waitingTimers, 0);
  };
  await late(REQUEST_HEAD_MS);
  await late(REQUEST_HEAD_MS, GET.slice(0, 10));
  await late(REQUEST_HEAD_MS, GET, GET.slice(0, 10));
  await late(HTTP_IDLE_MS, GET);
});

Deno.test("dripping a head gains no time", async () => {
  const scene = new Scene();
  await scene.comes(GET.slice(0, 1));
  await scene.platform.advance(REQUEST_HEAD_MS / 2);
  await scene.comes(GET.slice(1, 2));
  await scene.platform.advance(REQUEST_HEAD_MS / 2 + 500);
  assert.equal(scene.socket.destroyed, true);
});

Deno.test("a client that takes no answers gets no more of them, and is cut in the end", async () => {
  const scene = new Scene();
  scene.socket.writableLength = RUNTIME_BUFFER_BYTES;
  await scene.comes(GET);
  assert.deepEqual(scene.asked, []);
  scene.socket.writableLength = 0;
  scene.socket.emit("drain");
  await scene.settle();
  assert.equal(scene.asked.length, 1);
  scene.socket.writableLength = RUNTIME_BUFFER_BYTES;
  await scene.comes(GET);
  await scene.platform.advance(OUTBOUND_STALL_MS + 500);
  assert.equal(scene.socket.destroyed, true);
});

Deno.test("an upgrade gets the socket with what came behind its head, and nothing of HTTP stays on it", async () => {
  const scene = new Scene();
  await scene.comes("GET /upgrade HTTP/1.1\r\nHost: a\r\n\r\none", "two");
  const early = scene.connection.handOver().map((bytes) => new TextDecoder().decode(bytes));
  assert.deepEqual(early, ["one", "two"]);
  assert.deepEqual(scene.socket.eventNames(), []);
  assert.equal(scene.platform.waitingTimers, 0);
});

Deno.test("an upgrade that is refused is answered, and one that nobody waits for is not", async () => {
  const refused = new Scene();
  await refused.comes("GET /upgrade HTTP/1.1\r\nHost: a\r\n\r\n");
  refused.connection.refuse(plainText(401, "No."), "GET");
  assert.deepEqual(refused.socket.statuses, [401]);
  assert.equal(refused.socket.ended, true);

  const left = new Scene();
  await left.comes("GET /upgrade HTTP/1.1\r\nHost: a\r\n\r\n");
  left.socket.clientEnds();
  assert.equal(left.socket.destroyed, true);
});

Deno.test("a fault ends its connection with an entry for the log, and the process goes on", async () => {
  for (
    const answer of [
      () => {
        throw new Error("planted");
      },
      () => Promise.reject(new Error("planted")),
      () => ({ ...OK, headers: { "a b": "planted" } }),
      () => Promise.resolve({ ...OK, headers: { "a b": "planted" } }),
    ]
  ) {
    const scene = new Scene();
    scene.answer = answer;
    await scene.comes(GET);
    assert.equal(scene.socket.destroyed, true);
    assert.equal(scene.faults.length, 1);
    assert.deepEqual(scene.socket.statuses, []);
  }
});

Deno.test("a stop waits for requests in work, and for nobody else", async () => {
  const scene = new Scene();
  const slow = Promise.withResolvers<HttpResponse>();
  scene.answer = () => slow.promise;
  await scene.comes(GET);
  scene.stopping = true;
  let stopped = false;
  void scene.connections.stop().then(() => stopped = true);
  await scene.settle();
  assert.equal(stopped, false);
  slow.resolve(OK);
  await scene.settle();
  assert.match(scene.socket.written, /^HTTP\/1\.1 200 [^]*\r\nconnection: close\r\n/);
  assert.equal(stopped, true);
  for (const begun of ["", GET, GET.slice(0, 5), post(5, "hell")]) {
    const idle = new Scene();
    await idle.comes(begun);
    await idle.connections.stop();
    assert.equal(idle.socket.destroyed, true);
  }
});

/** Lets all chained promises run out; there are a few for each request. */
async function promises(): Promise<void> {
  for (let i = 0; i < 50; i++) await undefined;
}

/** What came of a stream: the requests that were seen, and what the client got. */
async function outcomeOf(pieces: readonly string[], pauses: boolean) {
  const scene = new Scene();
  for (const piece of pieces) {
    scene.socket.comes(piece);
    if (pauses) await promises();
  }
  await promises();
  const { written, ended, destroyed } = scene.socket;
  assert.deepEqual(scene.faults, []);
  return { asked: scene.asked, written, ended, destroyed };
}

Deno.test("any stream, cut anywhere, is the same requests or the same refusal", async () => {
  const chunked = "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" +
    "3;x=y\r\nabc\r\n0\r\nT: 1\r\n\r\n";
  const proper = fc.constantFrom(
    GET,
    post(5, "hello"),
    post(0),
    chunked,
    "\r\n" + GET,
    "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    "GET http://b/c HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\n\r\n",
  );
  const edit = fc.tuple(fc.nat(), fc.constantFrom(..."\r\n :;,05aX\0\x80"));
  const stream = fc.tuple(
    fc.array(proper, { minLength: 1, maxLength: 4 }),
    fc.array(edit, { maxLength: 2 }),
  )
    .map(([requests, edits]) => {
      const chars = [...requests.join("")];
      for (const [at, char] of edits) chars[at % chars.length] = char;
      return chars.join("");
    });
  const cuts = fc.array(fc.nat(), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(stream, cuts, fc.boolean(), async (text, cuts, pauses) => {
      const places = [
        0,
        ...cuts.map((cut) => cut % text.length).sort((a, b) => a - b),
        text.length,
      ];
      const pieces = places.slice(1).map((end, i) => text.slice(places[i], end));
      assert.deepEqual(
        await outcomeOf(pieces.filter((piece) => piece !== ""), pauses),
        await outcomeOf([text], false),
      );
    }),
    { seed: 9112, numRuns: 3000 },
  );
});
