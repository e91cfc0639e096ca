// What a request's body is to those who answer, piece by piece.
import assert from "node:assert/strict";
import { MAX_EARLY_BYTES } from "../../../src/limits.ts";
import { BodyRoom } from "../../../src/transport/http/body_room.ts";
import { Exchange, type HttpBody } from "../../../src/transport/http/exchange.ts";
import { fieldsFor } from "../../../src/transport/http/header_fields.ts";
import { type RequestHead, RequestHeadReader } from "../../../src/transport/http/request_head.ts";
import { judgeRequest } from "../../../src/transport/http/request_rules.ts";

const ROOM = 1_000_000;

function headOf(...lines: string[]): RequestHead {
  const text = [...lines, "", ""].join("\r\n");
  const head = new RequestHeadReader().push(new TextEncoder().encode(text));
  assert(head?.kind === "head");
  return head;
}

function exchange(length: number, bodyWanted = () => {}): Exchange {
  const head = headOf("POST /a HTTP/1.1", "Host: a", `Content-Length: ${length}`);
  const facts = judgeRequest(head);
  assert(facts.kind === "request");
  return new Exchange(head, facts, fieldsFor(head, "a"), new BodyRoom(ROOM), bodyWanted);
}

const text = (body: HttpBody) => typeof body === "string" ? body : new TextDecoder().decode(body);
const bytes = (of: string) => new TextEncoder().encode(of);

Deno.test("a body that is there is given at once, and one that is not when its last byte comes", async () => {
  const there = exchange(5);
  assert.equal(there.push(bytes("helloGET")), 5);
  const body = there.body(10);
  assert(!(body instanceof Promise));
  assert.equal(text(body), "hello");

  let wanted = 0;
  const coming = exchange(5, () => wanted++);
  coming.push(bytes("he"));
  const promised = coming.body(10);
  assert.equal(wanted, 1);
  coming.push(bytes("l"));
  coming.push(bytes("lo"));
  assert.equal(text(await promised), "hello");
});

Deno.test("no body is an empty one", () => {
  const body = exchange(0).body(10);
  assert(body instanceof Uint8Array);
  assert.equal(body.length, 0);
});

Deno.test("a body of the limit is whole, one byte more is too long, before its end is there", async () => {
  for (const [length, said] of [[4, "xxxx"], [5, "tooLong"], [1_000_000, "tooLong"]] as const) {
    const pieces = exchange(length);
    const promised = pieces.body(4);
    for (let i = 0; i < Math.min(length, 5); i++) pieces.push(bytes("x"));
    assert.equal(text(await promised), said);
    const whole = exchange(length);
    whole.push(bytes("x".repeat(Math.min(length, 5))));
    assert.equal(text(await whole.body(4)), said);
  }
});

Deno.test("a body that breaks off is broken, whoever has asked for it when", async () => {
  const early = exchange(5);
  const promised = early.body(10);
  early.break("broken");
  assert.equal(await promised, "broken");
  const late = exchange(5);
  late.push(bytes("he"));
  late.break("broken");
  assert.equal(late.body(10), "broken");
  const whole = exchange(5);
  whole.push(bytes("hello"));
  whole.break("broken");
  assert.equal(text(await whole.body(10)), "hello");
});

Deno.test("memory follows the bytes that came, not the length that was declared", () => {
  const promised = exchange(1_000_000_000);
  promised.push(bytes("abc"));
  promised.push(bytes("def"));
  assert.equal(promised.isFull, false);
  promised.push(new Uint8Array(MAX_EARLY_BYTES));
  assert.equal(promised.isFull, true);
});

Deno.test("a body that came in one piece is read where it came, without a copy", () => {
  const whole = exchange(5);
  const piece = bytes("hello".padEnd(60_000));
  assert.equal(whole.push(piece), 5);
  const body = whole.body(10);
  assert(body instanceof Uint8Array);
  assert.equal(text(body), "hello");
  assert.equal(body.buffer, piece.buffer);
});

Deno.test("headers are read as one value each, and the host is the one that was addressed", () => {
  const head = headOf("GET / HTTP/1.1", "Host: a", "X: 1", "x: 2", "__proto__: 3");
  const fields = fieldsFor(head, "b:1");
  assert.equal(fields.get("host"), "b:1");
  assert.equal(fields.get("x"), "1, 2");
  assert.equal(fields.get("y"), null);
  assert.equal(fields.get("constructor"), null);
  assert.equal(fields.has("__proto__"), true);
  const all = [["host", "b:1"], ["x", "1, 2"], ["__proto__", "3"]];
  assert.deepEqual([...fields], all);
  const seen: string[][] = [];
  fields.forEach((value, name) => seen.push([name, value]));
  assert.deepEqual(seen, all);
  assert.equal(fieldsFor(head, "a").get("host"), "a");
});
