// A hub's settings are the very object that Azure has for them.
import assert from "node:assert/strict";
import { good, withHandler } from "./load.ts";

/** As `az webpubsub hub show` prints it: null for what is absent, letter case of the portal. */
const SHOWN = {
  id: "/subscriptions/0/resourceGroups/rg/providers/Microsoft.SignalRService/WebPubSub/w/hubs/chat",
  name: "chat",
  properties: {
    anonymousConnectPolicy: "Allow",
    eventHandlers: [{
      auth: { managedIdentity: null, type: "none" },
      systemEvents: ["Connect", "connected"],
      urlTemplate: "https://app.example.com/hooks/{hub}/{event}?code=s3",
      userEventPattern: "*",
      groupPresenceEvents: null,
    }, {
      auth: null,
      systemEvents: null,
      urlTemplate: "http://localhost:3000/",
      userEventPattern: " a, B ",
      groupPresenceEvents: { eventNames: [], groupFilters: null },
    }],
    eventListeners: null,
    webSocketKeepAliveIntervalInSeconds: 30,
  },
  resourceGroup: "rg",
  systemData: null,
  type: "Microsoft.SignalRService/WebPubSub/hubs",
};

const WANTED = {
  anonymousConnectPolicy: "allow",
  webSocketKeepAliveIntervalInSeconds: 30,
  eventHandlers: [{
    urlTemplate: "https://app.example.com/hooks/{hub}/{event}?code=s3",
    userEventPattern: "*",
    systemEvents: ["connect", "connected"],
    auth: { type: "None" },
  }, {
    urlTemplate: "http://localhost:3000/",
    userEventPattern: "a, B",
    systemEvents: [],
    auth: { type: "None" },
  }],
};

Deno.test("what `az webpubsub hub show` prints pastes in, wrapped, bare or flat", async () => {
  const { properties, ...resource } = SHOWN;
  for (const hub of [SHOWN, properties, { ...resource, ...properties }]) {
    const { config, warnings } = await good({ file: { hubs: { Chat: hub } } });
    assert.deepEqual({ ...config.hubs }, { chat: WANTED });
    assert.deepEqual(warnings, []);
  }
});

Deno.test("a resource in ARM or Bicep form pastes in", async () => {
  const { properties } = SHOWN;
  const resource = {
    type: "Microsoft.SignalRService/webPubSub/hubs",
    apiVersion: "2024-03-01",
    name: "w/chat",
    dependsOn: ["w"],
    properties,
  };
  assert.deepEqual(
    (await good({ file: { hubs: { chat: resource } } })).config.hubs["chat"],
    WANTED,
  );
});

Deno.test("an empty hub has Azure's defaults", async () => {
  const { config } = await good({
    file: { hubs: { chat: {}, news: { properties: null }, gone: null } },
  });
  const defaults = {
    anonymousConnectPolicy: "deny",
    webSocketKeepAliveIntervalInSeconds: 20,
    eventHandlers: [],
  };
  assert.deepEqual({ ...config.hubs }, { chat: defaults, news: defaults });
});

Deno.test("a hub may be called like a member of every object, and one that is not there is not found", async () => {
  const { config } = await good({ file: { hubs: { constructor: {} } } });
  assert.equal(config.hubs["constructor"]?.anonymousConnectPolicy, "deny");
  const empty = (await good({})).config.hubs;
  assert.equal(empty["constructor"], undefined);
  assert.equal(empty["__proto__"], undefined);
});

Deno.test("a blank pattern takes no user event", async () => {
  const { config } = await good({
    file: withHandler({ userEventPattern: " ", systemEvents: ["connect"] }),
  });
  assert.equal(config.hubs["chat"]?.eventHandlers[0]?.userEventPattern, undefined);
});

Deno.test("upstream is the handler of all events of hubs not named, and says which hubs it leaves out", async () => {
  const { config, warnings } = await good({
    flags: { upstream: "http://localhost:3000/{event}" },
    file: { hubs: { news: {} } },
  });
  assert.deepEqual(config.hubs["*"], {
    anonymousConnectPolicy: "deny",
    webSocketKeepAliveIntervalInSeconds: 20,
    eventHandlers: [{
      urlTemplate: "http://localhost:3000/{event}",
      userEventPattern: "*",
      systemEvents: ["connect", "connected", "disconnected"],
      auth: { type: "None" },
    }],
  });
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] ?? "", /hub "news", which has settings of its own/);
});

Deno.test("upstream keeps what * says besides handlers", async () => {
  const { config } = await good({
    env: { HUBBUB_UPSTREAM: "http://localhost:3000/" },
    file: { hubs: { "*": { anonymousConnectPolicy: "allow" } } },
  });
  assert.equal(config.hubs["*"]?.anonymousConnectPolicy, "allow");
  assert.equal(config.hubs["*"]?.eventHandlers.length, 1);
});

Deno.test("valid settings that are hardly meant are warnings with their key", async () => {
  const { warnings } = await good({
    file: {
      hubs: {
        chat: {
          eventHandlers: [
            { urlTemplate: "http://a/{evnt}", userEventPattern: "ok" },
            { urlTemplate: "http://a/" },
          ],
        },
      },
    },
  });
  assert.equal(warnings.length, 2, warnings.join("\n"));
  assert.match(warnings[0] ?? "", /^hubs\.chat\.eventHandlers\[0\]\.urlTemplate: "\{evnt\}" is no/);
  assert.match(warnings[1] ?? "", /^hubs\.chat\.eventHandlers\[1\]: takes no event at all/);
});
