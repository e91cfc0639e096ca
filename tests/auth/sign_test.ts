import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { AccessKeys } from "../../src/auth/access_key.ts";
import { clientAudience } from "../../src/auth/audience.ts";
import { signClientToken } from "../../src/auth/sign.ts";
import { CHAT, NOW, outcome, PRIMARY, SECONDARY, SEND, verifier } from "./tokens.ts";

const REQUEST = {
  audience: clientAudience("http://localhost:8080/", "default", "Chat"),
  userId: "ann",
  roles: ["webpubsub.sendToGroup"],
  groups: ["room"],
  minutesToExpire: 60,
};

function parts(token: string): readonly unknown[] {
  return token.split(".").slice(0, 2).map((part) =>
    JSON.parse(Buffer.from(part, "base64url").toString())
  );
}

Deno.test("a generated token has the claims of the live service", () => {
  const token = signClientToken(new AccessKeys(PRIMARY, SECONDARY), REQUEST, NOW * 1000 + 999);
  assert.deepEqual(parts(token), [{ alg: "HS256", typ: "JWT" }, {
    aud: "http://localhost:8080/client/hubs/chat",
    iss: "https://webpubsub.azure.com",
    iat: NOW,
    nbf: NOW,
    exp: NOW + 3600,
    sub: "ann",
    role: ["webpubsub.sendToGroup"],
    "webpubsub.group": ["room"],
  }]);
});

Deno.test("a generated token leaves out what was not asked for", () => {
  for (const userId of [undefined, "", "  "]) {
    const token = signClientToken(
      new AccessKeys(PRIMARY),
      { ...REQUEST, userId, roles: [], groups: [] },
      NOW * 1000,
    );
    assert.deepEqual(Object.keys(parts(token)[1] ?? {}), ["aud", "iss", "iat", "nbf", "exp"]);
  }
});

Deno.test("a generated token opens its hub only and is no REST token", () => {
  const token = signClientToken(new AccessKeys(PRIMARY), REQUEST, NOW * 1000);
  assert.equal(outcome(verifier().verifyClient(token, CHAT)), "good");
  assert.equal(
    outcome(verifier().verifyClient(token, { ...CHAT, hub: "chats" })),
    "wrongAudience",
  );
  assert.equal(
    outcome(verifier().verifyClient(token, { ...CHAT, endpoint: "mqtt" })),
    "wrongAudience",
  );
  assert.equal(outcome(verifier().verifyRest(token, SEND)), "wrongAudience");
});

Deno.test("a generated token is signed with the primary key", () => {
  const token = signClientToken(new AccessKeys(SECONDARY, PRIMARY), REQUEST, NOW * 1000);
  const other = signClientToken(new AccessKeys(SECONDARY), REQUEST, NOW * 1000);
  assert.equal(token, other);
});

Deno.test("the longest life asked for is a finite exp", () => {
  const request = { ...REQUEST, minutesToExpire: 2_147_483_647 };
  const token = signClientToken(new AccessKeys(PRIMARY), request, NOW * 1000);
  assert.equal(outcome(verifier().verifyClient(token, CHAT)), "good");
});

Deno.test("each client family has its own audience, the hub in lower case", () => {
  assert.equal(clientAudience("https://h", "mqtt", "Chat"), "https://h/clients/mqtt/hubs/chat");
  assert.equal(
    clientAudience("https://h/", "socketio", "Chat"),
    "https://h/clients/socketio/hubs/chat",
  );
});
