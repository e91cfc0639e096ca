// The official SDKs, unmodified, over real sockets: what a user of the cloud service does on the first day.
import assert from "node:assert/strict";
import { WebPubSubServiceClient } from "@azure/web-pubsub";
import {
  WebPubSubClient,
  type WebPubSubClientProtocol,
  WebPubSubJsonProtocol,
  WebPubSubJsonReliableProtocol,
} from "@azure/web-pubsub-client";
import { type HubbubServer, startServer } from "../../src/server.ts";
import { Inbox, LENIENT, QUIET, until } from "../support/fixture.ts";

const ALL_ROLES = ["webpubsub.joinLeaveGroup", "webpubsub.sendToGroup"];

function serviceFor(server: HubbubServer, hub = "chat"): WebPubSubServiceClient {
  return new WebPubSubServiceClient(server.connectionString, hub, {
    allowInsecureConnection: true,
  });
}

/** A started client of the official SDK, and what it receives. */
async function startClient(
  service: WebPubSubServiceClient,
  options: {
    userId?: string;
    roles?: string[];
    groups?: string[];
    protocol?: WebPubSubClientProtocol;
  } = {},
) {
  const { protocol = WebPubSubJsonProtocol(), ...token } = options;
  const client = new WebPubSubClient({
    getClientAccessUrl: async () => (await service.getClientAccessToken(token)).url,
  }, { protocol, messageRetryOptions: { maxRetries: 0 } });
  const inbox = new Inbox<unknown>();
  client.on(
    "group-message",
    ({ message }) =>
      inbox.add({ group: message.group, type: message.dataType, data: plain(message.data) }),
  );
  client.on(
    "server-message",
    ({ message }) => inbox.add({ type: message.dataType, data: plain(message.data) }),
  );
  await client.start();
  return { client, inbox };
}

function plain(data: unknown): unknown {
  return data instanceof ArrayBuffer ? [...new Uint8Array(data)] : data;
}

for (
  const [name, protocol] of [
    ["json", () => WebPubSubJsonProtocol()],
    ["reliable json", () => WebPubSubJsonReliableProtocol()],
  ] as const
) {
  Deno.test(
    `${name}: the service client reaches all, a group, a user, a connection in text, JSON and binary`,
    LENIENT,
    async () => {
      await using server = await startServer(QUIET);
      const service = serviceFor(server);
      const { client, inbox } = await startClient(service, {
        userId: "ann",
        groups: ["g"],
        protocol: protocol(),
      });
      await service.sendToAll("hello", { contentType: "text/plain" });
      assert.deepEqual(await inbox.next(), { type: "text", data: "hello" });
      await service.sendToAll({ n: 1 });
      assert.deepEqual(await inbox.next(), { type: "json", data: { n: 1 } });
      await service.group("g").sendToAll(new Uint8Array([1, 2, 3]).buffer);
      assert.deepEqual(await inbox.next(), { group: "g", type: "binary", data: [1, 2, 3] });
      await service.sendToUser("ann", "to ann", { contentType: "text/plain" });
      assert.deepEqual(await inbox.next(), { type: "text", data: "to ann" });
      assert.equal(await service.userExists("ann"), true);
      assert.equal(await service.userExists("bob"), false);
      assert.equal(await service.groupExists("g"), true);
      client.stop();
    },
  );

  Deno.test(
    `${name}: clients join, publish with and without echo, leave, and are refused by role`,
    LENIENT,
    async () => {
      await using server = await startServer(QUIET);
      const service = serviceFor(server);
      const ann = await startClient(service, {
        userId: "ann",
        roles: ALL_ROLES,
        protocol: protocol(),
      });
      const bob = await startClient(service, { roles: [ALL_ROLES[0] ?? ""], protocol: protocol() });
      await ann.client.joinGroup("room");
      await bob.client.joinGroup("room");
      await ann.client.sendToGroup("room", "one", "text");
      assert.deepEqual(await ann.inbox.next(), { group: "room", type: "text", data: "one" });
      assert.deepEqual(await bob.inbox.next(), { group: "room", type: "text", data: "one" });
      await ann.client.sendToGroup("room", { n: 2 }, "json", { noEcho: true });
      await ann.client.sendToGroup("room", new Uint8Array([3]).buffer, "binary", {
        fireAndForget: true,
      });
      assert.deepEqual(await bob.inbox.next(), { group: "room", type: "json", data: { n: 2 } });
      assert.deepEqual(await bob.inbox.next(), { group: "room", type: "binary", data: [3] });
      assert.deepEqual(await ann.inbox.next(), { group: "room", type: "binary", data: [3] });

      await assert.rejects(
        bob.client.sendToGroup("room", "no", "text"),
        (error: Error & { errorDetail?: { name: string } }) =>
          error.errorDetail?.name === "Forbidden",
      );
      await bob.client.leaveGroup("room");
      await ann.client.sendToGroup("room", "after", "text");
      await service.sendToAll("end", { contentType: "text/plain" });
      assert.deepEqual(await bob.inbox.next(), { type: "text", data: "end" });
      ann.client.stop();
      bob.client.stop();
    },
  );

  Deno.test(
    `${name}: a client comes back after the server closed it, and rejoins its groups`,
    LENIENT,
    async () => {
      await using server = await startServer(QUIET);
      const service = serviceFor(server);
      const { client, inbox } = await startClient(service, {
        roles: ALL_ROLES,
        protocol: protocol(),
      });
      await client.joinGroup("room");
      const reasons = new Inbox<string | undefined>();
      client.on("disconnected", (event) => reasons.add(event.message?.message));
      const back = new Promise<void>((resolve) => client.on("connected", () => resolve()));
      await service.closeAllConnections({ reason: "maintenance" });
      assert.equal(
        await reasons.next(),
        "Application server closed the connection. Reason: maintenance",
      );
      await back;
      await until(() => service.groupExists("room"));
      await service.group("room").sendToAll("again", { contentType: "text/plain" });
      assert.deepEqual(await inbox.next(), { group: "room", type: "text", data: "again" });
      client.stop();
    },
  );
}
