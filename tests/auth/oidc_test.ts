import assert from "node:assert/strict";
import { claimsAudience } from "../../src/auth/oidc.ts";
import {
  AUDIENCE,
  CLAIMS,
  EC,
  ISSUER,
  judge,
  JWKS_URI,
  NEXT,
  Provider,
  sign,
} from "./oidc_provider.ts";
import { CLIENT_CLAIMS, makeToken, NOW } from "./tokens.ts";

Deno.test("RS256 and ES256 tokens of the issuer are good, one fetch serves many", async () => {
  const provider = new Provider();
  const verifier = provider.verifier();
  assert.equal(await judge(verifier, await sign()), "owner");
  assert.equal(await judge(verifier, await sign(CLAIMS, EC)), "owner");
  assert.deepEqual(provider.fetched, [`${ISSUER}/.well-known/openid-configuration`, JWKS_URI]);
  assert.deepEqual(provider.problems, []);
  assert.equal(provider.platform.waitingTimers, 0);
});

Deno.test("a configured key address spares the discovery", async () => {
  const provider = new Provider();
  assert.equal(await judge(provider.verifier({ jwksUri: JWKS_URI }), await sign()), "owner");
  assert.deepEqual(provider.fetched, [JWKS_URI]);
});

Deno.test("tokens that come together share one fetch", async () => {
  const provider = new Provider();
  const verifier = provider.verifier({ jwksUri: JWKS_URI });
  const token = await sign();
  const outcomes = await Promise.all([1, 2, 3].map(() => judge(verifier, token)));
  assert.deepEqual(outcomes, ["owner", "owner", "owner"]);
  assert.equal(provider.fetched.length, 1);
});

Deno.test("the roles of the claim become owner, reader or none, the higher one first", async () => {
  const verifier = new Provider().verifier();
  const access = async (roles: unknown) => judge(verifier, await sign({ ...CLAIMS, roles }));
  assert.equal(await access("Web PubSub Service Reader"), "reader");
  assert.equal(await access(["Web PubSub Service Reader", "Web PubSub Service Owner"]), "owner");
  assert.equal(await access(["web pubsub service owner"]), "none");
  assert.equal(await access([]), "none");
  assert.equal(await access(undefined), "none");
});

Deno.test("claim, role names and audience are configuration", async () => {
  const verifier = new Provider().verifier({
    audiences: ["api://other", "api://hubbub"],
    roleClaim: "groups",
    ownerRoles: ["admins"],
    readerRoles: ["staff"],
  });
  const claims = { ...CLAIMS, aud: ["x", "api://hubbub"] };
  assert.equal(await judge(verifier, await sign({ ...claims, groups: ["admins"] })), "owner");
  assert.equal(await judge(verifier, await sign({ ...claims, groups: "staff" })), "reader");
  assert.equal(await judge(verifier, await sign(claims)), "none");
  assert.equal(await judge(verifier, await sign()), "wrongAudience");
});

const BAD_CLAIMS = [
  ["wrongIssuer", { iss: "https://login.example.com/other" }],
  ["wrongIssuer", { iss: undefined }],
  ["wrongIssuer", { iss: `${ISSUER}/` }],
  ["wrongAudience", { aud: `${AUDIENCE}/` }],
  ["wrongAudience", { aud: undefined }],
  ["expired", { exp: NOW - 301 }],
  ["owner", { exp: NOW - 300 }],
  ["notYetValid", { nbf: NOW + 301 }],
  ["owner", { nbf: NOW + 300 }],
  ["wrongClaims", { exp: undefined }],
] as const;
for (const [outcome, claims] of BAD_CLAIMS) {
  Deno.test(`a token of the issuer with ${Deno.inspect(claims)}: ${outcome}`, async () => {
    const provider = new Provider();
    const token = await sign({ ...CLAIMS, ...claims } as Record<string, unknown>);
    assert.equal(await judge(provider.verifier(), token), outcome);
    if (outcome !== "owner") assert.deepEqual(provider.fetched, []);
  });
}

Deno.test("a new key is fetched when a token names it, at most every 30 seconds", async () => {
  const provider = new Provider();
  const verifier = provider.verifier({ jwksUri: JWKS_URI });
  assert.equal(await judge(verifier, await sign()), "owner");
  provider.published = [NEXT];
  const token = await sign(CLAIMS, NEXT);
  assert.equal(await judge(verifier, token), "unknownKey");
  assert.equal(provider.fetched.length, 1);
  await provider.platform.advance(30_000);
  assert.equal(await judge(verifier, token), "owner");
  assert.equal(provider.fetched.length, 2);
});

