// Upgrade requests as every client may send them, one table for both transports.
import assert from "node:assert/strict";
import { type HubbubServer, startServer } from "../../src/server.ts";
import { TRANSPORTS } from "../conformance/live_server.ts";
import { NATIVE_HANDSHAKE_DIFFERENCES } from "../conformance/native_differences.ts";
import { IS_OLD_RUNTIME, QUIET } from "../support/fixture.ts";
import { RawClient } from "../support/raw_client.ts";
import { clientToken } from "../support/rest_client.ts";
import { type Change, upgradeRequest } from "../support/upgrade_request.ts";
import { UpstreamStub } from "../support/upstream_stub.ts";

const JSON_NAME = "json.webpubsub.azure.v1";

function open(server: HubbubServer, change: Change, query: string): Promise<RawClient> {
  return RawClient.open(server.clientUrl("chat"), { head: upgradeRequest(change, query) });
}

const REFUSED: readonly (readonly [string, number, Change])[] = [
  ["to another path", 404, { path: "/client/other" }],
  ["to another path, wrong in all else", 404, {
    path: "/client/other",
    method: "POST",
    headers: { "Sec-WebSocket-Version": "8", "Sec-WebSocket-Key": "" },
  }],
  ["by POST", 400, { method: "POST" }],
  ["without Host", 400, { headers: { Host: undefined } }],
  ["with an empty Host", 400, { headers: { Host: "" } }],
  ["over HTTP/1.0 without Host", 400, { version: "HTTP/1.0", headers: { Host: undefined } }],
  ["without an upgrade", 400, { headers: { Upgrade: undefined, Connection: undefined } }],
  ["to another protocol", 400, { headers: { Upgrade: "echo" } }],
  ["that Connection does not name", 400, { headers: { Connection: "keep-alive" } }],
  ["with version 8", 426, { headers: { "Sec-WebSocket-Version": "8" } }],
  ["without a version", 426, { headers: { "Sec-WebSocket-Version": undefined } }],
  ["without a key", 400, { headers: { "Sec-WebSocket-Key": undefined } }],
  ["with an empty key", 400, { headers: { "Sec-WebSocket-Key": "" } }],
  ["with a key of 2 bytes", 400, { headers: { "Sec-WebSocket-Key": btoa("ab") } }],
  ["with a key of 32 bytes", 400, { headers: { "Sec-WebSocket-Key": btoa("a".repeat(32)) } }],
  ["to a bad hub with a bad key", 400, {
    path: "/client/hubs/1chat",
    headers: { "Sec-WebSocket-Key": "" },
  }],
  ["to a bad hub", 400, { path: "/client/hubs/1chat" }],
  ["with a body", 400, { headers: { "Content-Length": "3" } }],
];

const OFFERS: readonly (readonly [string, string])[] = [
  ["a json", `a,${JSON_NAME}`],
  ["a trailing comma", `${JSON_NAME},`],
  ["a leading comma", `,${JSON_NAME}`],
  ["two blanks", `a,  ${JSON_NAME}`],
  ["a blank before the comma", `a ,${JSON_NAME}`],
  ["tabs", `a\t,\t${JSON_NAME}\t`],
  ["empty members", `, ,a,,\t,${JSON_NAME}, ,`],
  ["several lines", `a\r\nSec-WebSocket-Protocol: ${JSON_NAME},b`],
  ["several lines, one of them empty", `\r\nSec-WebSocket-Protocol: ${JSON_NAME}`],
  ["what is no name", `a b, "q", ${JSON_NAME}`],
];

/** What `Upgrade` offers. */
const UPGRADES: readonly (readonly [string, string])[] = [
  ["one", "WebSocket"],
  ["beside another", "h2c, websocket"],
  ["beside another, in two lines", "h2c\r\nUpgrade: websocket"],
  ["beside another, in two lines, first", "websocket\r\nUpgrade: h2c"],
  ["twice", "websocket\r\nUpgrade: websocket"],
];

