/** Attacks on the choice of algorithm and key. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { generateKeyPairSync, sign } from "node:crypto";
import { AccessKeys } from "../../src/auth/access_key.ts";
import { TokenVerifier } from "../../src/auth/token.ts";
import {
  CHAT,
  CLIENT_CLAIMS,
  encode,
  judgeClient,
  judgeRest,
  makeToken,
  NOW,
  outcome,
  PRIMARY,
  REST_CLAIMS,
  signParts,
} from "../auth/tokens.ts";
import {
  CLAIMS,
  judge,
  JWKS_URI,
  Provider,
  RSA,
  sign as signAsIssuer,
} from "../auth/oidc_provider.ts";

for (const alg of ["none", "None", "NONE", "nOnE", ""]) {
  Deno.test(`alg "${alg}" is refused, with a signature and without`, () => {
    for (const claims of [CLIENT_CLAIMS, REST_CLAIMS]) {
      const signed = makeToken(claims, { header: { alg } });
      const empty = signed.slice(0, signed.lastIndexOf(".") + 1);
      assert.equal(judgeClient(signed), "wrongAlgorithm");
      assert.equal(judgeRest(signed), "wrongAlgorithm");
      assert.equal(judgeClient(empty), "malformed");
      assert.equal(judgeRest(empty), "malformed");
    }
  });
}

for (
  const alg of [
    "hs256",
    "HS256 ",
    "HS1",
    "RS256",
    "PS256",
    "ES256",
    "EdDSA",
    "A128KW",
    "constructor",
    "__proto__",
  ]
) {
  Deno.test(`alg "${alg}" over a good HMAC is refused`, () => {
    assert.equal(judgeClient(makeToken(CLIENT_CLAIMS, { header: { alg } })), "wrongAlgorithm");
  });
}

for (const alg of [undefined, null, 256, true, ["HS256"], { name: "HS256" }]) {
  Deno.test(`alg ${Deno.inspect(alg)} is no algorithm`, () => {
    assert.equal(judgeClient(makeToken(CLIENT_CLAIMS, { header: { alg } })), "malformed");
  });
}

Deno.test("a token signed with somebody's RSA key is refused", () => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const signed = `${encode({ alg: "RS256" })}.${encode(CLIENT_CLAIMS)}`;
  const signature = sign("sha256", Buffer.from(signed), privateKey).toString("base64url");
  assert.equal(judgeClient(`${signed}.${signature}`), "wrongAlgorithm");
});

Deno.test("the public key of the issuer as an HMAC secret opens nothing", async () => {
  const verifier = new Provider().verifier({ jwksUri: JWKS_URI });
  for (const secret of [JSON.stringify(RSA.jwk), String(RSA.jwk.n)]) {
    const token = makeToken(CLAIMS, { key: secret, header: { kid: RSA.kid } });
    assert.equal(await judge(verifier, token), "wrongAlgorithm");
    const asRsa = makeToken(CLAIMS, { key: secret, header: { kid: RSA.kid, alg: "RS256" } });
    assert.equal(await judge(verifier, asRsa), "wrongSignature");
  }
});

Deno.test("a token of the issuer's form that an access key signed is refused by the issuer's rules", async () => {
  const verifier = new Provider().verifier({ jwksUri: JWKS_URI });
  assert.equal(await judge(verifier, makeToken(CLAIMS)), "wrongAlgorithm");
  assert.equal(
    await judge(verifier, makeToken(CLAIMS, { header: { alg: "none" } })),
    "wrongAlgorithm",
  );
});

Deno.test("an HS256 header over an HS512 signature is refused, and the other way round", () => {
  const crossed = makeToken(CLIENT_CLAIMS, { alg: "HS512", header: { alg: "HS256" } });
  assert.equal(judgeClient(crossed), "wrongSignature");
  const back = makeToken(CLIENT_CLAIMS, { alg: "HS256", header: { alg: "HS512" } });
  assert.equal(judgeClient(back), "wrongSignature");
});

Deno.test("a signature with another key is refused", () => {
  const key = "hubbub-foreign-key-0123456789abcdefg";
  assert.equal(judgeClient(makeToken(CLIENT_CLAIMS, { key })), "wrongSignature");
  assert.equal(judgeRest(makeToken(REST_CLAIMS, { key })), "wrongSignature");
});

Deno.test("the empty key, and the key base64-decoded, are other keys", () => {
  const base64 = Buffer.from("a key of more than 32 bytes, written in base64").toString("base64");
  const tokens = new TokenVerifier(new AccessKeys(base64), () => NOW * 1000);
  const decoded = Buffer.from(base64, "base64").toString();
  assert.equal(
    outcome(tokens.verifyClient(makeToken(CLIENT_CLAIMS, { key: "" }), CHAT)),
    "wrongSignature",
  );
  assert.equal(
    outcome(tokens.verifyClient(makeToken(CLIENT_CLAIMS, { key: decoded }), CHAT)),
    "wrongSignature",
  );
  assert.equal(
    outcome(tokens.verifyClient(makeToken(CLIENT_CLAIMS, { key: base64 }), CHAT)),
    "good",
  );
});

const KEY_HINTS = {
  kid: "../../dev/null",
  jku: "https://evil.example/keys",
  x5u: "https://evil.example/cert",
  x5c: ["MIIB"],
  jwk: { kty: "oct", k: encode("evil-key-of-more-than-32-bytes-0123456789") },
};
for (const [name, value] of Object.entries(KEY_HINTS)) {
  Deno.test(`the header field ${name} neither helps a foreign key nor harms a good one`, () => {
    const header = { [name]: value };
    const key = "evil-key-of-more-than-32-bytes-0123456789";
    assert.equal(judgeClient(makeToken(CLIENT_CLAIMS, { header })), "good");
    assert.equal(judgeClient(makeToken(CLIENT_CLAIMS, { header, key })), "wrongSignature");
  });
}

Deno.test("keys named by the token of an identity provider are never fetched", async () => {
  const provider = new Provider();
  const verifier = provider.verifier({ jwksUri: JWKS_URI });
  const token = await signAsIssuer(CLAIMS, RSA, {
    jku: "https://evil.example/keys",
    x5u: "https://evil.example/cert",
    jwk: RSA.jwk,
    kid: "https://evil.example/kid",
  });
  assert.equal(await judge(verifier, token), "unknownKey");
  assert.deepEqual(provider.fetched, [JWKS_URI]);
});

for (const crit of [["exp"], [], ["b64"], null]) {
  Deno.test(`a header with crit ${JSON.stringify(crit)} is refused: no extension is understood`, () => {
    assert.equal(judgeClient(makeToken(CLIENT_CLAIMS, { header: { crit } })), "malformed");
  });
}

Deno.test("b64 false does not make the payload be read raw", () => {
  const payload = JSON.stringify(CLIENT_CLAIMS);
  const token = signParts(encode({ alg: "HS256", b64: false }), payload);
  assert.equal(judgeClient(token), "malformed");
});

Deno.test("of two alg members the last counts, for the signature too", () => {
  const lastGood = signParts(encode('{"alg":"none","alg":"HS256"}'), encode(CLIENT_CLAIMS));
  assert.equal(judgeClient(lastGood), "good");
  const lastBad = signParts(encode('{"alg":"HS256","alg":"none"}'), encode(CLIENT_CLAIMS), PRIMARY);
  assert.equal(judgeClient(lastBad), "wrongAlgorithm");
});

Deno.test("a polluted prototype gives a token neither alg nor exp", () => {
  const prototype = Object.prototype as Record<string, unknown>;
  try {
    prototype["exp"] = NOW + 3600;
    prototype["alg"] = "HS256";
    assert.equal(judgeClient(makeToken({ aud: CLIENT_CLAIMS.aud })), "wrongClaims");
    assert.equal(judgeClient(signParts(encode("{}"), encode(CLIENT_CLAIMS))), "malformed");
  } finally {
    delete prototype["exp"];
    delete prototype["alg"];
  }
});
