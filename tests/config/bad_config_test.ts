// Every message names the key, the value's defect and the fix.
import assert from "node:assert/strict";
import { loadConfig } from "../../src/config/load.ts";
import { describeProblem } from "../../src/config/problem.ts";
import { bad, type Given, requestOf, withHandler } from "./load.ts";

const KEY = "0123456789abcdefghijABCDEFGHIJ-own-key";
const header = (auth: Record<string, unknown>): Given => ({
  file: withHandler({ auth: { type: "Header", name: "X-Api-Key", ...auth } }),
});
const HANDLER = "hubs.chat.eventHandlers[0]";

// deno-fmt-ignore
const TABLE: readonly (readonly [what: string, given: Given, key: string, defect: string, fix: string])[] = [
  ["an unknown key", { file: { prot: 1 } }, "prot (from hubbub.json)", "is unknown", 'did you mean "port"'],
  ["an unknown key that is near to none", { file: { zzzzzz: 1 } }, "zzzzzz", "is unknown", 'known here are "host"'],
  ["an unknown nested key", { file: { log: { levle: "info" } } }, "log.levle", "is unknown", 'did you mean "level"'],
  ["a key of every object's prototype", { file: '{"constructor": 1}' }, "constructor", "is unknown", "known here"],
  ["a key that would set a prototype", { file: '{"__proto__": {"port": 1}}' }, "__proto__", "is unknown", "known here"],
  ["an unknown key of a hub", { file: { hubs: { chat: { evntHandlers: [] } } } }, "hubs.chat.evntHandlers", "is unknown", 'did you mean "eventHandlers"'],
  ["an unknown key of a handler", { file: withHandler({ url: "x", systemEvent: [] }) }, `${HANDLER}.systemEvent`, "is unknown", 'did you mean "systemEvents"'],
  ["a port in words", { env: { HUBBUB_PORT: "abc" } }, "port (from HUBBUB_PORT)", '"abc" is not a number', "give an integer from 0 to 65535"],
  ["a port as text in a file", { file: { port: "8080" } }, "port (from hubbub.json)", '"8080" is a string, not a number', "give an integer from 0 to 65535"],
  ["a port out of range", { flags: { port: "65536" } }, "port (from --port)", "65536 is out of range", "give an integer from 0 to 65535"],
  ["a negative port", { flags: { port: "-1" } }, "port (from --port)", "-1 is out of range", "give an integer from 0 to 65535"],
  ["half a port", { file: { port: 80.5 } }, "port", "80.5 is not an integer", "give an integer from 0 to 65535"],
  ["a host with a scheme", { flags: { host: "http://localhost" } }, "host (from --host)", "is a URL", "give only the host"],
  ["a host with a port", { flags: { host: "localhost:80" } }, "host (from --host)", '"localhost:80" is neither', "give only the host"],
  ["a host with white space", { flags: { host: "local host" } }, "host (from --host)", "has a character that no host has", "give only the host"],
  ["a host of another type", { file: { host: 5 } }, "host", "5 is a number, not a string", "give a host name"],
  ["a relative public endpoint", { flags: { "public-endpoint": "push.example.com" } }, "publicEndpoint (from --public-endpoint)", "is not an absolute URL", "http:// or https://"],
  ["a public endpoint for WebSockets", { flags: { "public-endpoint": "wss://push.example.com" } }, "publicEndpoint", '"wss://push.example.com" is not', "https://"],
  ["a public endpoint with a query", { flags: { "public-endpoint": "https://a.example/?x=1" } }, "publicEndpoint", "has a query", "leave it out"],
  ["a public endpoint with user info", { flags: { "public-endpoint": "https://me:pw@a.example" } }, "publicEndpoint", '"https://***@a.example" holds user info', "leave it out"],
  ["a further endpoint that is none", { file: { additionalEndpoints: ["https://a.example", "b"] } }, "additionalEndpoints[1]", '"b" is not an absolute URL', "begin it with http:// or https://"],
  ["an unknown transport", { env: { HUBBUB_TRANSPORT: "bathcing" } }, "transport (from HUBBUB_TRANSPORT)", '"bathcing" is unknown, "batching" is near', 'give "batching", "native"'],
  ["an unknown log level", { flags: { "log-level": "loud" } }, "log.level (from --log-level)", '"loud" is unknown', 'give "debug", "info", "warn", "error", "off"'],
  ["a log that is no object", { file: { log: "debug" }, env: { HUBBUB_LOG_LEVEL: "info" } }, "log", "is a string, not an object", "give"],
  ["a switch that is none", { env: { HUBBUB_TRUST_FORWARDED_HEADERS: "maybe" } }, "trustForwardedHeaders (from HUBBUB_TRUST_FORWARDED_HEADERS)", '"maybe" is neither true nor false', "give true or false"],
  ["a short key", { flags: { "access-key": "short" } }, "accessKeys.primary (from --access-key)", "current length is 5", "`hubbub key` prints one"],
  ["a key with a semicolon", { env: { HUBBUB_ACCESS_KEY: `${KEY};x` } }, "accessKeys.primary (from HUBBUB_ACCESS_KEY)", '";"', "leave it out"],
  ["a key with white space around it", { file: { accessKeys: { primary: KEY, secondary: `${KEY} ` } } }, "accessKeys.secondary (from hubbub.json)", "white space", "remove that space"],
  ["a key that is a number", { file: { accessKeys: { primary: 12345678901234567890 } } }, "accessKeys.primary", ": is a number, not a string", "give a key"],
  ["the development key on all addresses", { flags: { host: "0.0.0.0" } }, "accessKeys.primary", 'host is "0.0.0.0"', "make a key with `hubbub key`"],
  ["the development key on an address of a network", { env: { HUBBUB_HOST: "192.168.1.5" } }, "accessKeys.primary", "is public", "HUBBUB_ACCESS_KEY"],
  ["the development key as second key", { file: { host: "::", accessKeys: { primary: KEY, secondary: "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEFGH" } } }, "accessKeys.secondary", 'host is "::"', "make a key with `hubbub key`"],
  ["a recovery window out of range", { file: { recoveryWindowSeconds: 0 } }, "recoveryWindowSeconds", "0 is out of range", "from 1 to 3600"],
  ["a drain time out of range", { env: { HUBBUB_DRAIN_SECONDS: "301" } }, "drainSeconds (from HUBBUB_DRAIN_SECONDS)", "301 is out of range", "from 0 to 300"],
  ["an identity provider without issuer", { file: { oidc: {} } }, "oidc.issuer", "is missing", "give the URL of the issuer"],
  ["an issuer that is no URL", { env: { HUBBUB_OIDC_ISSUER: "login" } }, "oidc.issuer (from HUBBUB_OIDC_ISSUER)", "is not an absolute URL", "https://"],
  ["an empty list of audiences", { file: { oidc: { issuer: "https://id.example", audience: [] } } }, "oidc.audience", "is empty", "at least one audience"],
  ["a CORS origin with a path", { env: { HUBBUB_CORS_ALLOWED_ORIGINS: "https://a.example/x" } }, "cors.allowedOrigins[0] (from HUBBUB_CORS_ALLOWED_ORIGINS)", "has a path", "only scheme, host and port"],
  ["a CORS origin with a wildcard host", { file: { cors: { allowedOrigins: ["*", "https://*.a.example"] } } }, "cors.allowedOrigins[1]", "matches nothing", "name each origin"],
  ["a CORS origin without a scheme", { file: { cors: { allowedOrigins: ["localhost:5173"] } } }, "cors.allowedOrigins[0]", "not an absolute URL", "http:// or https://"],
  ["a CORS origin null", { file: { cors: { allowedOrigins: ["null"] } } }, "cors.allowedOrigins[0]", "not an absolute URL", "http:// or https://"],
  ["a CORS origin with a query", { file: { cors: { allowedOrigins: ["http://localhost:5173/?"] } } }, "cors.allowedOrigins[0]", "has a query", "leave it out"],
  ["CORS without origins", { file: { cors: {} } }, "cors.allowedOrigins", "is missing", "give a list of origins"],
  ["an allowed host that is a URL", { file: { egress: { allowedHosts: ["http://10.0.0.1"] } } }, "egress.allowedHosts[0]", "is a URL", "give only the host"],
  ["a webhook origin that is a URL", { env: { HUBBUB_WEBHOOK_ORIGIN: "https://a.example" } }, "webhookOrigin (from HUBBUB_WEBHOOK_ORIGIN)", "is a URL", "give only host or host:port"],
  ["a webhook origin that no header can hold", { env: { HUBBUB_WEBHOOK_ORIGIN: "b\u00fccher.example" } }, "webhookOrigin (from HUBBUB_WEBHOOK_ORIGIN)", "is not host or host:port", "in their ASCII form"],
  ["a webhook origin with a port out of range", { file: { webhookOrigin: "a.example:65536" } }, "webhookOrigin", "is not host or host:port", 'give for example "push.example.com"'],
  ["a public endpoint whose host is no host name", { flags: { "public-endpoint": "https://a*b.example" } }, "publicEndpoint (from --public-endpoint)", "has a host that is no host name", "give one of letters"],
  ["hubs in a list", { file: { hubs: [] } }, "hubs", "is a list, not an object", "maps hub names to their settings"],
  ["a hub that is text", { file: { hubs: { chat: "on" } } }, "hubs.chat", '"on" is a string, not an object', "give an object"],
  ["a hub name that is none", { file: { hubs: { "my hub": {} } } }, 'hubs["my hub"]', "is no hub name", "begin with a letter"],
  ["one hub in two spellings", { file: { hubs: { chat: {}, Chat: {} } } }, "hubs.Chat", 'is the same hub as "chat"', "keep one"],
  ["an unknown policy", { file: { hubs: { chat: { anonymousConnectPolicy: "alow" } } } }, "hubs.chat.anonymousConnectPolicy", '"alow" is unknown, "allow" is near', 'give "allow", "deny"'],
  ["a keep-alive out of range", { file: { hubs: { chat: { webSocketKeepAliveIntervalInSeconds: 121 } } } }, "hubs.chat.webSocketKeepAliveIntervalInSeconds", "121 is out of range", "from 1 to 120"],
  ["event handlers that are no list", { file: { hubs: { chat: { eventHandlers: {} } } } }, "hubs.chat.eventHandlers", "is an object, not a list", "give a list of event handlers"],
  ["null among event handlers", { file: '{"hubs": {"chat": {"eventHandlers": [null]}}}' }, `${HANDLER}`, "is null, not an object", "give a list of event handlers"],
  ["event listeners", { file: { hubs: { chat: { eventListeners: [{ filter: {}, endpoint: {} }] } } } }, "hubs.chat.eventListeners", "are not supported yet", "event handler"],
  ["group presence events", { file: withHandler({ groupPresenceEvents: { eventNames: ["joined"] } }) }, `${HANDLER}.groupPresenceEvents`, "are not supported yet", "leave the key out"],
  ["a handler without URL", { file: { hubs: { chat: { eventHandlers: [{}] } } } }, `${HANDLER}.urlTemplate`, "is missing", "give an absolute http or https URL"],
  ["an empty URL", { file: withHandler({ urlTemplate: "" }) }, `${HANDLER}.urlTemplate`, "is empty", "give an absolute http or https URL"],
  ["a relative URL", { file: withHandler({ urlTemplate: "/hooks/{event}" }) }, `${HANDLER}.urlTemplate`, "is not an absolute URL", "begin it with http:// or https://"],
  ["another scheme", { file: withHandler({ urlTemplate: "ftp://a.example/{event}" }) }, `${HANDLER}.urlTemplate`, 'has the scheme "ftp"', "use http or https"],
  ["a tunnel", { file: withHandler({ urlTemplate: "tunnel:///hooks/{event}" }) }, `${HANDLER}.urlTemplate`, "is not supported yet", "give the http or https URL"],
  ["a parameter in the host", { file: withHandler({ urlTemplate: "https://{hub}.example.com/" }) }, `${HANDLER}.urlTemplate`, "has a parameter in scheme, user info, host or port", "only in path and query"],
  ["a parameter in the port", { file: withHandler({ urlTemplate: "https://a.example:{HUB}/" }) }, `${HANDLER}.urlTemplate`, "has a parameter in scheme, user info, host or port", "only in path and query"],
  ["a parameter in the scheme", { file: withHandler({ urlTemplate: "{event}://a.example/" }) }, `${HANDLER}.urlTemplate`, "has a parameter in scheme", "only in path and query"],
  ["a parameter in the fragment", { file: withHandler({ urlTemplate: "https://a.example/#{event}" }) }, `${HANDLER}.urlTemplate`, "has a fragment", "only in path and query"],
  ["user info in a URL", { file: withHandler({ urlTemplate: "https://me:hunter2@a.example/{event}" }) }, `${HANDLER}.urlTemplate`, "holds user info", '"type": "Header"'],
  ["a key vault reference", { file: withHandler({ urlTemplate: "https://a.example/{event}?code={@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/s)}" }) }, `${HANDLER}.urlTemplate`, "refers to a key vault", "valueFromEnvironment"],
  ["a blank in a URL", { file: withHandler({ urlTemplate: "http://a.example/my hooks/{event}" }) }, `${HANDLER}.urlTemplate (from hubbub.json)`, "has white space, a backslash or a control character at position 20", "percent-encode it"],
  ["a parameter behind a percent sign", { file: withHandler({ urlTemplate: "http://a.example/%{event}" }) }, `${HANDLER}.urlTemplate (from hubbub.json)`, "has a parameter inside a percent escape", 'write a literal "%" as "%25"'],
  ["an event name that begins with a digit", { file: withHandler({ userEventPattern: "chat,1abc" }) }, `${HANDLER}.userEventPattern (from hubbub.json)`, '"1abc" cannot name an event', "a letter, then letters"],
  ["a wildcard inside an event name", { file: withHandler({ userEventPattern: "chat, room.*" }) }, `${HANDLER}.userEventPattern`, '"room.*" has a wildcard inside a name', 'give "*" for every event'],
  ["a question mark in an event name", { file: withHandler({ userEventPattern: "a?" }) }, `${HANDLER}.userEventPattern`, '"a?" has a wildcard', "whole names between commas"],
  ["an unknown system event", { file: withHandler({ systemEvents: ["conect"] }) }, `${HANDLER}.systemEvents[0]`, '"conect" is unknown, "connect" is near', 'give "connect", "connected", "disconnected"'],
  ["an unknown auth type", { file: withHandler({ auth: { type: "Basic" } }) }, `${HANDLER}.auth.type`, '"Basic" is unknown', 'give "None", "Header", "OAuth2ClientCredentials"'],
  ["auth without type", { file: withHandler({ auth: {} }) }, `${HANDLER}.auth.type`, "is missing", 'give "None", "Header", "OAuth2ClientCredentials"'],
  ["auth that is text", { file: withHandler({ auth: "None" }) }, `${HANDLER}.auth`, "is a string, not an object", '{"type": "None"}'],
  ["managed identity", { file: withHandler({ auth: { type: "ManagedIdentity", managedIdentity: { resource: "api://x" } } }) }, `${HANDLER}.auth`, "exists on Azure only", 'use "OAuth2ClientCredentials"'],
  ["a header without name", header({ name: null, valueFromEnvironment: "K" }), `${HANDLER}.auth.name`, "is missing", "give the name of a header"],
  ["a header name with a line end", header({ name: "X\r\nY", valueFromEnvironment: "K" }), `${HANDLER}.auth.name`, "is no header name", "give for example"],
  ["a header of the server's own", header({ name: "ce-signature", valueFromEnvironment: "K" }), `${HANDLER}.auth.name`, "is a header that the server sets itself", "give another"],
  ["a header that carries metadata", header({ name: "x-webpubsub-foo", valueFromEnvironment: "K" }), `${HANDLER}.auth.name (from hubbub.json)`, "is a header that the server sets itself", "give another"],
  ["a header that is a request id", header({ name: "X-MS-Client-Request-Id", valueFromEnvironment: "K" }), `${HANDLER}.auth.name`, "is a header that the server sets itself", "give another"],
  ["a header value in plain text", header({ value: "hunter2" }), `${HANDLER}.auth.value`, "holds a secret in plain text", "valueFromEnvironment or valueFromFile"],
  ["a header value from nowhere", header({}), `${HANDLER}.auth.value`, "has no source", "give valueFromEnvironment or valueFromFile"],
  ["a header value from two places", header({ valueFromEnvironment: "K", valueFromFile: "f" }), `${HANDLER}.auth.valueFromFile`, "stands beside valueFromEnvironment", "give only one"],
  ["a variable that is not set", header({ valueFromEnvironment: "K" }), `${HANDLER}.auth.valueFromEnvironment`, 'the environment has no "K"', "set it to the secret"],
  ["a secret's file that is missing", header({ valueFromFile: "/run/secrets/k" }), `${HANDLER}.auth.valueFromFile`, '"/run/secrets/k" cannot be read', "correct the path or create it"],
  ["a secret with a line end inside", { ...header({ valueFromEnvironment: "K" }), env: { K: "hunter2\r\nX: y" } }, `${HANDLER}.auth.valueFromEnvironment`, "line ends", "take them out"],
  ["an empty secret", { ...header({ valueFromFile: "/k" }), files: { "/k": "\n" } }, `${HANDLER}.auth.valueFromFile`, "empty secret", "give it a value"],
  ["OAuth2 without token URL", { file: withHandler({ auth: { type: "OAuth2ClientCredentials", clientId: "c", clientSecretFromEnvironment: "S" } }), env: { S: "hunter2" } }, `${HANDLER}.auth.tokenUrl`, "is missing", "give the URL of the token endpoint"],
  ["OAuth2 with a relative token URL", { file: withHandler({ auth: { type: "OAuth2ClientCredentials", clientId: "c", tokenUrl: "/token", clientSecretFromEnvironment: "S" } }), env: { S: "hunter2" } }, `${HANDLER}.auth.tokenUrl`, "is not an absolute URL", "https://"],
  ["OAuth2 with its secret in plain text", { file: withHandler({ auth: { type: "OAuth2ClientCredentials", clientId: "c", tokenUrl: "https://id.example/t", clientSecret: "hunter2" } }) }, `${HANDLER}.auth.clientSecret`, "holds a secret in plain text", "clientSecretFromEnvironment"],
  ["hub keys beside properties", { file: { hubs: { chat: { properties: {}, eventHandlers: [] } } } }, "hubs.chat.eventHandlers", 'stands beside "properties"', "move it inside"],
  ["an upstream that is no URL", { flags: { upstream: "localhost:3000" } }, "upstream (from --upstream)", "is not an absolute URL", "begin it with http:// or https://"],
  ["an upstream with a blank", { env: { HUBBUB_UPSTREAM: "http://localhost:3000/a b" } }, "upstream (from HUBBUB_UPSTREAM)", "has white space", "percent-encode it"],
  ["an upstream beside handlers of the default hub", { flags: { upstream: "http://localhost:3000/{event}" }, file: { hubs: { "*": { eventHandlers: [{ urlTemplate: "http://localhost:4000/", userEventPattern: "*" }] } } } }, "upstream (from --upstream)", "both want the events of the hubs not named", "keep one of them"],
  ["a file that is missing", { flags: { config: "nowhere.json" } }, "config (from --config)", '"nowhere.json" cannot be read', "correct the path or create it"],
  ["a file that is no JSON", { file: '{"port": 1,}' }, "config", '"hubbub.json" is not valid JSON', "correct it"],
  ["a file that is no YAML", { file: "a: [1", fileName: "hubbub.yaml" }, "config", "is not valid YAML", "correct it"],
  ["a YAML key given twice", { file: "port: 1\nport: 2\n", fileName: "hubbub.yml" }, "config", "duplicate key at line 2", "correct it"],
  ["a file that holds a list", { file: "[]" }, "config", "holds no object", "write settings by name"],
];

