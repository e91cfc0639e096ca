import assert from "node:assert/strict";
import fc from "fast-check";
import {
  authorityOf,
  type ClientTarget,
  isForClient,
  isForRest,
  parseAudiences,
  type RestTarget,
} from "../../src/auth/audience.ts";

function forClient(aud: string, target: Partial<ClientTarget> = {}): boolean {
  return isForClient(parseAudiences([aud]), { endpoint: "default", hub: "chat", ...target });
}

function forRest(aud: string, path: string, target: Partial<RestTarget> = {}): boolean {
  return isForRest(parseAudiences([aud]), { path, ...target });
}

const GOOD_CLIENT = [
  "http://localhost:8080/client/hubs/chat",
  "https://push.example.com/client/hubs/chat/",
  "WSS://Push.Example.com/Client/Hubs/CHAT",
  "ws://[::1]:8080/client/hubs/chat",
  "http://h/client/hubs/ch%61t",
  "http://h/client/hubs/chat?x=1#y",
  "http://h/client/?hub=chat",
  "http://h/client?hub=Chat",
  "http://h/client?x=1&HUB=chat&hub=other",
];
for (const aud of GOOD_CLIENT) {
  Deno.test(`a client of hub "chat" may bring the audience ${aud}`, () => {
    assert.equal(forClient(aud), true);
    assert.equal(forClient(aud, { hub: "CHAT" }), true);
    assert.equal(forClient(aud, { hub: "chat1" }), false);
  });
}

const BAD_CLIENT = [
  "",
  "chat",
  "/client/hubs/chat",
  "http://h",
  "http://h/",
  "http://h/client/hubs/",
  "http://h/client/hubs/chatty",
  "http://h/client/hubs/chat/more",
  "http://h/client/hubs/chat//",
  "http://h/client/hubs/%63hat%2F",
  "http://h/client/hubs/ch%2561t",
  "http://h/client/hubs/%",
  "http://h/client/hubs/x/../chat",
  "http://h/base/client/hubs/chat",
  "http://h/api/hubs/chat",
  "http://h/clients/mqtt/hubs/chat",
  "http://h/client/",
  "http://h/client/?hub=",
  "http://h/client/?hub=other&hub=chat",
  "http://h/client/?hubs=chat",
  "http://h/?hub=chat",
  "http://h/client/#?hub=chat",
];
for (const aud of BAD_CLIENT) {
  Deno.test(`a client of hub "chat" may not bring the audience "${aud}"`, () => {
    assert.equal(forClient(aud), false);
  });
}

Deno.test("each client family takes only its own audience", () => {
  const families = [
    ["default", "/client/hubs/chat"],
    ["mqtt", "/clients/mqtt/hubs/chat"],
    ["socketio", "/clients/socketio/hubs/chat"],
  ] as const;
  for (const [endpoint] of families) {
    for (const [family, path] of families) {
      assert.equal(forClient(`http://h${path}`, { endpoint }), endpoint === family);
    }
  }
  assert.equal(forClient("http://h/client/?hub=chat", { endpoint: "mqtt" }), false);
});

Deno.test("hub names with special characters match plain or percent-encoded", () => {
  const hub = "a`b,c.[d]_1";
  assert.equal(forClient("http://h/client/hubs/a`b,c.[d]_1", { hub }), true);
  assert.equal(forClient("http://h/client/hubs/A%60b%2Cc.%5Bd%5D_1", { hub }), true);
  assert.equal(forClient("http://h/client/?hub=a%60b,c.[d]_1", { hub }), true);
});

const SEND = "/api/hubs/chat/:send";
const GOOD_REST = [
  ["http://localhost:8080/api/hubs/chat/:send?api-version=2024-12-01", SEND],
  ["https://h/api/hubs/chat/:send", SEND],
  ["ws://h/api/hubs/chat/:send/", SEND],
  ["wss://h/api/hubs/chat/:send", `${SEND}/`],
  ["HTTP://H/API/Hubs/Chat/:SEND", SEND],
  ["http://h/api/hubs/chat/%3Asend", SEND],
  ["http://h/api/hubs/chat/:send", "/api/hubs/chat/%3asend"],
  ["http://h/api/hubs/chat/groups/a%20b%2Fc/:send", "/api/hubs/chat/groups/a%20b%2fc/:send"],
  ["http://h/api/hubs/chat/groups/a b/:send", "/api/hubs/chat/groups/a%20b/:send"],
  ["http://h/api/hubs/chat/groups/100%/:send", "/api/hubs/chat/groups/100%/:send"],
  ["http://h/api/hubs/chat/groups/g/connections/child", "/api/hubs/chat/groups/g/connections"],
  ["http://h/api/hubs/chat/groups/%67/connections/child", "/api/hubs/chat/groups/g/connections"],
] as const;
for (const [aud, path] of GOOD_REST) {
  Deno.test(`${path} may be called with the audience ${aud}`, () => {
    assert.equal(forRest(aud, path), true);
  });
}

