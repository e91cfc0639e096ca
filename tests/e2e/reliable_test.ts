// Reliable JSON clients on bare sockets: identity, numbers, acknowledgements, recovery, and how a connection ends.
import assert from "node:assert/strict";
import { type HubbubServer, startServer } from "../../src/server.ts";
import { QUIET, until } from "../support/fixture.ts";
import { type HandshakeOptions, RawClient } from "../support/raw_client.ts";
import { clientToken, clientUrl, inSeconds, rest } from "../support/rest_client.ts";

const RELIABLE = "json.reliable.webpubsub.azure.v1";
const PLAIN = "json.webpubsub.azure.v1";
const OFFER = { protocols: [RELIABLE] } as const;
const ALL_ROLES = ["webpubsub.joinLeaveGroup", "webpubsub.sendToGroup"];
const REFUSED = { kind: "close", code: 1008, reason: "The connection could not be recovered." };

/** What `connected` told: enough to come back. */
interface Ticket {
  readonly connectionId: string;
  readonly reconnectionToken: string;
}

async function open(
  server: HubbubServer,
  claims: Record<string, unknown> = {},
  hub = "chat",
): Promise<{ client: RawClient; ticket: Ticket }> {
  const client = await RawClient.open(clientUrl(server, hub, claims), OFFER);
  return { client, ticket: await connected(client) };
}

/** Takes the `connected` frame, which has to be next. */
async function connected(client: RawClient): Promise<Ticket> {
  const { type, event, connectionId, reconnectionToken } = await client.json();
  assert.deepEqual([type, event], ["system", "connected"]);
  assert.ok(typeof connectionId === "string" && typeof reconnectionToken === "string");
  return { connectionId, reconnectionToken };
}

function recoveryUrl(server: HubbubServer, ticket: Partial<Ticket>, hub = "chat"): string {
  const { connectionId = "", reconnectionToken } = ticket;
  const token = reconnectionToken === undefined
    ? ""
    : `&awps_reconnection_token=${reconnectionToken}`;
  return `${server.clientUrl(hub)}?awps_connection_id=${connectionId}${token}`;
}

function recover(
  server: HubbubServer,
  ticket: Ticket,
  options: HandshakeOptions = OFFER,
): Promise<RawClient> {
  return RawClient.open(recoveryUrl(server, ticket), options);
}

async function sendText(server: HubbubServer, path: string, text: string): Promise<void> {
  const headers = { "content-type": "text/plain" };
  const { status } = await rest(server, "POST", `/api/hubs/chat${path}/:send`, {
    headers,
    body: text,
  });
  assert.equal(status, 202);
}

async function exists(server: HubbubServer, { connectionId }: Ticket): Promise<boolean> {
  const { status } = await rest(server, "HEAD", `/api/hubs/chat/connections/${connectionId}`);
  return status === 200;
}

/** Texts and sequence ids of the next `count` messages. */
async function messages(client: RawClient, count: number): Promise<unknown[]> {
  const list: unknown[] = [];
  for (let i = 0; i < count; i++) {
    const { type, data, sequenceId } = await client.json();
    assert.equal(type, "message");
    list.push([sequenceId, data]);
  }
  return list;
}

function join(client: RawClient, group: string, ackId: number): void {
  client.send(JSON.stringify({ type: "joinGroup", group, ackId }));
}

/** Everything sent before was carried out when this returns. */
async function settle(client: RawClient): Promise<void> {
  client.send('{"type":"ping"}');
  assert.deepEqual(await client.json(), { type: "pong" });
}

async function assertRefused(url: string, options: HandshakeOptions = OFFER): Promise<void> {
  using client = await RawClient.open(url, options);
  assert.equal(client.status, 101);
  assert.equal(client.headers.get("sec-websocket-protocol"), options.protocols?.[0]);
  assert.deepEqual(await client.next(), REFUSED);
}

Deno.test("reliable: only messages are numbered, from 1 and without gaps; acks, pongs and system frames are not", async () => {
  await using server = await startServer(QUIET);
  const { client, ticket } = await open(server, { sub: "ann", role: ALL_ROLES });
  using _ = client;
  assert.ok(ticket.reconnectionToken.length > 0);
  join(client, "g", 1);
  assert.deepEqual(await client.json(), { type: "ack", ackId: 1, success: true });
  client.send('{"type":"sendToGroup","group":"g","dataType":"text","data":"a","ackId":2}');
  assert.deepEqual(await messages(client, 1), [[1, "a"]]);
  assert.deepEqual(await client.json(), { type: "ack", ackId: 2, success: true });
  await settle(client);
  client.send('{"type":"sendToGroup","group":"g","dataType":"text","data":"b","noEcho":true}');
  await settle(client);
  await sendText(server, "/users/ann", "c");
  await sendText(server, "", "d");
  assert.deepEqual(await messages(client, 2), [[2, "c"], [3, "d"]]);
});

