// Configuration and upstream judge handler settings alike: what one accepts never stops the other.
import assert from "node:assert/strict";
import fc from "fast-check";
import { loadConfig } from "../../src/config/load.ts";
import { upstreamSettings } from "../../src/server/settings.ts";
import { Dispatcher } from "../../src/upstream/dispatcher.ts";
import { requestOf } from "../config/load.ts";
import { FakePlatform } from "../support/fake_platform.ts";
import { RecordingLog } from "../upstream/fixture.ts";

const pieces = (...texts: string[]) =>
  fc.array(fc.oneof(fc.constantFrom(...texts), fc.string({ maxLength: 2 })), { maxLength: 7 })
    .map((list) => list.join(""));

/** Mostly a good value, so that the rest of a configuration gets its turn. */
const mostly = <T>(good: T, odd: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(good) }, { weight: 1, arbitrary: odd });

const url = fc.oneof(
  pieces(
    "http://",
    "https://",
    "a.example",
    ":80",
    "/",
    "?",
    "#",
    "@",
    "{hub}",
    "{event}",
    "%2",
    " ",
  ),
  pieces("/", "?", "{hub}", "{event}", "%", "{x}", "é", "\\", "\u0085").map((rest) =>
    `http://a/${rest}`
  ),
);
const pattern = pieces("*", ",", " ", "chat", "1abc", "a.b", "\\", "?");
const systemEvent = fc.constantFrom(
  "connect",
  "Connected",
  "DISCONNECTED",
  " connect",
  "joined",
  "",
);
const host = pieces("a", ".", "-", "_", "*", "[::1]", ":", "80", "99999", "é");
const auth = fc.oneof(
  fc.constant({ type: "None" }),
  fc.record({
    type: fc.constant("Header"),
    name: pieces("X-", "ce-", "webhook-", "x-webpubsub-", "te", "host", "key", ":", " "),
    valueFromEnvironment: fc.constant("SECRET"),
  }),
  fc.record({
    type: fc.constant("OAuth2ClientCredentials"),
    tokenUrl: url,
    clientId: fc.constant("id"),
    clientSecretFromEnvironment: fc.constant("SECRET"),
  }),
);
const setup = fc.record({
  handler: fc.record({
    urlTemplate: mostly("http://a/{event}", url),
    userEventPattern: mostly("*", pattern),
    systemEvents: mostly([], fc.array(systemEvent, { maxLength: 2 })),
    auth: mostly<Record<string, unknown>>({ type: "None" }, auth),
  }, { requiredKeys: ["urlTemplate"] }),
  origin: fc.record({
    webhookOrigin: mostly("a.example:8080", host),
    publicEndpoint: mostly("a.example", host).map((name) => `https://${name}`),
  }, { requiredKeys: [] }),
  secret: mostly("s3cret", pieces("s3", " ", "\t", "\n", "é")),
});

Deno.test("upstream takes every handler that the configuration accepts", async () => {
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(setup, async ({ handler, origin, secret }) => {
      const file = { ...origin, hubs: { chat: { eventHandlers: [handler] } } };
      const loaded = await loadConfig(requestOf({ file, env: { SECRET: secret } }));
      if (!loaded.ok) return;
      accepted++;
      new Dispatcher(upstreamSettings(loaded.config), {
        platform: new FakePlatform(),
        log: new RecordingLog(),
        signature: () => "",
      });
    }),
    { seed: 11, numRuns: 4000 },
  );
  assert(accepted > 200, `only ${accepted} of the settings were valid: the test says little`);
});
