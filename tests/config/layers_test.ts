// Flags over environment over file over defaults.
import assert from "node:assert/strict";
import { DEVELOPMENT_KEY } from "../../src/auth/access_key.ts";
import { changedOutsideHubs, configFromOptions, loadConfig } from "../../src/config/load.ts";
import { defaultConfig, SETTINGS } from "../../src/config/schema.ts";
import { hubSettingsSchema } from "../../src/config/schema/hub.ts";
import { settingsOf } from "../../src/config/setting.ts";
import { good, requestOf } from "./load.ts";

const KEY = "0123456789abcdefghijABCDEFGHIJ-own-key";

Deno.test("told nothing, the server listens on localhost:8080 with the development key", async () => {
  const { config, warnings } = await good({});
  assert.deepEqual(
    { ...config, hubs: { ...config.hubs } },
    {
      host: "localhost",
      port: 8080,
      additionalEndpoints: [],
      trustForwardedHeaders: false,
      transport: "batching",
      accessKeys: { primary: DEVELOPMENT_KEY },
      hubs: {},
      recoveryWindowSeconds: 60,
      drainSeconds: 10,
      limits: {
        groupsPerConnection: 1000,
        reservedDescriptors: 32,
        restCalls: 0,
        restCallsPerSecond: 0,
        restBytesInWork: 33_554_432,
      },
      egress: { denyPrivateAddresses: false, allowedHosts: [] },
      log: { level: "info", format: "text" },
    },
  );
  assert.deepEqual(warnings, []);
  assert.deepEqual(config, defaultConfig());
});

Deno.test("a flag beats the environment, which beats the file, which beats the default", async () => {
  const file = { port: 1, drainSeconds: 1, recoveryWindowSeconds: 1 };
  const env = { HUBBUB_PORT: "2", HUBBUB_DRAIN_SECONDS: "2" };
  const { config } = await good({ file, env, flags: { port: "3" } });
  assert.equal(config.port, 3);
  assert.equal(config.drainSeconds, 2);
  assert.equal(config.recoveryWindowSeconds, 1);
  assert.equal(config.host, "localhost");
});

Deno.test("a stronger layer repairs a bad value of a weaker one", async () => {
  assert.equal((await good({ file: { port: "x" }, env: { HUBBUB_PORT: "5" } })).config.port, 5);
});

Deno.test("every setting outside hubs has a variable of its own, and the environment reaches it", async () => {
  const names = SETTINGS.map((setting) => setting.env);
  assert.ok(names.every((name) => name !== undefined && /^HUBBUB_[A-Z_]+$/.test(name)));
  assert.equal(new Set(names).size, names.length);
  const { config } = await good({
    env: {
      HUBBUB_HOST: "0.0.0.0",
      HUBBUB_PORT: "0",
      HUBBUB_PUBLIC_ENDPOINT: "https://Push.Example.com:443/base/",
      HUBBUB_ADDITIONAL_ENDPOINTS: "https://a.example/, http://b.example:80",
      HUBBUB_TRUST_FORWARDED_HEADERS: "1",
      HUBBUB_TRANSPORT: "Batching",
      HUBBUB_ACCESS_KEY: KEY,
      HUBBUB_SECONDARY_ACCESS_KEY: `${KEY}2`,
      HUBBUB_UPSTREAM: "http://localhost:3000/{event}",
      HUBBUB_RECOVERY_WINDOW_SECONDS: "30",
      HUBBUB_DRAIN_SECONDS: "0",
      HUBBUB_LIMITS_GROUPS_PER_CONNECTION: "20",
      HUBBUB_LIMITS_RESERVED_DESCRIPTORS: "50",
      HUBBUB_OIDC_ISSUER: "https://id.example/tenant",
      HUBBUB_OIDC_JWKS_URI: "https://id.example/keys",
      HUBBUB_OIDC_AUDIENCE: "api://one,api://two",
      HUBBUB_OIDC_ROLES_CLAIM: "groups",
      HUBBUB_OIDC_OWNER_ROLES: "owners",
      HUBBUB_OIDC_READER_ROLES: "readers",
      HUBBUB_CORS_ALLOWED_ORIGINS: "https://app.example",
      HUBBUB_EGRESS_DENY_PRIVATE_ADDRESSES: "yes",
      HUBBUB_EGRESS_ALLOWED_HOSTS: "Metadata.internal,[fd00:ec2::254]",
      HUBBUB_WEBHOOK_ORIGIN: "Push.example.com:8443",
      HUBBUB_LIMITS_REST_CALLS: "100",
      HUBBUB_LIMITS_REST_CALLS_PER_SECOND: "1000",
      HUBBUB_LIMITS_REST_BYTES_IN_WORK: "2097152",
      HUBBUB_LOG_LEVEL: "DEBUG",
      HUBBUB_LOG_FORMAT: "json",
    },
  });
  const { hubs, ...rest } = config;
  assert.deepEqual(rest, {
    host: "0.0.0.0",
    port: 0,
    publicEndpoint: "https://push.example.com/base",
    additionalEndpoints: ["https://a.example", "http://b.example"],
    trustForwardedHeaders: true,
    transport: "batching",
    accessKeys: { primary: KEY, secondary: `${KEY}2` },
    upstream: "http://localhost:3000/{event}",
    recoveryWindowSeconds: 30,
    drainSeconds: 0,
    limits: {
      groupsPerConnection: 20,
      reservedDescriptors: 50,
      restCalls: 100,
      restCallsPerSecond: 1000,
      restBytesInWork: 2_097_152,
    },
    oidc: {
      issuer: "https://id.example/tenant",
      jwksUri: "https://id.example/keys",
      audience: ["api://one", "api://two"],
      rolesClaim: "groups",
      ownerRoles: ["owners"],
      readerRoles: ["readers"],
    },
    cors: { allowedOrigins: ["https://app.example"] },
    egress: { denyPrivateAddresses: true, allowedHosts: ["metadata.internal", "fd00:ec2::254"] },
    webhookOrigin: "push.example.com:8443",
    log: { level: "debug", format: "json" },
  });
  assert.deepEqual(Object.keys(hubs), ["*"]);
});