for (const transport of TRANSPORTS) {
  /** The old runtime names a subprotocol only where the offer has one blank behind each comma. */
  const namesAll = !(transport === "native" && IS_OLD_RUNTIME);
  Deno.test(`${transport}: a wrong upgrade request gets the same answer with, without and with a bad token`, async (t) => {
    await using server = await startServer({ ...QUIET, transport });
    const queries = [
      `access_token=${clientToken(server, "chat")}`,
      "",
      "access_token=bad",
      "awps_connection_id=x&awps_reconnection_token=y",
    ];
    for (const [name, status, change] of REFUSED) {
      await t.step(`${name}: ${status}`, async () => {
        for (const query of queries) {
          using client = await open(server, change, query);
          assert.equal(client.status, status, query);
          if (status !== 426) continue;
          assert.equal(client.headers.get("upgrade"), "websocket");
          assert.match(client.headers.get("connection") ?? "", /\bupgrade\b/i);
          assert.equal(client.headers.get("sec-websocket-version"), "13");
        }
      });
    }
  });

  for (const difference of NATIVE_HANDSHAKE_DIFFERENCES) {
    const { rule, change, status, nativeStatus } = difference;
    const expected = transport === "native" ? nativeStatus : status;
    Deno.test({
      name: `${transport}: ${expected} where ${rule}`,
      // The old runtime is right in the one, and leaves the other without an answer.
      ignore: transport === "native" && IS_OLD_RUNTIME,
      fn: async () => {
        await using server = await startServer({ ...QUIET, transport });
        assert.notEqual(status, nativeStatus);
        using client = await open(server, change, `access_token=${clientToken(server, "chat")}`);
        assert.equal(client.status, expected);
      },
    });
  }

  Deno.test(`${transport}: the upgrade to WebSocket may be one of several`, async (t) => {
    await using server = await startServer({ ...QUIET, transport });
    const query = `access_token=${clientToken(server, "chat")}`;
    for (const [name, upgrade] of UPGRADES) {
      await t.step(name, async () => {
        using client = await open(server, { headers: { Upgrade: upgrade } }, query);
        assert.equal(client.status, 101);
      });
    }
  });

  Deno.test(`${transport}: an offer is a comma list with blanks, tabs and empty members`, async (t) => {
    await using server = await startServer({ ...QUIET, transport });
    const query = `access_token=${clientToken(server, "chat")}`;
    for (const [name, offer] of OFFERS) {
      await t.step(name, async () => {
        const change = { headers: { "Sec-WebSocket-Protocol": offer } };
        using client = await open(server, change, query);
        assert.equal(client.status, 101);
        if (namesAll) assert.equal(client.headers.get("sec-websocket-protocol"), JSON_NAME);
        assert.equal((await client.json()).event, "connected");
      });
    }
  });

  Deno.test(`${transport}: a recovery reads its offer in the same way`, async () => {
    await using server = await startServer({ ...QUIET, transport });
    const reliable = "json.reliable.webpubsub.azure.v1";
    const offer = { headers: { "Sec-WebSocket-Protocol": `a,${reliable},` } };
    using first = await open(server, offer, `access_token=${clientToken(server, "chat")}`);
    const { connectionId, reconnectionToken } = await first.json();
    const query = `awps_connection_id=${connectionId}&awps_reconnection_token=${reconnectionToken}`;
    using again = await open(server, offer, query);
    assert.equal(again.status, 101);
    if (namesAll) assert.equal(again.headers.get("sec-websocket-protocol"), reliable);
    assert.equal((await again.json()).connectionId, connectionId);
    using refused = await open(server, offer, "awps_connection_id=unknown");
    assert.equal(refused.status, 101);
    if (namesAll) assert.equal(refused.headers.get("sec-websocket-protocol"), reliable);
    const { last } = await refused.untilClosed();
    assert(last.kind === "close" && last.code === 1008);
  });

  Deno.test({
    name: `${transport}: a handler may select any name of the offer, however that is written`,
    ignore: !namesAll,
    fn: async () => {
      await using handler = new UpstreamStub(() => Response.json({ subprotocol: "mqtt" }));
      const eventHandlers = [{
        urlTemplate: handler.url,
        systemEvents: ["connect" as const],
        auth: { type: "None" as const },
      }];
      await using server = await startServer({
        ...QUIET,
        transport,
        hubs: { chat: { eventHandlers } },
      });
      const query = `access_token=${clientToken(server, "chat")}`;
      const answerTo = async (offer: string) => {
        using client = await open(server, { headers: { "Sec-WebSocket-Protocol": offer } }, query);
        return [client.status, client.headers.get("sec-websocket-protocol")];
      };
      assert.deepEqual(await answerTo(`${JSON_NAME},mqtt,`), [101, "mqtt"]);
      assert.deepEqual(await answerTo(`a\t, MQTT`), [101, "MQTT"]);
      assert.deepEqual(await answerTo(`${JSON_NAME},`), [500, undefined]);
    },
  });
}