Deno.test("reliable: a plain client has neither a reconnection token nor sequence ids", async () => {
  await using server = await startServer(QUIET);
  using client = await RawClient.open(clientUrl(server, "chat"), { protocols: [PLAIN] });
  assert.equal("reconnectionToken" in await client.json(), false);
  await sendText(server, "", "a");
  assert.equal("sequenceId" in await client.json(), false);
  client.send('{"type":"sequenceAck","sequenceId":7}');
  await settle(client);
});

Deno.test("reliable: recovery sends connected first, then all that is unacknowledged as it was, then what is new", async () => {
  await using server = await startServer(QUIET);
  const { client, ticket } = await open(server, { sub: "ann" });
  using _ = client;
  for (const text of ["a", "b", "c"]) await sendText(server, "", text);
  const before = [await client.text(), await client.text(), await client.text()];
  client.send('{"type":"sequenceAck","sequenceId":1}');
  await settle(client);
  client.drop();
  await sendText(server, "/users/ann", "d");

  using back = await recover(server, ticket);
  assert.equal(back.headers.get("sec-websocket-protocol"), RELIABLE);
  const hello = await back.json();
  assert.equal(hello["event"], "connected");
  assert.equal(hello["connectionId"], ticket.connectionId);
  assert.equal(hello["userId"], "ann");
  assert.deepEqual([await back.text(), await back.text()], before.slice(1));
  await sendText(server, "", "e");
  assert.deepEqual(await messages(back, 2), [[4, "d"], [5, "e"]]);
});

Deno.test("reliable: acknowledgements are cumulative; lower ones do nothing, those beyond the last release all", async () => {
  await using server = await startServer(QUIET);
  const { client, ticket } = await open(server);
  using _ = client;
  for (const text of ["a", "b", "c", "d"]) await sendText(server, "", text);
  await messages(client, 4);
  for (const sequenceId of [2, 0, 1]) {
    client.send(JSON.stringify({ type: "sequenceAck", sequenceId }));
  }
  await settle(client);
  using second = await recover(server, ticket);
  await connected(second);
  assert.deepEqual(await messages(second, 2), [[3, "c"], [4, "d"]]);
  second.send('{"type":"sequenceAck","sequenceId":18446744073709551615}');
  await settle(second);
  using third = await recover(server, ticket);
  await connected(third);
  await sendText(server, "", "e");
  assert.deepEqual(await messages(third, 1), [[5, "e"]]);
});

Deno.test("reliable: a token is good for any number of recoveries, and so is each new one", async () => {
  await using server = await startServer(QUIET);
  const { client, ticket } = await open(server);
  client.drop();
  const tickets = [ticket];
  for (let i = 0; i < 3; i++) {
    for (const known of [...tickets]) {
      using back = await recover(server, known);
      tickets.push(await connected(back));
    }
  }
});