Deno.test("an empty variable counts as absent", async () => {
  const { config } = await good({
    env: { HUBBUB_PORT: "", HUBBUB_PUBLIC_ENDPOINT: "", HUBBUB_CONFIG: "" },
  });
  assert.equal(config.port, 8080);
  assert.equal(config.publicEndpoint, undefined);
});

Deno.test("an unknown HUBBUB_ variable is a warning that names the near one", async () => {
  const { warnings } = await good({ env: { HUBBUB_PROT: "1", HUBBUBX: "1", PATH: "/bin" } });
  assert.deepEqual(warnings, [
    "Environment variable HUBBUB_PROT is unknown and has no effect; did you mean HUBBUB_PORT?",
  ]);
});

Deno.test("a HUBBUB_ variable that a handler takes its secret from is no unknown one", async () => {
  const auth = { type: "Header", name: "X-Key", valueFromEnvironment: "HUBBUB_HOOK_SECRET" };
  const handler = { urlTemplate: "http://a/{event}", userEventPattern: "*", auth };
  const { warnings } = await good({
    file: { hubs: { chat: { eventHandlers: [handler] } } },
    env: { HUBBUB_HOOK_SECRET: "s" },
  });
  assert.deepEqual(warnings, []);
});

Deno.test("the file is found by HUBBUB_CONFIG, and --config is stronger", async () => {
  const files = { "a.json": '{"port": 1}', "b.json": '{"port": 2}' };
  const env = { HUBBUB_CONFIG: "a.json" };
  assert.equal((await good({ files, env })).config.port, 1);
  const loaded = await good({ files, env, flags: { config: "b.json" } });
  assert.equal(loaded.config.port, 2);
  assert.equal(loaded.file, "b.json");
});

Deno.test("the file may be YAML, JSON with a byte order mark, or empty", async () => {
  const yaml =
    "# comment\nport: 9\nhubs:\n  chat:\n    anonymousConnectPolicy: allow\npublicEndpoint:\n";
  const { config } = await good({ file: yaml, fileName: "hubbub.yaml" });
  assert.equal(config.port, 9);
  assert.equal(config.hubs["chat"]?.anonymousConnectPolicy, "allow");
  assert.equal(config.publicEndpoint, undefined);
  assert.equal((await good({ file: '\ufeff{"port": 9}' })).config.port, 9);
  assert.equal((await good({ file: ' {"port": 9}', fileName: "hubbub.conf" })).config.port, 9);
  assert.equal((await good({ file: "port: 9", fileName: "hubbub.conf" })).config.port, 9);
  assert.equal((await good({ file: "", fileName: "hubbub.yaml" })).config.port, 8080);
});

Deno.test("a value of null counts as absent", async () => {
  const { config } = await good({
    file: { port: null, oidc: null, log: { level: null }, hubs: { chat: null } },
  });
  assert.deepEqual(config, defaultConfig());
});

Deno.test("reload reads the file anew and leaves the old configuration alone", async () => {
  const files: Record<string, string> = { "hubbub.json": '{"hubs": {"chat": {}}}' };
  const request = { ...requestOf({}), flags: { config: "hubbub.json", port: "7" } };
  const loaded = await loadConfig({ ...request, readFile: (path) => files[path] ?? "" });
  assert.ok(loaded.ok);
  files["hubbub.json"] = '{"hubs": {"chat": {}, "news": {}}, "drainSeconds": 1}';
  const changed = await loaded.reload();
  assert.ok(changed.ok);
  assert.deepEqual(Object.keys(changed.config.hubs), ["chat", "news"]);
  assert.deepEqual(Object.keys(loaded.config.hubs), ["chat"]);
  assert.equal(changed.config.port, 7);
  assert.deepEqual(changedOutsideHubs(loaded.config, changed.config), ["drainSeconds"]);
  files["hubbub.json"] = '{"hubs": {"chat": {"x": 1}}}';
  assert.equal((await loaded.reload()).ok, false);
});

Deno.test("a validated configuration is a valid option, and comes back as it is", () => {
  const config = configFromOptions({
    port: 0,
    upstream: "http://localhost:3000/{event}",
    publicEndpoint: "https://a.example/x/",
    hubs: {
      Chat: {
        eventHandlers: [{
          urlTemplate: "https://b.example/{hub}",
          systemEvents: ["Connect"],
          auth: { type: "Header", name: "X-Key", value: "inline" },
        }],
      },
      "*": { anonymousConnectPolicy: "allow" },
    },
  });
  assert.deepEqual(configFromOptions(config), config);
  assert.equal(config.hubs["*"]?.anonymousConnectPolicy, "allow");
  assert.equal(config.hubs["*"]?.eventHandlers.length, 1);
});

Deno.test("options with undefined members mean the defaults", () => {
  assert.deepEqual(
    configFromOptions({ oidc: undefined, publicEndpoint: undefined }),
    defaultConfig(),
  );
});

Deno.test("each setting of a hub is documented", () => {
  assert.deepEqual(settingsOf(hubSettingsSchema).map((setting) => setting.path.join(".")), [
    "anonymousConnectPolicy",
    "webSocketKeepAliveIntervalInSeconds",
    "eventHandlers",
    "eventListeners",
  ]);
});
