/**
 * What every way to event handlers keeps, whether it is HTTP or something else. Order, retries and time limits are no
 * matter of a carrier: they lie in front of it.
 */
import assert from "node:assert/strict";
import type { Carried, Carrier, CarrierRequest } from "../../src/upstream/carrier.ts";
import type { HandlerScript, ReceivedRequest } from "../support/upstream_stub.ts";

/** What stands at the other end: a handler, nobody, one that never answers, one that leaves within its answer. */
export type OtherEnd = HandlerScript | "nobody" | "silent" | "breaksOff";

/** A carrier with a handler at its other end. */
export interface CarrierUnderTest extends AsyncDisposable {
  readonly carrier: Carrier;
  /** Where the handler is. */
  readonly url: string;
  readonly hostname: string;
}

/** Registers the suite for one implementation. */
export function carrierContract(
  name: string,
  open: (end: OtherEnd) => Promise<CarrierUnderTest> | CarrierUnderTest,
): void {
  const send = (
    { carrier, url, hostname }: CarrierUnderTest,
    changes: Partial<CarrierRequest> = {},
    signal = new AbortController().signal,
  ): Promise<Carried> =>
    carrier.send({
      method: "POST",
      url: `${url}/hooks/chat/message?code=s3`,
      hostname,
      headers: {},
      body: "hi",
      maxBodyBytes: 1000,
      readsRefusals: false,
      ...changes,
    }, signal);
  const test = (what: string, run: () => Promise<void>) => Deno.test(`${name}: ${what}`, run);

  test("method, path, headers and body arrive as they are", async () => {
    const seen: ReceivedRequest[] = [];
    await using end = await open((request) => {
      seen.push(request);
      return new Response(null, { status: 204 });
    });
    const body = new Uint8Array([0, 255, 10]);
    const headers = { "ce-eventName": "message", "Content-Type": "application/octet-stream" };
    await send(end, { headers, body });
    await send(end, { body: "Zoë" });
    await send(end, { body: "" });
    assert.deepEqual(seen.map(({ body }) => [...body]), [
      [0, 255, 10],
      [0x5a, 0x6f, 0xc3, 0xab],
      [],
    ]);
    const [first] = seen;
    assert.equal(first?.method, "POST");
    assert.match(first?.target ?? "", /\/hooks\/chat\/message/);
    assert.equal(first?.headers.get("ce-eventname"), "message");
    assert.equal(first?.headers.get("content-type"), "application/octet-stream");
  });

  test("a header of raw bytes, one character a byte, arrives as these bytes", async () => {
    let userId = "";
    await using end = await open(({ headers }) => {
      userId = headers.get("ce-userid") ?? "";
      return new Response(null, { status: 204 });
    });
    await send(end, { headers: { "ce-userId": "Zo\u00c3\u00ab" } });
    assert.equal(userId, "Zo\u00c3\u00ab");
  });

  test("status, headers and body of an answer are those of the handler", async () => {
    await using end = await open(() => {
      const headers = new Headers({ "Content-Type": "text/plain", "ce-connectionState": "s" });
      headers.append("Set-Cookie", "a=1; Path=/");
      headers.append("Set-Cookie", "b=2, 3; Path=/");
      return new Response("two", { status: 201, headers });
    });
    const answer = await send(end);
    assert(answer.kind === "answer");
    assert.equal(answer.status, 201);
    assert.equal(new TextDecoder().decode(answer.body), "two");
    assert.equal(answer.headers.get("CONTENT-TYPE"), "text/plain");
    assert.equal(answer.headers.get("ce-connectionstate"), "s");
    assert.deepEqual(answer.headers.getSetCookie(), ["a=1; Path=/", "b=2, 3; Path=/"]);
  });

  test("every status is an answer; a body beside 2xx is read only where it is wanted", async () => {
    for (const status of [200, 302, 401, 404, 408, 500, 503]) {
      await using end = await open(() => new Response("why", { status }));
      for (const readsRefusals of [false, true]) {
        const answer = await send(end, { readsRefusals });
        assert(answer.kind === "answer", answer.kind);
        assert.equal(answer.status, status);
        const isRead = status === 200 || readsRefusals;
        assert.equal(new TextDecoder().decode(answer.body), isRead ? "why" : "");
      }
    }
  });

  test("a body that is not wanted at all is not read", async () => {
    await using end = await open(() => new Response("x".repeat(5000)));
    const answer = await send(end, { maxBodyBytes: undefined, readsRefusals: true });
    assert(answer.kind === "answer");
    assert.equal(answer.body.length, 0);
  });

  test("an answer may have as many bytes as allowed and no more", async () => {
    for (const [length, kind] of [[0, "answer"], [1000, "answer"], [1001, "tooLarge"]] as const) {
      await using end = await open(() => new Response(new Uint8Array(length)));
      const answer = await send(end);
      assert.equal(answer.kind, kind);
      if (answer.kind === "answer") assert.equal(answer.body.length, length);
    }
  });

  test("many requests are under way at once, and each gets its own answer", async () => {
    const held: (() => void)[] = [];
    const all = Promise.withResolvers<void>();
    await using end = await open(async ({ body }) => {
      await new Promise<void>((resolve) => {
        if (held.push(resolve) === 40) all.resolve();
      });
      return new Response(body);
    });
    const sent = Array.from({ length: 40 }, (_, i) => send(end, { body: `${i}` }));
    await all.promise;
    // The last one asked is the first one answered.
    for (const answer of held.reverse()) answer();
    for (const [i, answer] of (await Promise.all(sent)).entries()) {
      assert(answer.kind === "answer");
      assert.equal(new TextDecoder().decode(answer.body), `${i}`);
    }
  });

  test("nobody at the other end is a network error, which may be tried again", async () => {
    await using end = await open("nobody");
    const failure = await send(end);
    assert.equal(failure.kind, "network");
    assert(failure.kind !== "network" || !failure.detail.includes("s3"), "the URL is told");
  });

  test("an answer that breaks off is none, and no network error", async () => {
    await using end = await open("breaksOff");
    assert.equal((await send(end)).kind, "cutOff");
  });

  test("whoever gives up gets something soon, before and after the request is sent", async () => {
    await using end = await open("silent");
    const gone = new AbortController();
    const sent = send(end, {}, gone.signal);
    gone.abort();
    assert.notEqual((await sent).kind, "answer");
    assert.notEqual((await send(end, {}, gone.signal)).kind, "answer");
  });
}
