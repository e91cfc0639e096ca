// What makes a request a WebSocket upgrade, judged without a socket.
import assert from "node:assert/strict";
import { type Refusal, refusal } from "../../src/hub/endpoint.ts";
import {
  asksForWebSocket,
  judgeUpgrade,
  type UpgradeRequest,
} from "../../src/transport/upgrade.ts";

const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const HEADERS: Readonly<Record<string, string>> = {
  "Host": "localhost",
  "Upgrade": "websocket",
  "Connection": "Upgrade",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": KEY,
};

type Changes = Readonly<Record<string, string | undefined>>;

/** A handshake with some headers replaced; `undefined` leaves one out. */
function request(changes: Changes = {}): UpgradeRequest {
  const headers = new Headers();
  for (const [name, value] of Object.entries({ ...HEADERS, ...changes })) {
    if (value !== undefined) headers.append(name, value);
  }
  return { method: "GET", version: "HTTP/1.1", headers };
}

function refused(changes: Changes): Refusal {
  const verdict = judgeUpgrade(request(changes));
  assert(verdict.kind === "refused", JSON.stringify(changes));
  return verdict;
}

Deno.test("a right handshake is an upgrade, also where the runtime hides the version of HTTP", () => {
  assert.deepEqual(judgeUpgrade(request()), { kind: "upgrade", key: KEY });
  assert.equal(judgeUpgrade({ ...request(), version: undefined }).kind, "upgrade");
});

Deno.test("upgrade and connection are lists, compared without regard to case", () => {
  for (
    const changes of [
      { Upgrade: "WebSocket" },
      { Upgrade: "h2c, WEBSOCKET" },
      { Upgrade: ",\twebsocket ,," },
      { Connection: "keep-alive, Upgrade" },
      { Connection: "keep-alive ,\tUPGRADE" },
      { "Content-Length": "0" },
    ]
  ) {
    assert.equal(judgeUpgrade(request(changes)).kind, "upgrade", JSON.stringify(changes));
  }
});

for (
  const [changes, message] of [
    [{ Host: undefined }, "A valid Host header is required."],
    [{ Host: "" }, "A valid Host header is required."],
    [{ Host: "one, two" }, "A valid Host header is required."],
    [{ Host: "user@localhost" }, "A valid Host header is required."],
    [{ Upgrade: undefined }, "A WebSocket upgrade is required."],
    [{ Upgrade: "websockets" }, "A WebSocket upgrade is required."],
    [{ Upgrade: "web socket" }, "A WebSocket upgrade is required."],
    [{ Connection: undefined }, "A connection upgrade is required."],
    [{ Connection: "keep-alive" }, "A connection upgrade is required."],
    [{ "Content-Length": "5" }, "A WebSocket handshake has no body."],
    [{ "Transfer-Encoding": "chunked" }, "A WebSocket handshake has no body."],
    [{ "Sec-WebSocket-Key": undefined }, "A WebSocket key of 16 bytes is required."],
    [{ "Sec-WebSocket-Key": "" }, "A WebSocket key of 16 bytes is required."],
    [{ "Sec-WebSocket-Key": "short" }, "A WebSocket key of 16 bytes is required."],
    [{ "Sec-WebSocket-Key": btoa("ab") }, "A WebSocket key of 16 bytes is required."],
    [{ "Sec-WebSocket-Key": btoa("a".repeat(32)) }, "A WebSocket key of 16 bytes is required."],
    [{ "Sec-WebSocket-Key": `${KEY}, ${KEY}` }, "A WebSocket key of 16 bytes is required."],
    [{ "Sec-WebSocket-Key": KEY.replace("Z", "*") }, "A WebSocket key of 16 bytes is required."],
  ] as const
) {
  Deno.test(`a handshake with ${JSON.stringify(changes)} is refused: ${message}`, () => {
    assert.deepEqual(refused(changes), { kind: "refused", status: 400, message, headers: {} });
  });
}

Deno.test("only GET over HTTP/1.1 upgrades", () => {
  for (const method of ["POST", "HEAD", "OPTIONS", "get"]) {
    const verdict = judgeUpgrade({ ...request(), method });
    assert.deepEqual(verdict, refusal(400, "A WebSocket handshake is a GET request."));
  }
  for (const version of ["HTTP/1.0", "HTTP/0.9", "HTTP/2.0"]) {
    const verdict = judgeUpgrade({ ...request(), version });
    assert.deepEqual(verdict, refusal(400, "A WebSocket handshake needs HTTP/1.1."));
  }
});

Deno.test("another version of WebSocket, or none, is refused with 426 and told the right one", () => {
  for (const version of [undefined, "8", "0", "14", "013", "13, 8", ""]) {
    assert.deepEqual(refused({ "Sec-WebSocket-Version": version }), {
      kind: "refused",
      status: 426,
      message: "WebSocket version 13 is required.",
      headers: { "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13" },
    });
  }
});

Deno.test("what asks for a WebSocket is told from what does not", () => {
  assert.equal(asksForWebSocket(request({ "Sec-WebSocket-Key": undefined }).headers), true);
  assert.equal(asksForWebSocket(request({ Upgrade: undefined }).headers), false);
  assert.equal(asksForWebSocket(request({ Upgrade: "h2c" }).headers), false);
});

Deno.test("a refusal for want of a token says which kind is wanted", () => {
  assert.deepEqual(refusal(401, "no").headers, { "WWW-Authenticate": "Bearer" });
  assert.deepEqual(refusal(400, "no").headers, {});
});