const BAD_REST = [
  ["http://h/api/hubs/other/:send", SEND],
  ["http://h/api/hubs/chat", SEND],
  ["http://h/api/hubs/chat/:sendX", SEND],
  ["http://h/api/hubs/chat/groups/g/connectionsX", "/api/hubs/chat/groups/g/connections"],
  ["http://h/api/hubs/chat/:send//", SEND + "x"],
  ["http://h/api/hubs/other/../chat/:send", SEND],
  ["http://h//api/hubs/chat/:send", SEND],
  ["http://h/client/hubs/chat", SEND],
  ["http://h/api/hubs/chat/groups/a/b/:send", "/api/hubs/chat/groups/a%2Fb/:send"],
  ["http://h/api/hubs/chat/groups/a%252Fb/:send", "/api/hubs/chat/groups/a%2Fb/:send"],
  ["http://h/api/hubs/chat/groups/a%ff/:send", "/api/hubs/chat/groups/a%fe/:send"],
  ["http://h/anything", "/"],
  ["http://h/client/hubs/chat", ""],
  ["http://h/api/hubs/chat/%3Asend%2Fx", SEND],
] as const;
for (const [aud, path] of BAD_REST) {
  Deno.test(`"${path}" may not be called with the audience ${aud}`, () => {
    assert.equal(forRest(aud, path), false);
  });
}

Deno.test("the authority is not compared until one is allowed", () => {
  const allowedAuthorities = new Set(["push.example.com", "[::1]:8080"]);
  const cases: readonly (readonly [string, boolean])[] = [
    ["https://push.example.com", true],
    ["https://PUSH.example.com:443", true],
    ["http://push.example.com:80", true],
    ["ws://push.example.com", true],
    ["http://[::1]:8080", true],
    ["https://push.example.com:80", false],
    ["https://push.example.com.evil", false],
    ["https://evil", false],
  ];
  for (const [origin, allowed] of cases) {
    assert.equal(forClient(`${origin}/client/hubs/chat`), true, origin);
    assert.equal(forClient(`${origin}/client/hubs/chat`, { allowedAuthorities }), allowed, origin);
    assert.equal(forRest(`${origin}${SEND}`, SEND), true, origin);
    assert.equal(forRest(`${origin}${SEND}`, SEND, { allowedAuthorities }), allowed, origin);
  }
});

Deno.test("a request's own host is allowed beside the configured ones", () => {
  const origins = { allowedAuthorities: new Set(["a"]), requestAuthorities: ["b:1"] };
  for (const [host, allowed] of [["a", true], ["b:1", true], ["b", false]] as const) {
    assert.equal(forRest(`http://${host}${SEND}`, SEND, origins), allowed);
    assert.equal(forClient(`http://${host}/client/hubs/chat`, origins), allowed);
  }
});

Deno.test("a path base of a public endpoint may stand before the path", () => {
  const pathBases = ["/push"];
  assert.equal(forRest(`http://h/Push${SEND}?x`, SEND, { pathBases }), true);
  assert.equal(forRest(`http://h/push/api/hubs/ch%61t/:send`, SEND, { pathBases }), true);
  assert.equal(forRest(`http://h${SEND}`, SEND, { pathBases }), true);
  assert.equal(forRest(`http://h/pushy${SEND}`, SEND, { pathBases }), false);
  assert.equal(forRest(`http://h/push/push${SEND}`, SEND, { pathBases }), false);
  assert.equal(forClient("http://h/push/client/hubs/chat", { pathBases }), true);
  assert.equal(forClient("http://h/push/client/?hub=chat", { pathBases }), true);
  assert.equal(forClient("http://h/push/client/hubs/chatx", { pathBases }), false);
});

Deno.test("an authority loses its case and the default port of its scheme", () => {
  assert.equal(authorityOf("http://H:80/x"), "h");
  assert.equal(authorityOf("wss://H:443"), "h");
  assert.equal(authorityOf("https://h:8443?x"), "h:8443");
  assert.equal(authorityOf("http://:80/x"), undefined);
  assert.equal(authorityOf("http:///x"), undefined);
});

Deno.test("no text makes the audience rules throw, and none opens two hubs", () => {
  const piece = fc.constantFrom(
    ..."http:// https:// / /client/hubs/ /client/?hub= /api/hubs/ chat other % %2f %25 %ff .. ? # & = @ \\ \ud800 \u212a"
      .split(" "),
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 12 }), (pieces) => {
      for (const aud of [pieces.join(""), `http://h/client/${pieces.join("")}`]) {
        assert(!(forClient(aud) && forClient(aud, { hub: "other" })));
        assert(!(forRest(aud, SEND) && forRest(aud, "/api/hubs/other/:send")));
        assert(!(forRest(aud, SEND) && forClient(aud)));
      }
    }),
    { seed: 20261124, numRuns: 2000 },
  );
});
