// A second client language, invented here, beside that of Web PubSub: both transports serve it without knowing it.
import assert from "node:assert/strict";
import { jsonCodec } from "../../src/protocol/json.ts";
import type { ClientClaims } from "../../src/hub/endpoint.ts";
import { webPubSubEndpoint } from "../../src/webpubsub/endpoint.ts";
import { FakeServer } from "../support/fake_hub.ts";
import { OpenEndpoint } from "../support/open_endpoint.ts";
import { RawClient } from "../support/raw_client.ts";
import { NO_CLIENT, serveEndpoints, TRANSPORTS } from "../support/serve_endpoints.ts";

const PATH = "/clients/mqtt/hubs";
const CLAIMS: ClientClaims = { userId: "ann", roles: [], groups: ["g"], all: {} };

for (const transport of TRANSPORTS) {
  /** The answer to one handshake at the invented endpoint. */
  const statusOf = async (target: string, changes: Parameters<typeof serveEndpoints>[2] = {}) => {
    const endpoint = new OpenEndpoint();
    await using served = await serveEndpoints(transport, [endpoint], changes);
    using client = await RawClient.open(served.url + target, { protocols: ["mqtt"] });
    assert.equal(endpoint.guests.length, client.status === 101 ? 1 : 0);
    return client.status;
  };

  Deno.test(`${transport}: the path says which language a client speaks`, async () => {
    const endpoint = new OpenEndpoint();
    const { hubs } = new FakeServer();
    const webPubSub = webPubSubEndpoint({ hubs, codec: () => jsonCodec });
    await using served = await serveEndpoints(transport, [webPubSub, endpoint]);
    using guest = await RawClient.open(`${served.url}${PATH}/Chat?x=1`, { protocols: ["mqtt"] });
    assert.equal(guest.headers.get("sec-websocket-protocol"), "mqtt");
    const { arrival } = await endpoint.guests.next();
    assert.equal(arrival.hub, "chat");
    assert.deepEqual(arrival.parameters, [["x", "1"]]);
    assert.equal([...hubs.all()].length, 0);
    using other = await RawClient.open(`${served.url}/client/hubs/chat`, {
      protocols: ["json.webpubsub.azure.v1"],
    });
    assert.equal((await other.json()).event, "connected");
    assert.equal(endpoint.guests.length, 0);
  });

  Deno.test(`${transport}: below an endpoint, paths without a meaning are 404; others are not for clients`, async () => {
    assert.equal(await statusOf("/clients/mqtt/other"), 404);
    assert.equal(await statusOf("/clients/other"), NO_CLIENT.status);
  });

  Deno.test(`${transport}: hub names, stopping and anonymous clients are judged for every language alike`, async () => {
    assert.equal(await statusOf(`${PATH}/1chat`), 400);
    assert.equal(await statusOf(`${PATH}/%FF`), 400);
    assert.equal(await statusOf(`${PATH}/chat`, { isStopping: () => true }), 503);
    assert.equal(await statusOf(`${PATH}/chat`, { allowsAnonymous: () => false }), 401);
    assert.equal(await statusOf(`${PATH}/chat`), 101);
  });

  Deno.test(`${transport}: a token is judged for the endpoint's own audience; its claims reach the endpoint`, async () => {
    const endpoint = new OpenEndpoint();
    const asked: unknown[] = [];
    await using served = await serveEndpoints(transport, [endpoint], {
      authenticate: (...question) => {
        asked.push(question);
        return question[0] === "good" ? CLAIMS : undefined;
      },
    });
    const url = `${served.url}${PATH}/chat?access_token=`;
    using refused = await RawClient.open(`${url}bad`, { protocols: ["mqtt"] });
    assert.equal(refused.status, 401);
    using client = await RawClient.open(`${url}good`, { protocols: ["mqtt"] });
    assert.equal(client.status, 101);
    assert.deepEqual((await endpoint.guests.next()).claims, CLAIMS);
    const host = new URL(served.url).host;
    assert.deepEqual(asked, [
      ["bad", "mqtt", "chat", [host]],
      ["good", "mqtt", "chat", [host]],
    ]);
  });

  Deno.test(`${transport}: groups of a token that are no names are 400, and no endpoint is asked`, async () => {
    const authenticate = () => ({ ...CLAIMS, groups: [" "] });
    assert.equal(await statusOf(`${PATH}/chat?access_token=t`, { authenticate }), 400);
  });

  Deno.test(`${transport}: a stop while the endpoint thinks turns the client away, and the endpoint hears of it`, async () => {
    const endpoint = new OpenEndpoint();
    let stopping = false;
    const slow = Object.create(endpoint, {
      welcome: {
        value: async (...given: Parameters<OpenEndpoint["welcome"]>) => {
          stopping = true;
          return await endpoint.welcome(...given);
        },
      },
    });
    await using served = await serveEndpoints(transport, [slow], { isStopping: () => stopping });
    using client = await RawClient.open(`${served.url}${PATH}/chat`);
    assert.equal(client.status, 503);
    assert.deepEqual(endpoint.missed, ["stopping"]);
  });

  Deno.test(`${transport}: a client with a proof of its own is not asked for a token`, async () => {
    const endpoint = new OpenEndpoint();
    const returning = Object.create(endpoint, {
      resume: {
        value: (arrival: Parameters<OpenEndpoint["welcome"]>[0]) =>
          arrival.parameters.some(([name]) => name === "sid")
            ? endpoint.welcome(arrival, CLAIMS)
            : undefined,
      },
    });
    await using served = await serveEndpoints(transport, [returning], {
      allowsAnonymous: () => false,
      authenticate: () => assert.fail("asked"),
    });
    using known = await RawClient.open(`${served.url}${PATH}/chat?sid=1`, { protocols: ["mqtt"] });
    assert.equal(known.status, 101);
    using unknown = await RawClient.open(`${served.url}${PATH}/chat`);
    assert.equal(unknown.status, 401);
  });
}
