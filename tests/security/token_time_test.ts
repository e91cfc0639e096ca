/** Attacks on the life of a token. */
import assert from "node:assert/strict";
import {
  CHAT_AUDIENCE,
  judgeClient,
  judgeRest,
  makeToken,
  NOW,
  SEND_AUDIENCE,
} from "../auth/tokens.ts";

/** Judges a token whose `exp` or other times are the given JSON source. */
function withTimes(members: string): readonly string[] {
  const token = (aud: string) =>
    makeToken(`{"aud":"${aud}"${members === "" ? "" : ","}${members}}`);
  return [judgeClient(token(CHAT_AUDIENCE)), judgeRest(token(SEND_AUDIENCE))];
}

const WRONG_TYPES = [
  ["missing", ""],
  ["null", '"exp":null'],
  ["infinite", '"exp":1e999'],
  ["negative and infinite", '"exp":-1e999'],
  ['the string "Infinity"', '"exp":"Infinity"'],
  ['the string "NaN"', '"exp":"NaN"'],
  ["a string of digits", `"exp":"${NOW + 3600}"`],
  ["a date in text", '"exp":"2099-01-01T00:00:00Z"'],
  ["true", '"exp":true'],
  ["a list", `"exp":[${NOW + 3600}]`],
  ["an object", '"exp":{"valueOf":9999999999}'],
  ["spelled in capitals", `"EXP":${NOW + 3600}`],
] as const;
for (const [what, members] of WRONG_TYPES) {
  Deno.test(`an exp that is ${what} makes the token invalid`, () => {
    assert.deepEqual(withTimes(members), ["wrongClaims", "wrongClaims"]);
  });
}

for (const literal of ["NaN", "Infinity", "0x7fffffff", "01", "+1"]) {
  Deno.test(`an exp written ${literal} is no JSON`, () => {
    assert.deepEqual(withTimes(`"exp":${literal}`), ["malformed", "malformed"]);
  });
}

for (const exp of ["-1", "0", "-0", "1e-999", String(NOW - 301)]) {
  Deno.test(`an exp of ${exp} has passed`, () => {
    assert.deepEqual(withTimes(`"exp":${exp}`), ["expired", "expired"]);
  });
}

Deno.test("an exp in milliseconds or beyond all clocks is far away but finite, and is taken as it stands", () => {
  assert.deepEqual(withTimes(`"exp":${NOW * 1000}`), ["good", "good"]);
  assert.deepEqual(withTimes('"exp":1.7e308'), ["good", "good"]);
});

Deno.test("the last of two exp counts, whichever is larger", () => {
  assert.deepEqual(withTimes(`"exp":${NOW + 60},"exp":0`), ["expired", "expired"]);
  assert.deepEqual(withTimes(`"exp":0,"exp":${NOW + 60}`), ["good", "good"]);
});

for (const nbf of ["null", "1e999", '"0"', "[]", "false", "{}"]) {
  Deno.test(`an nbf of ${nbf} makes the token invalid`, () => {
    assert.deepEqual(withTimes(`"exp":${NOW + 60},"nbf":${nbf}`), ["wrongClaims", "wrongClaims"]);
  });
}

Deno.test("an nbf in the future beyond the skew is refused, one in the far past is not", () => {
  const at = (nbf: string) => withTimes(`"exp":${NOW + 60},"nbf":${nbf}`);
  assert.deepEqual(at(String(NOW + 301)), ["notYetValid", "notYetValid"]);
  assert.deepEqual(at("1e300"), ["notYetValid", "notYetValid"]);
  assert.deepEqual(at("-1e300"), ["good", "good"]);
});
