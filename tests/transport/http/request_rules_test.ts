// What the lines of a head mean together, judged without a socket.
import assert from "node:assert/strict";
import { MAX_TARGET_BYTES } from "../../../src/limits.ts";
import { RequestHeadReader } from "../../../src/transport/http/request_head.ts";
import {
  isAuthority,
  judgeRequest,
  type RequestFacts,
} from "../../../src/transport/http/request_rules.ts";

function judge(line: string, ...headers: string[]) {
  const text = [line, ...headers, "", ""].join("\r\n");
  const head = new RequestHeadReader().push(new TextEncoder().encode(text));
  assert(head?.kind === "head", text);
  return judgeRequest(head);
}

function factsOf(line: string, ...headers: string[]): RequestFacts {
  const facts = judge(line, ...headers);
  assert(facts.kind === "request", JSON.stringify(facts));
  return facts;
}

function flawOf(line: string, ...headers: string[]): string | undefined {
  const verdict = judge(line, ...headers);
  return verdict.kind === "refused" ? verdict.flaw : undefined;
}

const HOST = "Host: a";

Deno.test("a plain request has no body and keeps its connection", () => {
  assert.deepEqual(factsOf("GET /a?b HTTP/1.1", "Host: a:1"), {
    kind: "request",
    target: "/a?b",
    host: "a:1",
    framing: 0,
    expectsContinue: false,
    keepAlive: true,
  });
});

Deno.test("the body ends by its length or with its last chunk, and never by both", () => {
  assert.equal(factsOf("POST / HTTP/1.1", HOST, "Content-Length: 0012").framing, 12);
  assert.equal(
    factsOf("POST / HTTP/1.1", HOST, "Transfer-Encoding: \tChunked ").framing,
    "chunked",
  );
  const both = ["Content-Length: 1", "Transfer-Encoding: chunked"];
  assert.equal(flawOf("POST / HTTP/1.1", HOST, ...both), "lengthAndEncoding");
  assert.equal(flawOf("POST / HTTP/1.1", HOST, ...both.toReversed()), "lengthAndEncoding");
});

Deno.test("a length is digits and nothing else", () => {
  for (const length of ["", "+1", "-1", "1 1", "1,1", "0x1", "1.0", "1e3", "9".repeat(16)]) {
    assert.equal(flawOf("POST / HTTP/1.1", HOST, `Content-Length: ${length}`), "length", length);
  }
});

Deno.test("the only transfer coding is chunked: others are not implemented where the end is known, else bad", () => {
  for (
    const [coding, flaw] of [
      ["gzip, chunked", "unknownCoding"],
      ["gzip", "transferEncoding"],
      ["chunked, identity", "transferEncoding"],
      ["chunked, chunked", "transferEncoding"],
      ["chunked,", "transferEncoding"],
      [",chunked", "transferEncoding"],
      ["", "transferEncoding"],
      ["xchunked", "transferEncoding"],
      ["chunked;q=1", "transferEncoding"],
    ] as const
  ) {
    assert.equal(flawOf("POST / HTTP/1.1", HOST, `Transfer-Encoding: ${coding}`), flaw, coding);
  }
  assert.equal(
    flawOf("POST / HTTP/1.0", HOST, "Transfer-Encoding: chunked"),
    "transferEncoding",
  );
});

Deno.test("HTTP/1.1 names its host, HTTP/1.0 may", () => {
  assert.equal(flawOf("GET / HTTP/1.1"), "noHost");
  assert.equal(factsOf("GET / HTTP/1.0").host, undefined);
  assert.equal(factsOf("GET / HTTP/1.0", HOST).host, "a");
  for (const good of ["a", "a:", "a:80", "[::1]:80", "ex%20ample", "127.0.0.1", "xn--a_b"]) {
    assert(isAuthority(good), good);
  }
  for (const bad of ["", ":80", "a b", "a/b", "u@a", "a:b", "[::1", "::1", "a,b:1:2", "[g]"]) {
    assert(!isAuthority(bad), bad);
  }
});

Deno.test("a target with an authority counts more than the Host line", () => {
  const { target, host } = factsOf("GET HTTP://b:2?c HTTP/1.1", HOST);
  assert.deepEqual([target, host], ["/?c", "b:2"]);
  assert.equal(factsOf("GET http://b/c/d HTTP/1.1", HOST).target, "/c/d");
  for (const bad of ["a", "http://", "http://u@b/", "ftp://b/", "http:/b", "*"]) {
    assert.equal(flawOf(`GET ${bad} HTTP/1.1`, HOST), "target", bad);
  }
  assert.equal(factsOf("OPTIONS * HTTP/1.1", HOST).target, "*");
  assert.equal(factsOf("CONNECT a:1 HTTP/1.1", HOST).target, "a:1");
  assert.equal(flawOf("CONNECT http://a/ HTTP/1.1", HOST), "target");
});

Deno.test("a target may have as many bytes as the limit says", () => {
  const longest = `/${"a".repeat(MAX_TARGET_BYTES - 1)}`;
  assert.equal(factsOf(`GET ${longest} HTTP/1.1`, HOST).target, longest);
  assert.equal(flawOf(`GET ${longest}a HTTP/1.1`, HOST), "targetTooLong");
});

Deno.test("versions below 1.0 and from 2.0 on are not served, later 1.x are 1.1", () => {
  for (const version of ["HTTP/0.9", "HTTP/2.0", "HTTP/3.0"]) {
    assert.equal(flawOf(`GET / ${version}`, HOST), "version");
  }
  assert.equal(factsOf("GET / HTTP/1.9", HOST).keepAlive, true);
});

Deno.test("the connection stays unless one side says otherwise; HTTP/1.0 has to ask for it", () => {
  const keeps = (line: string, ...headers: string[]) => factsOf(line, HOST, ...headers).keepAlive;
  assert.equal(keeps("GET / HTTP/1.1", "Connection: x, CLOSE"), false);
  assert.equal(keeps("GET / HTTP/1.1", "Connection: x", "Connection: close"), false);
  assert.equal(keeps("GET / HTTP/1.1", "Connection: closed"), true);
  assert.equal(keeps("GET / HTTP/1.0"), false);
  assert.equal(keeps("GET / HTTP/1.0", "Connection: Keep-Alive"), true);
});

Deno.test("100-continue is met where a body follows, ignored in HTTP/1.0; nothing else is met", () => {
  const body = "Content-Length: 1";
  const expects = (line: string, ...headers: string[]) =>
    factsOf(line, HOST, ...headers).expectsContinue;
  assert.equal(expects("POST / HTTP/1.1", body, "Expect: 100-Continue"), true);
  assert.equal(expects("POST / HTTP/1.1", "Expect: 100-continue"), false);
  assert.equal(expects("POST / HTTP/1.0", body, "Expect: 100-continue"), false);
  assert.equal(expects("POST / HTTP/1.0", body, "Expect: x"), false);
  assert.equal(flawOf("POST / HTTP/1.1", HOST, body, "Expect: x"), "expectation");
  assert.equal(
    flawOf("POST / HTTP/1.1", HOST, body, "Expect: 100-continue", "Expect: x"),
    "expectation",
  );
});
