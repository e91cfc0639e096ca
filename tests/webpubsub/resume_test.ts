// What a client gets that comes back, without a transport.
import assert from "node:assert/strict";
import { depart } from "../../src/hub/close.ts";
import type { Parameters } from "../../src/hub/client_target.ts";
import { resume } from "../../src/webpubsub/resume.ts";
import { FakeServer } from "../support/fake_hub.ts";
import { FakeSocket } from "../support/fake_socket.ts";

const REFUSED = 1008;

/** A reliable client, its words to come back with, and what it gets for such words. */
function setup() {
  const server = new FakeServer();
  const { connection } = server.client({ reliable: true, id: "c1" });
  connection.identity.subprotocol = "json.reliable.webpubsub.azure.v1";
  const token = server.hubs.context.reconnectionTokens.issue("c1");
  const words: Parameters = [["awps_connection_id", "c1"], ["awps_reconnection_token", token]];
  const comeBack = (parameters: Parameters, offer = "JSON.Reliable.webpubsub.azure.v1") =>
    resume({
      hub: "chat",
      host: "localhost",
      parameters,
      headers: new Headers({ "Sec-WebSocket-Protocol": offer }),
      whenGone: () => () => {},
    }, server.hubs);
  return { server, connection, words, comeBack };
}

Deno.test("a client that names no connection does not come back; a token alone is no name", () => {
  const { comeBack, words } = setup();
  assert.equal(comeBack([]), undefined);
  assert.equal(comeBack(words.slice(1)), undefined);
  assert.equal(comeBack([["awps_connection_id", ""]]), undefined);
});

Deno.test("a client that comes back gets its connection, and its subprotocol in the spelling of its offer", () => {
  const { connection, comeBack, words } = setup();
  const welcome = comeBack(words);
  assert.equal(welcome?.answer, "JSON.Reliable.webpubsub.azure.v1");
  const socket = new FakeSocket();
  welcome?.start(socket);
  assert(connection.isServedBy(socket));
  const [first] = socket.take() as { event: string; connectionId: string }[];
  assert.deepEqual([first?.event, first?.connectionId], ["connected", "c1"]);
});

Deno.test("a wrong token is no HTTP error: a close with 1008 after the 101", () => {
  const { connection, comeBack, words } = setup();
  const socket = new FakeSocket();
  comeBack([...words, ["awps_reconnection_token", "wrong"]])?.start(socket);
  assert.equal(socket.closeCode, REFUSED);
  assert(!connection.isServedBy(socket));
});

Deno.test("a connection that ended between request and 101 is not woken: 1008", () => {
  const { server, connection, comeBack, words } = setup();
  const welcome = comeBack(words);
  depart(server.hub, connection, "applicationClosed");
  const socket = new FakeSocket();
  welcome?.start(socket);
  assert.equal(socket.closeCode, REFUSED);
  assert.equal(connection.phase, "ended");
});

Deno.test("a client that came back and got no socket leaves its connection as it was", () => {
  const { connection, comeBack, words } = setup();
  comeBack(words)?.missed("notUpgraded");
  assert.equal(connection.phase, "open");
});