Deno.test("keys are fetched anew after ten minutes: a withdrawn one is good no longer", async () => {
  const provider = new Provider();
  const verifier = provider.verifier({ jwksUri: JWKS_URI });
  const token = await sign();
  assert.equal(await judge(verifier, token), "owner");
  provider.published = [NEXT];
  await provider.platform.advance(599_999);
  assert.equal(await judge(verifier, token), "owner");
  await provider.platform.advance(1);
  assert.equal(await judge(verifier, token), "unknownKey");
});

Deno.test("an unreachable issuer: known keys serve for an hour, it is asked every 30 seconds", async () => {
  const provider = new Provider();
  const verifier = provider.verifier({ jwksUri: JWKS_URI });
  const token = await sign({ ...CLAIMS, exp: NOW + 7200 });
  assert.equal(await judge(verifier, token), "owner");
  provider.platform.onFetch = () => new Response(null, { status: 503 });
  await provider.platform.advance(600_000);
  assert.equal(await judge(verifier, token), "owner");
  assert.equal(await judge(verifier, token), "owner");
  assert.equal(provider.fetched.length, 2);
  await provider.platform.advance(3000_000);
  assert.equal(await judge(verifier, token), "noKeys");
  assert.equal(provider.fetched.length, 3);
  assert.equal(
    provider.problems[0],
    `Cannot fetch the keys of issuer "${ISSUER}": "${JWKS_URI}" answered 503, expected 200`,
  );
});

Deno.test("an issuer that was never reached: no token is good, and it is not hammered", async () => {
  const provider = new Provider();
  provider.platform.onFetch = () => {
    throw new TypeError("Connection refused");
  };
  const verifier = provider.verifier();
  const token = await sign();
  for (let i = 0; i < 5; i++) assert.equal(await judge(verifier, token), "noKeys");
  assert.equal(provider.fetched.length, 1);
});

Deno.test("an issuer that does not answer is given up after five seconds", async () => {
  const provider = new Provider();
  provider.platform.onFetch = () => new Promise(() => {});
  const pending = judge(provider.verifier(), await sign());
  await provider.platform.advance(5000);
  assert.equal(await pending, "noKeys");
  assert.match(provider.problems[0] ?? "", /within 5000 ms$/);
});

const BAD_DISCOVERIES: readonly object[] = [
  { issuer: "https://evil.example", jwks_uri: JWKS_URI },
  { issuer: ISSUER },
  { issuer: ISSUER, jwks_uri: "http://login.example.com/tenant/keys" },
  { issuer: ISSUER, jwks_uri: "file:///etc/keys" },
  [],
];
for (const discovery of BAD_DISCOVERIES) {
  Deno.test(`the discovery document ${JSON.stringify(discovery)} is not followed`, async () => {
    const provider = new Provider();
    provider.discovery = discovery;
    assert.equal(await judge(provider.verifier(), await sign()), "noKeys");
    assert.equal(provider.fetched.length, 1);
    assert.equal(provider.problems.length, 1);
  });
}

Deno.test("a key document that is none, or has no end, gives no keys", async () => {
  const documents = [
    () => Response.json({ keys: "x" }),
    () => new Response("{"),
    () => new Response(`"${"x".repeat(1024 * 1024)}"`),
  ];
  for (const document of documents) {
    const provider = new Provider();
    provider.platform.onFetch = document;
    assert.equal(await judge(provider.verifier({ jwksUri: JWKS_URI }), await sign()), "noKeys");
    assert.equal(provider.problems.length, 1);
  }
});

Deno.test("keys are fetched without redirects and with a deadline", async () => {
  const provider = new Provider();
  await judge(provider.verifier(), await sign());
  for (const { init } of provider.platform.fetched) {
    assert.equal(init.redirect, "error");
    assert(init.signal instanceof AbortSignal);
  }
});

Deno.test("a token tells which kind it claims to be", async () => {
  assert.equal(claimsAudience(await sign(), [AUDIENCE]), true);
  assert.equal(claimsAudience(makeToken({ aud: ["x", AUDIENCE] }), [AUDIENCE]), true);
  assert.equal(claimsAudience(makeToken(CLIENT_CLAIMS), [AUDIENCE]), false);
  assert.equal(claimsAudience("rubbish", [AUDIENCE]), false);
});
