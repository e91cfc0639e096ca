// Secrets of handlers stand in the environment or in files of their own; the development key guards loopback only.
import assert from "node:assert/strict";
import { DEVELOPMENT_KEY } from "../../src/auth/access_key.ts";
import { isLoopback } from "../../src/config/address.ts";
import { configFromOptions } from "../../src/config/load.ts";
import { ConfigError } from "../../src/config/problem.ts";
import { secretsOf } from "../../src/config/secrets.ts";
import { good, withHandler } from "./load.ts";

const KEY = "0123456789abcdefghijABCDEFGHIJ-own-key";

Deno.test("a header's value comes from the environment", async () => {
  const auth = { type: "Header", name: "X-Api-Key", valueFromEnvironment: "HOOK_KEY" };
  const { config } = await good({
    file: withHandler({ userEventPattern: "*", auth }),
    env: { HOOK_KEY: "hunter2" },
  });
  assert.deepEqual(config.hubs["chat"]?.eventHandlers[0]?.auth, { ...auth, value: "hunter2" });
  assert.deepEqual(secretsOf(config), [DEVELOPMENT_KEY, "hunter2"]);
});

Deno.test("a secret's file counts from the configuration's folder and loses its last line end", async () => {
  const auth = { type: "header", name: "X-Api-Key", valueFromFile: "secrets/hook" };
  const { config } = await good({
    fileName: "/etc/hubbub/config.json",
    file: withHandler({ userEventPattern: "*", auth }),
    files: { "/etc/hubbub/secrets/hook": "Bearer hunter2\n" },
  });
  const handler = config.hubs["chat"]?.eventHandlers[0];
  assert.ok(handler?.auth.type === "Header");
  assert.equal(handler.auth.value, "Bearer hunter2");
});

Deno.test("an absolute path of a secret stays as it is", async () => {
  const auth = { type: "Header", name: "X-Api-Key", valueFromFile: "/run/secrets/hook" };
  await good({
    fileName: "/etc/hubbub/config.json",
    file: withHandler({ userEventPattern: "*", auth }),
    files: { "/run/secrets/hook": "hunter2" },
  });
});

Deno.test("OAuth2 client credentials take their secret from a reference", async () => {
  const auth = {
    type: "OAuth2ClientCredentials",
    tokenUrl: "https://id.example/token",
    clientId: "hub",
    clientSecretFromFile: "s",
    scope: "api://app/.default",
  };
  const { config } = await good({
    file: withHandler({ userEventPattern: "*", auth }),
    files: { s: "hunter2\r\n" },
  });
  assert.deepEqual(config.hubs["chat"]?.eventHandlers[0]?.auth, {
    ...auth,
    clientSecret: "hunter2",
  });
});

Deno.test("the development key is accepted on loopback in any spelling", () => {
  for (
    const host of [
      "localhost",
      "LOCALHOST",
      "127.0.0.1",
      "127.8.9.10",
      "::1",
      "[::1]",
      "0:0:0:0:0:0:0:1",
    ]
  ) {
    assert.equal(configFromOptions({ host }).accessKeys.primary, DEVELOPMENT_KEY, host);
  }
});

Deno.test("what only looks like loopback is none", () => {
  const hosts = [
    "0.0.0.0",
    "::",
    "[::]",
    "127.0.0.1.example.com",
    "localhost.example.com",
    "128.0.0.1",
    "::2",
    "::ffff:10.0.0.1",
    "1",
    "",
  ];
  for (const host of hosts) assert.equal(isLoopback(host), false, host);
});

Deno.test("elsewhere the server needs a key of its own", () => {
  assert.throws(() => configFromOptions({ host: "0.0.0.0" }), ConfigError);
  assert.equal(
    configFromOptions({ host: "0.0.0.0", accessKeys: { primary: KEY } }).host,
    "0.0.0.0",
  );
});

Deno.test("the development key behind a public endpoint is a warning", async () => {
  const flags = { "public-endpoint": "https://push.example.com" };
  const { warnings } = await good({ flags });
  assert.match(warnings.join(), /development key is public/);
  const own = await good({ flags, env: { HUBBUB_ACCESS_KEY: KEY } });
  assert.deepEqual(own.warnings, []);
  const local = await good({ flags: { "public-endpoint": "http://127.0.0.1:9000" } });
  assert.deepEqual(local.warnings, []);
});
