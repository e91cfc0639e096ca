import assert from "node:assert/strict";
import { defaultConfig, hubTable } from "../../src/config/schema.ts";
import {
  audienceOrigins,
  hubSettings,
  listenerAuthorities,
  listenerEndpoint,
  listenHost,
} from "../../src/server/settings.ts";

const OPEN = {
  anonymousConnectPolicy: "allow",
  webSocketKeepAliveIntervalInSeconds: 7,
  eventHandlers: [],
} as const;
const SHUT = { ...OPEN, anonymousConnectPolicy: "deny" } as const;

Deno.test("a hub has its own settings, else those of the star, else the defaults; nothing is merged", () => {
  const config = { ...defaultConfig(), hubs: hubTable([["*", OPEN], ["chat", SHUT]]) };
  assert.equal(hubSettings(config, "chat"), SHUT);
  assert.equal(hubSettings(config, "other"), OPEN);
  assert.equal(hubSettings(defaultConfig(), "chat").anonymousConnectPolicy, "deny");
});

Deno.test("a hub that is called like a member of every object has the defaults", () => {
  assert.deepEqual(hubSettings(defaultConfig(), "constructor").eventHandlers, []);
});

Deno.test("hosts of audiences are not compared until a public endpoint is configured", () => {
  assert.deepEqual(audienceOrigins(defaultConfig(), ["localhost:8080"]), {});
});

Deno.test("with a public endpoint audiences may name it, further endpoints and the listener", () => {
  const config = {
    ...defaultConfig(),
    publicEndpoint: "https://push.example.com/Base",
    additionalEndpoints: ["https://other.example.com"],
  };
  const { allowedAuthorities, pathBases } = audienceOrigins(config, ["localhost:8080"]);
  for (const host of ["push.example.com", "other.example.com", "localhost:8080"]) {
    assert.ok([...allowedAuthorities ?? []].some((one) => one.startsWith(host)), host);
  }
  assert.deepEqual(pathBases, ["/base"]);
});

Deno.test("a listener on every address is called by the names of this machine", () => {
  const names = ["localhost:81", "127.0.0.1:81", "[::1]:81"];
  for (const host of ["0.0.0.0", "::", "localhost", "127.0.0.1", "::1"]) {
    assert.deepEqual(listenerAuthorities(host, 81), names, host);
  }
  assert.deepEqual(listenerAuthorities("Push.Example", 80), ["push.example"]);
  assert.deepEqual(listenerAuthorities("fe80::1", 81), ["[fe80::1]:81"]);
});

Deno.test("localhost is bound to the IPv4 loopback address on every machine", () => {
  assert.equal(listenHost("localhost"), "127.0.0.1");
  assert.equal(listenHost("::1"), "::1");
});

Deno.test("the endpoint of a listener can be called from this machine", () => {
  assert.equal(listenerEndpoint("0.0.0.0", 8080), "http://localhost:8080");
  assert.equal(listenerEndpoint("::1", 8080), "http://[::1]:8080");
});