Deno.test("reliable: a refused recovery is 101 and a close with 1008, and touches nobody", async () => {
  await using server = await startServer(QUIET);
  const ann = await open(server, { sub: "ann" });
  const bob = await open(server);
  const other = await open(server, {}, "other");
  using plain = await RawClient.open(clientUrl(server, "chat"), { protocols: [PLAIN] });
  const { connectionId: plainId } = await plain.json();
  const { connectionId, reconnectionToken } = ann.ticket;
  const flipped = reconnectionToken.endsWith("A") ? "B" : "A";
  const attempts: [string, Partial<Ticket>][] = [
    ["unknown id", { connectionId: "0".repeat(32), reconnectionToken }],
    ["no token", { connectionId }],
    ["empty token", { connectionId, reconnectionToken: "" }],
    ["wrong token", { connectionId, reconnectionToken: reconnectionToken.slice(0, -2) + flipped }],
    ["no token at all", { connectionId, reconnectionToken: "x.y" }],
    ["another's token", { connectionId, reconnectionToken: bob.ticket.reconnectionToken }],
    ["another's id", { connectionId: bob.ticket.connectionId, reconnectionToken }],
    ["another hub's id", other.ticket],
    ["an id that is not reliable", { connectionId: String(plainId), reconnectionToken }],
  ];
  for (const [name, ticket] of attempts) {
    await assertRefused(recoveryUrl(server, ticket)).catch((error) => {
      throw new Error(name, { cause: error });
    });
  }
  // On another hub the same pair opens nothing, and no HTTP status ever says so.
  await assertRefused(recoveryUrl(server, ann.ticket, "other"));
  await assertRefused(recoveryUrl(server, { connectionId: "nobody" }), { protocols: [PLAIN] });
  await assertRefused(recoveryUrl(server, { connectionId: "nobody" }), {});

  await sendText(server, "", "still here");
  assert.deepEqual(await messages(ann.client, 1), [[1, "still here"]]);
  assert.equal((await plain.json())["data"], "still here");
  ann.client.drop();
  using back = await recover(server, ann.ticket);
  await connected(back);
  for (const { client } of [bob, other]) client.drop();
});

Deno.test("reliable: a recovery speaks the original subprotocol and names it only if it was offered", async () => {
  await using server = await startServer(QUIET);
  const { client, ticket } = await open(server);
  client.drop();
  const offers: [string[] | undefined, string | undefined][] = [
    [[PLAIN, RELIABLE], RELIABLE],
    [["x", RELIABLE.toUpperCase()], RELIABLE.toUpperCase()],
    [["protobuf.reliable.webpubsub.azure.v1"], undefined],
    [undefined, undefined],
  ];
  for (const [protocols, answer] of offers) {
    using back = await recover(server, ticket, protocols === undefined ? {} : { protocols });
    assert.equal(back.headers.get("sec-websocket-protocol"), answer);
    assert.equal((await connected(back)).connectionId, ticket.connectionId);
  }
});

Deno.test("reliable: a recovery looks at no access token, mode or letter case of the hub", async () => {
  await using server = await startServer(QUIET);
  const { client, ticket } = await open(server);
  client.drop();
  const expired = clientToken(server, "chat", { exp: inSeconds(-3600) });
  for (const query of [`&access_token=${expired}`, "&access_token=x", "&webpubsub_mode=x"]) {
    using back = await RawClient.open(recoveryUrl(server, ticket, "CHAT") + query, OFFER);
    await connected(back);
  }
});

Deno.test("reliable: a takeover ends the old socket, never with 1008, and moves all that follows to the new one", async () => {
  await using server = await startServer(QUIET);
  const { client: old, ticket } = await open(server, { role: ALL_ROLES });
  using _ = old;
  await sendText(server, "", "a");
  assert.deepEqual(await messages(old, 1), [[1, "a"]]);
  using back = await recover(server, ticket);
  await connected(back);
  old.send('{"type":"joinGroup","group":"late"}');
  await sendText(server, "", "b");
  assert.deepEqual(await messages(back, 2), [[1, "a"], [2, "b"]]);
  const { before, last } = await old.untilClosed();
  assert.deepEqual(before, []);
  if (last.kind === "close") assert.equal(last.code, 1001);
  await settle(back);
  assert.equal((await rest(server, "HEAD", "/api/hubs/chat/groups/late")).status, 404);
});

Deno.test("reliable: of two recoveries the later one wins", async () => {
  await using server = await startServer(QUIET);
  const { client, ticket } = await open(server);
  using _ = client;
  using first = await recover(server, ticket);
  await connected(first);
  using second = await recover(server, ticket);
  await connected(second);
  assert.notEqual((await first.untilClosed()).last.kind, "text");
  await sendText(server, "", "a");
  assert.deepEqual(await messages(second, 1), [[1, "a"]]);
});

Deno.test("reliable: a close with 1000 is the end", async () => {
  await using server = await startServer(QUIET);
  const { client, ticket } = await open(server);
  client.close(1000, "bye");
  assert.deepEqual(await client.next(), { kind: "close", code: 1000, reason: "bye" });
  client.drop();
  await until(async () => !(await exists(server, ticket)));
  await assertRefused(recoveryUrl(server, ticket));
});

