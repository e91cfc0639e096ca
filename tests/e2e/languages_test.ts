// Clients of other languages, on their usual libraries and without an SDK: each joins a group, publishes, receives,
// sends by REST and leaves. The programs are in the folders java, python and go.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { type HubbubServer, startServer } from "../../src/server.ts";
import { jsonClient, nextData } from "../rest/clients.ts";
import { QUIET } from "../support/fixture.ts";
import { peerTest, run } from "../support/peer.ts";
import { clientUrl, inSeconds, signToken } from "../support/rest_client.ts";

const HUB = "chat";
const SEND = `/api/hubs/${HUB}/groups/room/:send`;
const PUT = `/api/hubs/${HUB}/users/ann/groups/room`;

function path(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

function restToken(server: HubbubServer, path: string): string {
  return signToken({ aud: server.endpoint + path, exp: inSeconds(60) }, server.accessKey);
}

/**
 * For what the runtime's own HTTP server answers with 400, whatever the native transport does: a handshake with
 * `Content-Length: 0`, and an offer of HTTP/2 over cleartext (`Upgrade: h2c`).
 */
const BATCHING = { ...QUIET, transport: "batching" } as const;

/** Lets a program talk to a server; ann, in the group too, receives the same as it. */
async function talk(
  command: string,
  args: readonly string[],
  texts: readonly string[],
  options: typeof QUIET | typeof BATCHING = QUIET,
): Promise<void> {
  await using server = await startServer(options);
  using ann = await jsonClient(server, HUB, { userId: "ann", groups: ["room"] });
  const role = ["webpubsub.joinLeaveGroup", "webpubsub.sendToGroup"];
  const output = await run(command, [
    ...args,
    clientUrl(server, HUB, { role }),
    ...[SEND, PUT].flatMap((path) => [server.endpoint + path, restToken(server, path)]),
  ]);
  assert.match(output, /^done$/m);
  for (const text of texts) assert.equal(await nextData(ann), text);
}

const ALL = ["published", "sent", "sent in chunks"];

peerTest("java", "Java's own WebSocket and HTTP clients talk", async () => {
  await talk("java", [path("java/StandardClient.java")], ALL, BATCHING);
});

peerTest("github.com/coder/websocket", "Go's net/http and coder/websocket talk", async () => {
  await talk("go", ["-C", path("go"), "run", "."], ALL);
});

peerTest("aiohttp", "Python's aiohttp talks", async () => {
  await talk("python3", [path("python/aiohttp_client.py")], ALL);
});

peerTest("websockets", "Python's websockets and urllib talk", async () => {
  await talk("python3", [path("python/websockets_client.py")], ["published", "sent"]);
});

peerTest("curl", "curl offers HTTP/2 with each request on one connection", async () => {
  await using server = await startServer(BATCHING);
  using ann = await jsonClient(server, HUB, { userId: "ann", groups: ["room"] });
  const request = (path: string, ...options: string[]) => [
    ...["--next", "--http2", "--silent", "--show-error", "--max-time", "10"],
    ...["--header", `Authorization: Bearer ${restToken(server, path)}`],
    ...["--header", "Content-Type: text/plain"],
    ...["--write-out", "%{http_code} HTTP/%{http_version}, connects: %{num_connects}\n"],
    ...[...options, server.endpoint + path],
  ];
  const output = await run("curl", [
    ...request(SEND, "--data", "with a length"),
    ...request(SEND, "--data", "in chunks", "--header", "Transfer-Encoding: chunked"),
    ...request(PUT, "--request", "PUT"),
  ]);
  assert.deepEqual(output.trim().split("\n"), [
    "202 HTTP/1.1, connects: 1",
    "202 HTTP/1.1, connects: 0",
    "200 HTTP/1.1, connects: 0",
  ]);
  assert.deepEqual([await nextData(ann), await nextData(ann)], ["with a length", "in chunks"]);
});