for (const [what, given, key, defect, fix] of TABLE) {
  Deno.test(`${what}: refused with key, defect and fix`, async () => {
    const messages = await bad(given);
    const message = messages.find((one) => one.startsWith(key));
    assert.ok(message !== undefined, `no message begins with ${key}: ${messages.join("\n")}`);
    assert.ok(message.includes(defect), `no ${JSON.stringify(defect)} in: ${message}`);
    assert.ok(message.includes(fix), `no ${JSON.stringify(fix)} in: ${message}`);
    assert.ok(!message.endsWith("."), message);
    assert.ok(!/\n/.test(message), message);
  });
}

Deno.test("no message holds a secret", async () => {
  for (const [, given] of TABLE) {
    for (const message of await bad(given)) {
      assert.ok(!/hunter2|own-key|me:pw|12345678901234567/.test(message), message);
    }
  }
});

Deno.test("a broken file is not quoted: it may hold keys", async () => {
  for (
    const file of [
      `{"accessKeys": {"primary": "${KEY}"}, }`,
      `{"primary": "${KEY}" x}`,
      `"${KEY}`,
      `{"a": ${KEY}}`,
    ]
  ) {
    for (const fileName of ["hubbub.json", "hubbub.yaml"]) {
      const loaded = await loadConfig(requestOf({ file, fileName }));
      const messages = loaded.ok ? "" : loaded.problems.map(describeProblem).join("\n");
      assert.ok(!messages.includes(KEY.slice(0, 8)), messages);
    }
  }
});

Deno.test("all problems are reported at once", async () => {
  const messages = await bad({
    file: { port: "x", prot: 1, hubs: { a: { eventHandlers: [{}] }, "1": {} } },
    flags: { "log-level": "loud" },
  });
  assert.equal(messages.length, 5, messages.join("\n"));
});