for (const code of [undefined, 1001, 1011, 3000, 4999]) {
  Deno.test(`reliable: a close ${code === undefined ? "without code" : `with ${code}`} is answered alike and leaves the client away`, async () => {
    await using server = await startServer(QUIET);
    const { client, ticket } = await open(server, { "webpubsub.group": ["g"] });
    client.close(code);
    assert.deepEqual(await client.next(), { kind: "close", code, reason: "" });
    client.drop();
    await sendText(server, "/groups/g", "meanwhile");
    using back = await recover(server, ticket);
    await connected(back);
    assert.deepEqual(await messages(back, 1), [[1, "meanwhile"]]);
  });
}

Deno.test("reliable: who is away exists, with user and groups, and REST may change its groups and permissions", async () => {
  await using server = await startServer(QUIET);
  const { client, ticket } = await open(server, { sub: "ann", "webpubsub.group": ["old"] });
  client.close();
  await client.untilClosed();
  client.drop();
  const id = ticket.connectionId;
  for (const path of [`connections/${id}`, "users/ann", "groups/old"]) {
    assert.equal((await rest(server, "HEAD", `/api/hubs/chat/${path}`)).status, 200, path);
  }
  await rest(server, "PUT", `/api/hubs/chat/groups/new/connections/${id}`);
  await rest(server, "DELETE", `/api/hubs/chat/groups/old/connections/${id}`);
  const permission = `/api/hubs/chat/permissions/sendToGroup/connections/${id}?targetName=new`;
  assert.equal((await rest(server, "PUT", permission)).status, 200);
  await sendText(server, "/groups/old", "no");
  await sendText(server, "/groups/new", "yes");
  using back = await recover(server, ticket);
  await connected(back);
  assert.deepEqual(await messages(back, 1), [[1, "yes"]]);
  back.send('{"type":"sendToGroup","group":"new","dataType":"text","data":"mine","ackId":1}');
  assert.deepEqual(await messages(back, 1), [[2, "mine"]]);
  assert.deepEqual(await back.json(), { type: "ack", ackId: 1, success: true });
});

for (
  const [what, method, path] of [
    ["connection", "DELETE", "/connections/{id}"],
    ["user", "POST", "/users/ann/:closeConnections"],
    ["group", "POST", "/groups/g/:closeConnections"],
    ["hub", "POST", "/:closeConnections"],
  ] as const
) {
  Deno.test(`reliable: closing the ${what} by REST ends who is away, and who is not with 1000`, async () => {
    await using server = await startServer(QUIET);
    const claims = { sub: "ann", "webpubsub.group": ["g"] };
    const { client, ticket } = await open(server, claims);
    const near = await open(server, claims);
    using _ = near.client;
    client.close();
    await client.untilClosed();
    client.drop();
    for (const { connectionId } of [ticket, near.ticket]) {
      const target = `/api/hubs/chat${path.replace("{id}", connectionId)}`;
      assert.equal((await rest(server, method, target)).status, 204);
    }
    assert.equal(await exists(server, ticket), false);
    assert.equal(await exists(server, near.ticket), false);
    const { before, last } = await near.client.untilClosed();
    assert.equal(before.length, 1);
    assert.deepEqual(last, { kind: "close", code: 1000, reason: "" });
    await assertRefused(recoveryUrl(server, ticket));
    await assertRefused(recoveryUrl(server, near.ticket));
  });
}

Deno.test("reliable: groups, roles and remembered ackIds survive a recovery; lost acks are not sent again", async () => {
  await using server = await startServer(QUIET);
  const { client, ticket } = await open(server, { sub: "ann", role: ALL_ROLES });
  join(client, "g", 1);
  await client.json();
  client.drop();
  using back = await recover(server, ticket);
  await connected(back);
  back.send('{"type":"sendToGroup","group":"g","dataType":"text","data":"x","ackId":1}');
  assert.deepEqual(await back.json(), {
    type: "ack",
    ackId: 1,
    success: false,
    error: { name: "Duplicate", message: "Message with ack-id: 1 has been processed" },
  });
  back.send('{"type":"sendToGroup","group":"g","dataType":"text","data":"x","ackId":2}');
  assert.deepEqual(await messages(back, 1), [[1, "x"]]);
});

Deno.test("reliable: who stays away longer than the window is gone", async () => {
  await using server = await startServer({ ...QUIET, recoveryWindowSeconds: 1 });
  const { client, ticket } = await open(server);
  client.drop();
  await until(async () => !(await exists(server, ticket)));
  await assertRefused(recoveryUrl(server, ticket));
});
