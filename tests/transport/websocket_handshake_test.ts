import assert from "node:assert/strict";
import { acceptOf, switchingProtocols } from "../../src/transport/websocket_handshake.ts";

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
