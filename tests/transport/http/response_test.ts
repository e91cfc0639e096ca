import assert from "node:assert/strict";
import {
  HttpDate,
  type HttpResponse,
  plainText,
  responseBytes,
  type ResponseSetting,
} from "../../../src/transport/http/response.ts";

const DATE = "Tue, 24 Nov 2026 09:30:00 GMT";

function text(response: Partial<HttpResponse>, setting: Partial<ResponseSetting> = {}): string {
  const bytes = responseBytes(
    { status: 200, headers: {}, body: undefined, ...response },
    { method: "GET", connection: undefined, date: DATE, ...setting },
  );
  return new TextDecoder("latin1").decode(bytes).replace(`date: ${DATE}\r\n`, "");
}

Deno.test("an answer has its headers, the length of its body in bytes, and its date", () => {
  const response = { status: 200, headers: { "x-a": "b" }, body: "ü" };
  const setting = { method: "GET", connection: undefined, date: DATE };
  assert.equal(
    new TextDecoder().decode(responseBytes(response, setting)),
    `HTTP/1.1 200 OK\r\nx-a: b\r\ncontent-length: 2\r\ndate: ${DATE}\r\n\r\nü`,
  );
  assert.equal(
    text({ body: new Uint8Array([0x61]) }),
    "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\na",
  );
});

Deno.test("HEAD gets the length without the body, 204 neither", () => {
  assert.equal(
    text({ body: "ab" }, { method: "HEAD" }),
    "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n",
  );
  assert.equal(text({ status: 204, body: "ab" }), "HTTP/1.1 204 No Content\r\n\r\n");
  assert.equal(text({ status: 202 }), "HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n");
});

Deno.test("the connection says whether it stays, beside what the answer says of it", () => {
  assert.match(text({}, { connection: "close" }), /\r\nconnection: close\r\n/);
  assert.match(
    text({ headers: { Connection: "Upgrade" } }, { connection: "close" }),
    /\r\nconnection: close, Upgrade\r\n/,
  );
  assert.match(text({ headers: { connection: "Upgrade" } }), /\r\nconnection: Upgrade\r\n/);
});

Deno.test("no header can put another one into the answer", () => {
  for (const value of ["a\r\nb: c", "a\nb", "a\0", "a\x7f", "ā"]) {
    assert.throws(() => text({ headers: { a: value } }), /not valid/);
  }
  for (const name of ["", "a b", "a:", "a\r\n", "é"]) {
    assert.throws(() => text({ headers: { [name]: "a" } }), /not valid/);
  }
  assert.match(text({ headers: { a: "b\tc é" } }), /\r\na: b\tc é\r\n/);
});

Deno.test("an unusual status goes without a phrase", () => {
  assert.match(text({ status: 418 }), /^HTTP\/1\.1 418 \r\n/);
});

Deno.test("a refusal is a plain text", () => {
  assert.deepEqual(plainText(401, "No.", { "www-authenticate": "Bearer" }), {
    status: 401,
    headers: { "content-type": "text/plain;charset=UTF-8", "www-authenticate": "Bearer" },
    body: "No.",
  });
});

Deno.test("the date is that of the second", () => {
  const date = new HttpDate();
  const noon = Date.UTC(2026, 10, 24, 12);
  assert.equal(date.at(noon), "Tue, 24 Nov 2026 12:00:00 GMT");
  assert.equal(date.at(noon + 999), "Tue, 24 Nov 2026 12:00:00 GMT");
  assert.equal(date.at(noon + 1000), "Tue, 24 Nov 2026 12:00:01 GMT");
  assert.equal(date.at(noon), "Tue, 24 Nov 2026 12:00:00 GMT");
});
