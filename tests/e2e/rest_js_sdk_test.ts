// Every public method of the official JavaScript service client and of its group client, unmodified.
import assert from "node:assert/strict";
import { AzureKeyCredential, odata, WebPubSubServiceClient } from "@azure/web-pubsub";
import { type HubbubServer, startServer } from "../../src/server.ts";
import { QUIET } from "../support/fixture.ts";
import { RawClient } from "../support/raw_client.ts";
import { rest } from "../support/rest_client.ts";
import { type JsonClient, jsonClient, nextData } from "../rest/clients.ts";

const TEXT = { contentType: "text/plain" } as const;

function serviceFor(server: HubbubServer): WebPubSubServiceClient {
  return new WebPubSubServiceClient(server.connectionString, "chat", {
    allowInsecureConnection: true,
  });
}

async function code(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
    return undefined;
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
}

async function told({ ws }: JsonClient): Promise<unknown> {
  const { event, message } = await ws.json();
  assert.equal(event, "disconnected");
  return message;
}

Deno.test("JS: sendToAll, sendToUser and sendToConnection take text, JSON and bytes", async () => {
  await using server = await startServer(QUIET);
  const service = serviceFor(server);
  using ann = await jsonClient(server, "chat", { userId: "ann/ü?" });
  const sends = [
    (message: object, options?: object) => service.sendToAll(message, options),
    (message: object, options?: object) => service.sendToUser("ann/ü?", message, options),
    (message: object, options?: object) => service.sendToConnection(ann.id, message, options),
  ];
  for (const send of sends) {
    await send({ n: [1, null] }, { messageTtlSeconds: 300 });
    assert.deepEqual(await nextData(ann), { n: [1, null] });
    await send(new Uint8Array([1, 2]).buffer);
    assert.equal(await nextData(ann), "AQI=");
  }
  await service.sendToAll("hi", TEXT);
  await service.sendToUser("ann/ü?", "hi", TEXT);
  await service.sendToConnection(ann.id, "hi", TEXT);
  for (const _ of sends) assert.equal(await nextData(ann), "hi");
  await service.sendToAll("json");
  assert.equal(await nextData(ann), "json");
});

Deno.test("JS: excluded connections and filters made by odata choose the receivers", async () => {
  await using server = await startServer(QUIET);
  const service = serviceFor(server);
  const group = service.group("g");
  using ann = await jsonClient(server, "chat", { userId: "O'Hara", groups: ["g"] });
  using bob = await jsonClient(server, "chat", { groups: ["g"] });
  const excludedConnections = [bob.id, "nobody"];
  const filter = odata`userId eq ${"O'Hara"}`;
  await service.sendToAll("1", { ...TEXT, excludedConnections });
  await service.sendToAll("2", { ...TEXT, filter });
  await service.sendToUser("O'Hara", "3", { ...TEXT, filter });
  await service.sendToUser("O'Hara", "no", { ...TEXT, filter: odata`userId eq ${null}` });
  await group.sendToAll("4", { ...TEXT, excludedConnections, messageTtlSeconds: 5 });
  await group.sendToAll({ n: 5 }, { filter });
  await group.sendToAll(new Uint8Array([6]).buffer, { filter: odata`${"g"} in groups` });
  for (const expected of ["1", "2", "3", "4", { n: 5 }, "Bg=="]) {
    assert.deepEqual(await nextData(ann), expected);
  }
  assert.equal(await nextData(bob), "Bg==");
  // The SDK does not parse problem+json: it hands over the whole body as the message.
  await assert.rejects(
    () => service.sendToAll("x", { ...TEXT, filter: "(" }),
    ({ message }: Error) => JSON.parse(message).code === "Error.BadRequest",
  );
  assert.equal(
    await code(service.sendToAll("x", { ...TEXT, messageTtlSeconds: 301 })),
    "Error.BadRequest",
  );
});

Deno.test("JS: existence of connections, groups and users", async () => {
  await using server = await startServer(QUIET);
  const service = serviceFor(server);
  using ann = await jsonClient(server, "chat", { userId: "a b/c", groups: ["%2F+ü"] });
  for (
    const [there, absent] of [
      [await service.connectionExists(ann.id), await service.connectionExists("nobody")],
      [await service.userExists("a b/c"), await service.userExists("a b")],
      [await service.groupExists("%2F+ü"), await service.groupExists("/+ü")],
    ]
  ) {
    assert.deepEqual([there, absent], [true, false]);
  }
});

Deno.test("JS: closing one, a user's, a group's, and all connections, with and without a reason", async () => {
  await using server = await startServer(QUIET);
  const service = serviceFor(server);
  const connect = () => jsonClient(server, "chat", { userId: "u", groups: ["g"] });
  const plain = "Application server closed the connection.";
  for (
    const close of [
      (options: { reason?: string }, { id }: JsonClient) => service.closeConnection(id, options),
      (options: { reason?: string }) => service.closeUserConnections("u", options),
      (options: { reason?: string }) => service.group("g").closeAllConnections(options),
      (options: { reason?: string }) => service.closeAllConnections(options),
    ]
  ) {
    using first = await connect();
    await close({}, first);
    assert.equal(await told(first), plain);
    using second = await connect();
    await close({ reason: "späti & co" }, second);
    assert.equal(await told(second), `${plain} Reason: späti & co`);
    await close({}, second);
  }
});

