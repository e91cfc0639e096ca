// What a handshake is answered, check by check, on bare sockets.
import assert from "node:assert/strict";
import { startServer } from "../../src/server.ts";
import { QUIET } from "../support/fixture.ts";
import { RawClient } from "../support/raw_client.ts";
import { clientToken, clientUrl, inSeconds, rest, signToken } from "../support/rest_client.ts";

const SECOND_KEY = "another-key-of-more-than-32-bytes-0123";

async function status(url: string, options = {}): Promise<number> {
  using client = await RawClient.open(url, options);
  return client.status;
}

Deno.test("both URL forms lead to the hub, without regard to its case", async () => {
  await using server = await startServer(QUIET);
  const base = server.endpoint.replace(/^http/, "ws");
  const token = clientToken(server, "chat");
  for (
    const path of [
      "/client/hubs/chat",
      "/client/hubs/CHAT",
      "/client/?hub=chat",
      "/client?HUB=Chat",
    ]
  ) {
    const mark = path.includes("?") ? "&" : "?";
    assert.equal(await status(`${base}${path}${mark}access_token=${token}`), 101, path);
  }
});

Deno.test("other paths below /client are 404, plain requests and bad hubs 400", async () => {
  await using server = await startServer(QUIET);
  const base = server.endpoint.replace(/^http/, "ws");
  const token = clientToken(server, "chat");
  assert.equal(await status(`${base}/client/other?access_token=${token}`), 404);
  assert.equal(await status(`${base}/client/hubs/chat/more?access_token=${token}`), 404);
  assert.equal(await status(`${base}/client/hubs/1chat?access_token=${token}`), 400);
  assert.equal(await status(`${base}/client/?hub=&access_token=${token}`), 400);
  assert.equal(await status(`${base}/client/?access_token=${token}`), 400);
  const plain = await fetch(`${server.endpoint}/client/hubs/chat?access_token=${token}`);
  await plain.body?.cancel();
  assert.equal(plain.status, 400);
});

Deno.test("the token comes in the query or the header; a non-empty query value wins", async () => {
  await using server = await startServer(QUIET);
  const bare = server.clientUrl("chat");
  const token = clientToken(server, "chat");
  assert.equal(await status(bare), 401);
  assert.equal(await status(bare, { headers: { Authorization: `Bearer ${token}` } }), 101);
  assert.equal(await status(bare, { headers: { authorization: `bEaReR ${token}` } }), 101);
  const header = { headers: { Authorization: `Bearer ${token}` } };
  assert.equal(await status(`${bare}?access_token=`, header), 101);
  assert.equal(await status(`${bare}?access_token=bad`, header), 401);
  assert.equal(await status(`${bare}?access_token=${token}&access_token=${token}`), 401);
  assert.equal(await status(`${bare}?Access_Token=${token}`), 101);
});

Deno.test("a token of 18 KB fits the query, one that makes the target too long is 414", async () => {
  await using server = await startServer(QUIET);
  const ofLength = (length: number) =>
    clientUrl(server, "chat", { sub: "ann", pad: "x".repeat(length * 3 / 4) });
  assert.equal(await status(ofLength(18 * 1024)), 101);
  assert.equal(await status(ofLength(48 * 1024)), 414);
});

Deno.test("both access keys open the door, no other does", async () => {
  const accessKeys = { primary: "primary-key-of-more-than-32-bytes-01", secondary: SECOND_KEY };
  await using server = await startServer({ ...QUIET, accessKeys });
  const claims = { aud: server.clientUrl("chat"), exp: inSeconds(60) };
  const attempt = (key: string) =>
    status(`${server.clientUrl("chat")}?access_token=${signToken(claims, key)}`);
  assert.equal(await attempt(accessKeys.primary), 101);
  assert.equal(await attempt(SECOND_KEY), 101);
  assert.equal(await attempt("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEFGH"), 401);
});

Deno.test("expired, early, foreign and REST tokens are 401, with five minutes of skew", async () => {
  await using server = await startServer(QUIET);
  const attempt = (claims: Record<string, unknown>) => status(clientUrl(server, "chat", claims));
  assert.equal(await attempt({ exp: inSeconds(-290) }), 101);
  assert.equal(await attempt({ exp: inSeconds(-310) }), 401);
  assert.equal(await attempt({ nbf: inSeconds(290) }), 101);
  assert.equal(await attempt({ nbf: inSeconds(310) }), 401);
  assert.equal(await attempt({ exp: undefined }), 401);
  assert.equal(await attempt({ aud: `${server.endpoint}/client/hubs/chatX` }), 401);
  assert.equal(await attempt({ aud: `${server.endpoint}/client/hubs/other` }), 401);
  assert.equal(await attempt({ aud: `${server.endpoint}/api/hubs/chat` }), 401);
  assert.equal(await attempt({ aud: "https://elsewhere.example/client/hubs/Chat/" }), 101);
});

