import assert from "node:assert/strict";
import { type RequestHead, RequestHeadReader } from "../../src/transport/request_head.ts";
import {
  acceptOf,
  asksForWebSocket,
  checkUpgrade,
  plainAnswer,
  switchingProtocols,
} from "../../src/transport/websocket_handshake.ts";

const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const HEADERS: Readonly<Record<string, string>> = {
  "Host": "localhost",
  "Upgrade": "websocket",
  "Connection": "Upgrade",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": KEY,
};

/** A handshake with some headers replaced; `undefined` leaves one out. */
function head(
  changes: Readonly<Record<string, string | undefined>> = {},
  line = "GET /client/hubs/chat HTTP/1.1",
): RequestHead {
  const lines = Object.entries({ ...HEADERS, ...changes })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${value}\r\n`);
  const text = `${line}\r\n${lines.join("")}\r\n`;
  const result = new RequestHeadReader().push(new TextEncoder().encode(text));
  assert(result?.kind === "head");
  return result;
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

Deno.test("a right handshake is an upgrade", () => {
  assert.deepEqual(checkUpgrade(head()), { kind: "upgrade", key: KEY });
});

Deno.test("upgrade and connection are lists, compared without regard to case", () => {
  for (
    const changes of [
      { Upgrade: "WebSocket" },
      { Upgrade: "h2c, WEBSOCKET" },
      { Connection: "keep-alive, Upgrade" },
      { Connection: "keep-alive ,\tUPGRADE" },
      { "Content-Length": "0" },
    ]
  ) {
    assert.equal(checkUpgrade(head(changes)).kind, "upgrade", JSON.stringify(changes));
  }
});

Deno.test("an incomplete handshake is refused with 400", () => {
  const wrong: [Readonly<Record<string, string | undefined>>, string][] = [
    [{ Host: undefined }, "A Host header is required."],
    [{ Upgrade: undefined }, "A WebSocket upgrade is required."],
    [{ Upgrade: "websockets" }, "A WebSocket upgrade is required."],
    [{ Upgrade: "web socket" }, "A WebSocket upgrade is required."],
    [{ Connection: undefined }, "A connection upgrade is required."],
    [{ Connection: "keep-alive" }, "A connection upgrade is required."],
    [{ "Sec-WebSocket-Version": undefined }, "A WebSocket version is required."],
    [{ "Sec-WebSocket-Key": undefined }, "A WebSocket key of 16 bytes is required."],
    [{ "Sec-WebSocket-Key": "" }, "A WebSocket key of 16 bytes is required."],
    [{ "Sec-WebSocket-Key": "short" }, "A WebSocket key of 16 bytes is required."],
    [{ "Sec-WebSocket-Key": `A${KEY}` }, "A WebSocket key of 16 bytes is required."],
    [
      { "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25j*Q==" },
      "A WebSocket key of 16 bytes is required.",
    ],
    [{ "Content-Length": "5" }, "A WebSocket handshake has no body."],
    [{ "Transfer-Encoding": "chunked" }, "A WebSocket handshake has no body."],
  ];
  for (const [changes, message] of wrong) {
    assert.deepEqual(checkUpgrade(head(changes)), {
      kind: "refused",
      status: 400,
      message,
      headers: {},
    });
  }
  for (const line of ["POST / HTTP/1.1", "get / HTTP/1.1", "GET / HTTP/1.0"]) {
    assert.equal(checkUpgrade(head({}, line)).kind, "refused", line);
  }
});

Deno.test("another version is refused with 426 and told the right one", () => {
  for (const version of ["8", "0", "14", "013", "13, 8", ""]) {
    assert.deepEqual(checkUpgrade(head({ "Sec-WebSocket-Version": version })), {
      kind: "refused",
      status: 426,
      message: "WebSocket version 13 is required.",
      headers: { "Sec-WebSocket-Version": "13" },
    });
  }
});

Deno.test("what asks for a WebSocket is told from what is passed on", () => {
  assert.equal(asksForWebSocket(head({ "Sec-WebSocket-Key": undefined })), true);
  assert.equal(asksForWebSocket(head({ Upgrade: undefined })), false);
  assert.equal(asksForWebSocket(head({ Upgrade: "h2c" })), false);
});

Deno.test("the 101 answer proves the key and names the subprotocol", () => {
  assert.equal(acceptOf(KEY), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  const bare = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" +
    "Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";
  assert.equal(text(switchingProtocols(KEY, undefined)), `${bare}\r\n`);
  assert.equal(
    text(switchingProtocols(KEY, "json.webpubsub.azure.v1")),
    `${bare}Sec-WebSocket-Protocol: json.webpubsub.azure.v1\r\n\r\n`,
  );
});

Deno.test("no subprotocol can put a header into the answer", () => {
  for (const name of ["a\r\nX: y", "a b", "", "a,b", "é"]) {
    assert.throws(() => switchingProtocols(KEY, name), /is a token/);
  }
});

Deno.test("a refusal is a whole HTTP answer that ends the connection", () => {
  assert.equal(
    text(plainAnswer(401, "Ein Schlüssel fehlt.", { "WWW-Authenticate": "Bearer" })),
    "HTTP/1.1 401 Unauthorized\r\nContent-Type: text/plain;charset=UTF-8\r\n" +
      "Content-Length: 21\r\nConnection: close\r\nWWW-Authenticate: Bearer\r\n\r\nEin Schlüssel fehlt.",
  );
  assert.match(text(plainAnswer(418, "")), /^HTTP\/1\.1 418 \r\n/);
  assert.throws(() => plainAnswer(400, "", { X: "a\r\nY: b" }), /not valid/);
});
