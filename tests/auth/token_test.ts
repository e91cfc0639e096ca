import assert from "node:assert/strict";
import { AccessKeys } from "../../src/auth/access_key.ts";
import { TokenVerifier } from "../../src/auth/token.ts";
import {
  CHAT,
  CLIENT_CLAIMS,
  judgeClient,
  judgeRest,
  makeToken,
  NOW,
  outcome,
  PRIMARY,
  REST_CLAIMS,
  SECONDARY,
  SEND,
  verifier,
} from "./tokens.ts";

Deno.test("a token signed with either key is good", () => {
  for (const key of [PRIMARY, SECONDARY]) {
    assert.equal(judgeClient(makeToken(CLIENT_CLAIMS, { key })), "good");
    assert.equal(judgeRest(makeToken(REST_CLAIMS, { key })), "good");
  }
});

Deno.test("a client token may be HS256, HS384 or HS512, a REST token only HS256", () => {
  for (const alg of ["HS256", "HS384", "HS512"]) {
    assert.equal(judgeClient(makeToken(CLIENT_CLAIMS, { alg })), "good");
    assert.equal(
      judgeRest(makeToken(REST_CLAIMS, { alg })),
      alg === "HS256" ? "good" : "wrongAlgorithm",
    );
  }
});

Deno.test("exp and nbf are forgiven five minutes", () => {
  const token = makeToken({ ...CLIENT_CLAIMS, nbf: NOW, exp: NOW + 60 });
  assert.equal(judgeClient(token, NOW - 301), "notYetValid");
  assert.equal(judgeClient(token, NOW - 300), "good");
  assert.equal(judgeClient(token, NOW + 360), "good");
  assert.equal(judgeClient(token, NOW + 361), "expired");
});

Deno.test("a NumericDate may have a fraction", () => {
  const token = makeToken({ ...CLIENT_CLAIMS, exp: NOW + 0.5 });
  assert.equal(judgeClient(token, NOW + 300.5), "good");
  assert.equal(judgeClient(token, NOW + 300.6), "expired");
});

Deno.test("aud may be a list, one match is enough", () => {
  const aud = ["urn:other", CLIENT_CLAIMS.aud, REST_CLAIMS.aud];
  assert.equal(judgeClient(makeToken({ ...CLIENT_CLAIMS, aud })), "good");
  assert.equal(judgeRest(makeToken({ ...CLIENT_CLAIMS, aud })), "good");
});

Deno.test("iat, iss, typ and unknown header fields are not checked", () => {
  const token = makeToken(
    { ...CLIENT_CLAIMS, iat: "never", iss: 7 },
    { header: { typ: "at+jwt", x: { y: [1] } } },
  );
  assert.equal(judgeClient(token), "good");
});

Deno.test("the claims of a client token come typed, and whole for the connect event", () => {
  const verdict = verifier().verifyClient(
    makeToken({
      ...CLIENT_CLAIMS,
      sub: "ann",
      role: "webpubsub.sendToGroup",
      "webpubsub.group": ["a", "b"],
      admin: true,
      level: 1.5,
      tree: { leaf: [1] },
      mixed: ["x", 2, null],
      nothing: null,
      ["__proto__"]: 1,
    }),
    CHAT,
  );
  assert(verdict.ok);
  assert.equal(verdict.claims.userId, "ann");
  assert.deepEqual(verdict.claims.roles, ["webpubsub.sendToGroup"]);
  assert.deepEqual(verdict.claims.groups, ["a", "b"]);
  assert.equal(
    JSON.stringify(verdict.claims.all),
    JSON.stringify({
      aud: [CLIENT_CLAIMS.aud],
      exp: [String(CLIENT_CLAIMS.exp)],
      sub: ["ann"],
      role: ["webpubsub.sendToGroup"],
      "webpubsub.group": ["a", "b"],
      admin: ["true"],
      level: ["1.5"],
      tree: ['{"leaf":[1]}'],
      mixed: ["x", "2"],
      ["__proto__"]: ["1"],
    }),
  );
});

Deno.test("sub absent, null or empty: no user id; a number counts as its digits", () => {
  const userOf = (claims: object) => {
    const verdict = verifier().verifyClient(makeToken({ ...CLIENT_CLAIMS, ...claims }), CHAT);
    return verdict.ok ? verdict.claims.userId : "refused";
  };
  assert.equal(userOf({}), undefined);
  assert.equal(userOf({ sub: null }), undefined);
  assert.equal(userOf({ sub: "" }), undefined);
  assert.equal(userOf({ sub: " " }), " ");
  assert.equal(userOf({ sub: 42 }), "42");
  assert.equal(userOf({ sub: ["a", "b"] }), "refused");
});

Deno.test("time is judged at every use of a remembered token", () => {
  let now = NOW * 1000;
  const tokens = verifier(() => now);
  const token = makeToken(CLIENT_CLAIMS);
  assert.equal(outcome(tokens.verifyClient(token, CHAT)), "good");
  now += (3600 + 301) * 1000;
  assert.equal(outcome(tokens.verifyClient(token, CHAT)), "expired");
});

Deno.test("audience and algorithm are judged at every use of a remembered token", () => {
  const tokens = verifier();
  const client = makeToken(CLIENT_CLAIMS, { alg: "HS512" });
  assert.equal(outcome(tokens.verifyClient(client, CHAT)), "good");
  assert.equal(
    outcome(tokens.verifyClient(client, { ...CHAT, hub: "other" })),
    "wrongAudience",
  );
  assert.equal(outcome(tokens.verifyRest(client, SEND)), "wrongAlgorithm");
  const rest = makeToken(REST_CLAIMS);
  assert.equal(outcome(tokens.verifyRest(rest, SEND)), "good");
  assert.equal(outcome(tokens.verifyClient(rest, CHAT)), "wrongAudience");
});

Deno.test("a replaced key forgets the tokens it had verified", () => {
  const keys = new AccessKeys(PRIMARY);
  const tokens = new TokenVerifier(keys, () => NOW * 1000);
  const token = makeToken(CLIENT_CLAIMS);
  assert.equal(outcome(tokens.verifyClient(token, CHAT)), "good");
  keys.replace(SECONDARY, PRIMARY);
  assert.equal(outcome(tokens.verifyClient(token, CHAT)), "good");
  keys.replace(SECONDARY);
  assert.equal(outcome(tokens.verifyClient(token, CHAT)), "wrongSignature");
});

Deno.test("a token that comes again is remembered, one that comes once is not", () => {
  const tokens = verifier();
  const [first, second, third] = [1, 2, 3].map(() =>
    tokens.verifyClient(makeToken(CLIENT_CLAIMS), CHAT)
  );
  assert(first?.ok && second?.ok && third?.ok);
  assert.notEqual(first.claims, second.claims);
  assert.equal(second.claims, third.claims);
});
