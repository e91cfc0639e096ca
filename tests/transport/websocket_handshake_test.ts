import assert from "node:assert/strict";
import {
  acceptOf,
  plainAnswer,
  switchingProtocols,
} from "../../src/transport/websocket_handshake.ts";

const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

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
  assert.match(
    text(plainAnswer(426, "", { "Upgrade": "websocket", "Connection": "Upgrade" })),
    /\r\nConnection: close, Upgrade\r\nUpgrade: websocket\r\n\r\n$/,
  );
  assert.match(text(plainAnswer(418, "")), /^HTTP\/1\.1 418 \r\n/);
  assert.throws(() => plainAnswer(400, "", { X: "a\r\nY: b" }), /not valid/);
});