Deno.test("JS: group membership of connections and users, one by one and in bulk", async () => {
  await using server = await startServer(QUIET);
  const service = serviceFor(server);
  const group = service.group("g/1");
  using ann = await jsonClient(server, "chat", { userId: "ann" });
  await group.addConnection(ann.id);
  assert.equal(await service.groupExists("g/1"), true);
  await group.removeConnection(ann.id);
  assert.equal(await service.groupExists("g/1"), false);
  await group.addUser("ann");
  await group.removeUser("ann");
  assert.equal(await service.groupExists("g/1"), false);
  assert.equal(await code(group.addConnection("nobody")), "Error.Connection.NotExisted");
  assert.equal(await code(group.addUser("nobody")), "Warning.User.NotExisted");
  await group.removeConnection("nobody");
  await group.removeUser("nobody");

  await service.addConnectionsToGroups(["a", "b"], odata`userId eq ${"ann"}`);
  assert.deepEqual([await service.groupExists("a"), await service.groupExists("b")], [true, true]);
  await service.removeConnectionsFromGroups(["a"], "'b' in groups");
  assert.deepEqual([await service.groupExists("a"), await service.groupExists("b")], [false, true]);
  await service.removeConnectionFromAllGroups(ann.id);
  assert.equal(await service.groupExists("b"), false);
  await group.addUser("ann");
  await service.removeUserFromAllGroups("ann");
  assert.equal(await service.groupExists("g/1"), false);
});

Deno.test("JS: permissions are granted, asked for and revoked", async () => {
  await using server = await startServer(QUIET);
  const service = serviceFor(server);
  using ann = await jsonClient(server, "chat");
  for (const permission of ["sendToGroup", "joinLeaveGroup"] as const) {
    const targetName = "g 1";
    assert.equal(await service.hasPermission(ann.id, permission, { targetName }), false);
    await service.grantPermission(ann.id, permission, { targetName });
    assert.equal(await service.hasPermission(ann.id, permission, { targetName }), true);
    await service.revokePermission(ann.id, permission, { targetName });
    assert.equal(await service.hasPermission(ann.id, permission, { targetName }), false);
    assert.equal(await code(service.grantPermission(ann.id, permission)), "Error.BadRequest");
    const absent = service.grantPermission("nobody", permission, { targetName });
    assert.equal(await code(absent), "Info.Connection.NotExisted");
  }
});

Deno.test("JS: listConnections pages, stops at top, and goes on from a continuation token", async () => {
  await using server = await startServer(QUIET);
  const service = serviceFor(server);
  const clients: JsonClient[] = [];
  for (let i = 0; i < 5; i++) {
    clients.push(await jsonClient(server, "chat", { userId: `u${i}`, groups: ["a/b c"] }));
  }
  using _anonymous = await jsonClient(server, "chat", { groups: ["a/b c"] });
  const group = service.group("a/b c");
  const all: string[] = [];
  for await (const { connectionId, userId } of await group.listConnections({ maxPageSize: 2 })) {
    all.push(connectionId);
    const index = clients.findIndex(({ id }) => id === connectionId);
    assert.equal(userId ?? null, index < 0 ? null : `u${index}`);
  }
  assert.equal(all.length, 6);
  assert.deepEqual(all, [...all].sort());
  const sizes: number[] = [];
  const pages = (await group.listConnections({ maxPageSize: 2, top: 5 })).byPage();
  for await (const page of pages) sizes.push(page.length);
  assert.deepEqual(sizes, [2, 2, 1]);
  // The SDK keeps its links to itself, so the link and the token come from the call that it makes.
  const path = "/api/hubs/chat/groups/a%2Fb%20c/connections";
  const { body } = await rest(server, "GET", `${path}?maxpagesize=2`);
  const { nextLink } = JSON.parse(body);
  const behind: string[] = [];
  for await (
    const page of (await group.listConnections()).byPage({ continuationToken: nextLink })
  ) {
    behind.push(...page.map(({ connectionId }) => connectionId));
  }
  assert.deepEqual(behind, all.slice(2));
  const continuationToken = new URL(nextLink).searchParams.get("continuationToken") ?? "";
  const inOptions: string[] = [];
  for await (const { connectionId } of await group.listConnections({ continuationToken })) {
    inOptions.push(connectionId);
  }
  assert.deepEqual(inOptions, all.slice(2));
  for (const client of clients) client[Symbol.dispose]();
});

Deno.test("JS: client access tokens, signed by the SDK, open the hub with user, roles and groups", async () => {
  await using server = await startServer(QUIET);
  const service = new WebPubSubServiceClient(
    server.endpoint,
    new AzureKeyCredential(server.accessKey),
    "Chat",
    { allowInsecureConnection: true },
  );
  const { url, baseUrl, token } = await service.getClientAccessToken({
    userId: "ann",
    roles: ["webpubsub.sendToGroup.g"],
    groups: ["g"],
    expirationTimeInMinutes: 5,
  });
  assert.equal(url, `${baseUrl}?access_token=${token}`);
  using client = await RawClient.open(url, { protocols: ["json.webpubsub.azure.v1"] });
  const { userId, connectionId } = await client.json();
  assert.equal(userId, "ann");
  const id = String(connectionId);
  assert.equal(await service.hasPermission(id, "sendToGroup", { targetName: "g" }), true);
  assert.equal(await service.hasPermission(id, "joinLeaveGroup", { targetName: "g" }), false);
  assert.equal(await service.groupExists("g"), true);
});

Deno.test("JS: a client behind a reverse proxy signs another host than it calls", async () => {
  await using server = await startServer(QUIET);
  const credential = new AzureKeyCredential(server.accessKey);
  const service = new WebPubSubServiceClient("http://push.example.com", credential, "chat", {
    allowInsecureConnection: true,
    reverseProxyEndpoint: server.endpoint,
  });
  using ann = await jsonClient(server, "chat", { groups: ["g"] });
  await service.sendToAll("through", TEXT);
  assert.equal(await nextData(ann), "through");
  const members = await service.group("g").listConnections();
  assert.equal((await members.next()).value?.connectionId, ann.id);
});