Deno.test("bad group claims, modes and noEcho values are 400, after the token was judged", async () => {
  await using server = await startServer(QUIET);
  const attempt = (query: string, claims = {}) => status(clientUrl(server, "chat", claims, query));
  assert.equal(await attempt("", { "webpubsub.group": ["ok", " "] }), 400);
  assert.equal(await attempt("&webpubsub_mode=shout"), 400);
  assert.equal(await attempt("&webpubsub_mode=sendToGroup"), 400);
  assert.equal(await attempt("&webpubsub_mode=SENDTOGROUP&group=g&noEcho=perhaps"), 400);
  assert.equal(await attempt("&webpubsub_mode=SENDTOGROUP&group=g&noEcho=TRUE"), 101);
  assert.equal(await attempt("&webpubsub_mode=&group=%20&noEcho=perhaps"), 101);
  assert.equal(
    await status(`${server.clientUrl("chat")}?access_token=bad&webpubsub_mode=shout`),
    401,
  );
});

for (
  const [offer, answer] of [
    [undefined, undefined],
    [["custom"], undefined],
    [["custom", "json.webpubsub.azure.v1"], "json.webpubsub.azure.v1"],
    [
      ["json.reliable.webpubsub.azure.v1", "json.webpubsub.azure.v1"],
      "json.reliable.webpubsub.azure.v1",
    ],
    [["JSON.WebPubSub.Azure.V1"], "JSON.WebPubSub.Azure.V1"],
    [["protobuf.webpubsub.azure.v1"], "protobuf.webpubsub.azure.v1"],
    [["protobuf.reliable.webpubsub.azure.v1"], "protobuf.reliable.webpubsub.azure.v1"],
  ] as const
) {
  Deno.test(`an offer of ${offer?.join(", ") ?? "nothing"} is answered ${answer ?? "without a subprotocol"}`, async () => {
    await using server = await startServer(QUIET);
    using client = await RawClient.open(
      clientUrl(server, "chat"),
      offer === undefined ? {} : { protocols: offer },
    );
    assert.equal(client.status, 101);
    assert.equal(client.headers.get("sec-websocket-protocol"), answer);
  });
}

Deno.test("the connected frame names user and connection; a user id is left out when there is none", async () => {
  await using server = await startServer(QUIET);
  const protocols = ["json.webpubsub.azure.v1"];
  using ann = await RawClient.open(clientUrl(server, "chat", { sub: "ann" }), { protocols });
  const { connectionId, ...rest } = await ann.json();
  assert.match(String(connectionId), /^[0-9a-f]{32}$/);
  assert.deepEqual(rest, { type: "system", event: "connected", userId: "ann" });
  using nobody = await RawClient.open(clientUrl(server, "chat"), { protocols });
  assert.deepEqual(Object.keys(await nobody.json()).sort(), ["connectionId", "event", "type"]);
});

Deno.test("a client is in its groups and under its user before its handshake is answered", async () => {
  await using server = await startServer(QUIET);
  const claims = { sub: "ann", "webpubsub.group": "only" };
  using client = await RawClient.open(clientUrl(server, "chat", claims));
  assert.equal((await rest(server, "HEAD", "/api/hubs/chat/groups/only")).status, 200);
  const sent = await rest(server, "POST", "/api/hubs/chat/groups/only/:send", {
    body: "hi",
    headers: { "content-type": "text/plain" },
  });
  assert.equal(sent.status, 202);
  assert.deepEqual(await client.next(), { kind: "text", text: "hi" });
});

Deno.test("hubs that allow anonymous clients let them in without a token, but never with a bad one", async () => {
  await using server = await startServer({
    ...QUIET,
    hubs: { open: { anonymousConnectPolicy: "allow" } },
  });
  assert.equal(await status(server.clientUrl("open")), 101);
  assert.equal(await status(`${server.clientUrl("open")}?access_token=bad`), 401);
  assert.equal(await status(server.clientUrl("chat")), 401);
});

Deno.test("a close frame is answered with the same code, one without a code without one", async () => {
  await using server = await startServer(QUIET);
  for (const code of [1000, 1001, 4321, undefined]) {
    using client = await RawClient.open(clientUrl(server, "chat"));
    client.close(code);
    const { last } = await client.untilClosed();
    assert.deepEqual(last, { kind: "close", code, reason: "" });
  }
});

Deno.test("a stop sends disconnected and 1001 to everybody, and takes no new clients", async () => {
  const server = await startServer(QUIET);
  const protocols = ["json.webpubsub.azure.v1"];
  using client = await RawClient.open(clientUrl(server, "chat"), { protocols });
  await client.next();
  const closing = server.close();
  const { before, last } = await client.untilClosed();
  client.close(1001);
  await closing;
  assert.deepEqual(before, [{
    kind: "text",
    text: '{"type":"system","event":"disconnected","message":"The service is shutting down."}',
  }]);
  assert.deepEqual(last, { kind: "close", code: 1001, reason: "The service is shutting down." });
  await assert.rejects(fetch(server.healthUrl));
});

Deno.test("a token that names more groups than a connection may be in is refused with 400; twice the same is one", async () => {
  await using server = await startServer({ ...QUIET, limits: { groupsPerConnection: 2 } });
  const groups = (...names: string[]) =>
    status(clientUrl(server, "chat", { "webpubsub.group": names }));
  assert.equal(await groups("a", "b", "a"), 101);
  assert.equal(await groups("a", "b", "c"), 400);
});
