import assert from "node:assert/strict";
import { RestAuthenticator } from "../../src/auth/rest_access.ts";
import { AUDIENCE, CLAIMS, JWKS_URI, Provider, sign } from "./oidc_provider.ts";
import { makeToken, REST_CLAIMS, SEND, SEND_AUDIENCE, verifier } from "./tokens.ts";

async function judge(authenticator: RestAuthenticator, token: string): Promise<string> {
  const verdict = await authenticator.verify(token, SEND);
  return verdict.ok ? verdict.access : verdict.reason;
}

Deno.test("an access key may do everything, and is judged at once", () => {
  const authenticator = new RestAuthenticator(verifier(), undefined);
  assert.deepEqual(authenticator.verify(makeToken(REST_CLAIMS), SEND), {
    ok: true,
    access: "owner",
  });
});

Deno.test("a token of the identity provider has the access of its roles", async () => {
  const provider = new Provider();
  const oidc = provider.verifier({ jwksUri: JWKS_URI });
  const authenticator = new RestAuthenticator(verifier(), oidc);
  assert.equal(await judge(authenticator, await sign()), "owner");
  const reader = { ...CLAIMS, roles: "Web PubSub Service Reader" };
  assert.equal(await judge(authenticator, await sign(reader)), "reader");
  assert.equal(await judge(authenticator, await sign({ ...CLAIMS, roles: "guest" })), "none");
});

Deno.test("without an issuer the tokens of identity providers are refused", async () => {
  const authenticator = new RestAuthenticator(verifier(), undefined);
  assert.equal(await judge(authenticator, await sign()), "noIssuer");
});

Deno.test("an access key never vouches for the audience of the identity provider", async () => {
  const token = makeToken({ ...REST_CLAIMS, aud: [AUDIENCE, SEND_AUDIENCE] });
  const withIssuer = new RestAuthenticator(verifier(), new Provider().verifier());
  const without = new RestAuthenticator(verifier(), undefined);
  assert.equal(await judge(withIssuer, token), "wrongAudience");
  assert.equal(await judge(without, token), "wrongAudience");
});

Deno.test("an identity token is good for any resource, an access-key token for its own", async () => {
  const oidc = new Provider().verifier({ jwksUri: JWKS_URI });
  const authenticator = new RestAuthenticator(verifier(), oidc);
  const other = { path: "/api/hubs/other/:send" };
  assert.equal((await authenticator.verify(await sign(), other)).ok, true);
  assert.equal((await authenticator.verify(makeToken(REST_CLAIMS), other)).ok, false);
});
