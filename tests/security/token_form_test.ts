/** Attacks on the reading of a token. */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  CHAT_AUDIENCE,
  CLIENT_CLAIMS,
  encode,
  judgeClient,
  judgeRest,
  makeToken,
  NOW,
  signParts,
  verifier,
} from "../auth/tokens.ts";
import { CHAT, SEND } from "../auth/tokens.ts";
import { parseCompact } from "../../src/auth/compact.ts";

const HEADER = encode({ alg: "HS256" });
const GOOD = makeToken(CLIENT_CLAIMS);
const [H = "", P = "", S = ""] = GOOD.split(".");

const MALFORMED: Readonly<Record<string, string>> = {
  "nothing": "",
  "a word": "token",
  "two dots": "..",
  "one part": H,
  "two parts": `${H}.${P}`,
  "four parts, two signatures": `${GOOD}.${S}`,
  "five parts as of an encrypted token": `${GOOD}.${S}.${S}`,
  "a dot behind": `${GOOD}.`,
  "a dot in front": `.${GOOD}`,
  "an empty header": `.${P}.${S}`,
  "an empty signature": `${H}.${P}.`,
  "the flattened JSON form": JSON.stringify({ protected: H, payload: P, signature: S }),
  "the general JSON form": JSON.stringify({
    payload: P,
    signatures: [{ protected: H, signature: S }],
  }),
  "a scheme word in front": `Bearer ${GOOD}`,
  "white space in front": ` ${GOOD}`,
  "white space behind": `${GOOD} `,
  "a line feed behind": `${GOOD}\n`,
  "a NUL behind": `${GOOD}\0`,
  "padding behind the signature": `${GOOD}=`,
  "padding behind the header": `${H}=.${P}.${S}`,
  "garbage that lenient decoders skip": `${H}.${P}.${S.slice(0, 4)}!${S.slice(4)}`,
  "a line feed inside the signature": `${H}.${P}.${S.slice(0, 4)}\n${S.slice(4)}`,
  "a full-width dot": `${H}\uff0e${P}.${S}`,
  "a lone surrogate": `${H}.${P}.\ud800${S}`,
};
for (const [what, token] of Object.entries(MALFORMED)) {
  Deno.test(`${what} is no token`, () => {
    assert.equal(judgeClient(token), "malformed");
    assert.equal(judgeRest(token), "malformed");
  });
}

Deno.test("the standard base64 alphabet is not taken for base64url", () => {
  const token = Array.from({ length: 64 }, (_, i) => makeToken({ ...CLIENT_CLAIMS, i }))
    .find((one) => /[-_]/.test(one.slice(one.lastIndexOf("."))));
  assert(token !== undefined);
  const at = token.lastIndexOf(".");
  const signature = token.slice(at).replaceAll("-", "+").replaceAll("_", "/");
  assert.equal(judgeClient(token), "good");
  assert.equal(judgeClient(token.slice(0, at) + signature), "malformed");
});

Deno.test("bits behind the last character of the signature make it another text, not the same one", () => {
  // 32 bytes end in a character of which two bits are unused.
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const last = alphabet.indexOf(S.at(-1) ?? "");
  const twin = `${H}.${P}.${S.slice(0, -1)}${alphabet[last ^ 1] ?? ""}`;
  assert.equal(judgeClient(twin), "malformed");
});

Deno.test("a truncated or lengthened signature is refused", () => {
  for (let length = 1; length < S.length; length++) {
    const reason = judgeClient(`${H}.${P}.${S.slice(0, length)}`);
    assert(reason === "malformed" || reason === "wrongSignature", reason);
  }
  assert.equal(judgeClient(`${H}.${P}.${S.slice(0, 40)}`), "wrongSignature");
  const longer = encode(Uint8Array.from([...Uint8Array.from(S, (c) => c.charCodeAt(0)), 0]));
  assert.equal(judgeClient(`${H}.${P}.${longer}`), "wrongSignature");
});

Deno.test("a changed payload under the old signature is refused", () => {
  const payload = encode({ ...CLIENT_CLAIMS, role: ["webpubsub.sendToGroup"] });
  assert.equal(judgeClient(`${H}.${payload}.${S}`), "wrongSignature");
});

Deno.test("a token of 64 KiB is refused unread, though its signature is good", () => {
  const token = makeToken({ ...CLIENT_CLAIMS, pad: "x".repeat(64 * 1024) });
  assert.equal(judgeClient(token), "tooLong");
  assert.equal(judgeRest(token), "tooLong");
});

Deno.test("a token just below the limit is read, however deep it nests", () => {
  const deep = `{"aud":"${CHAT_AUDIENCE}","exp":${NOW + 60},"x":${"[".repeat(5900)}${
    "]".repeat(5900)
  }}`;
  const token = signParts(HEADER, encode(deep));
  assert(token.length > 15_000 && token.length <= 16 * 1024);
  assert.equal(judgeClient(token), "good");
});

Deno.test("a header nested to the limit is refused without harm", () => {
  const header = encode(`${"[".repeat(6000)}${"]".repeat(6000)}`);
  assert.equal(judgeClient(`${header}.e30.AAAA`), "malformed");
});

const BAD_PAYLOADS: Readonly<Record<string, string | Uint8Array>> = {
  "not UTF-8": Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d),
  "overlong UTF-8": Uint8Array.of(0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x3a, 0x31, 0x7d),
  "UTF-16": Uint8Array.of(0x7b, 0, 0x7d, 0),
  "a byte order mark": `\ufeff${JSON.stringify(CLIENT_CLAIMS)}`,
  "an array": JSON.stringify([CLIENT_CLAIMS]),
  "null": "null",
  "a string": JSON.stringify(JSON.stringify(CLIENT_CLAIMS)),
  "a number": "1",
  "two documents": `${JSON.stringify(CLIENT_CLAIMS)}{}`,
  "JSON with a comment": `${JSON.stringify(CLIENT_CLAIMS)}//`,
  "half an object": JSON.stringify(CLIENT_CLAIMS).slice(0, -1),
};
for (const [what, payload] of Object.entries(BAD_PAYLOADS)) {
  Deno.test(`a well-signed payload that is ${what} is refused`, () => {
    assert.equal(judgeClient(makeToken(payload)), "malformed");
  });
}

Deno.test("an empty payload is refused", () => {
  assert.equal(judgeClient(signParts(HEADER, "")), "malformed");
});

Deno.test("a repeated claim counts once, with its last value", () => {
  const claims = (first: string, second: string) =>
    makeToken(`{"exp":${NOW + 60},"aud":"${first}","aud":"${second}","sub":"a","sub":"b"}`);
  const other = CHAT_AUDIENCE.replace("chat", "other");
  assert.equal(judgeClient(claims(CHAT_AUDIENCE, other)), "wrongAudience");
  assert.equal(judgeClient(claims(other, CHAT_AUDIENCE)), "good");
  const verdict = verifier().verifyClient(claims(other, CHAT_AUDIENCE), CHAT);
  assert.equal(verdict.ok && verdict.claims.userId, "b");
});

Deno.test("a refusal carries a reason of the closed list and nothing of the token", () => {
  const tokens = [
    ...Object.values(MALFORMED),
    makeToken({ secret: "s3cr3t" }),
    makeToken("s3cr3t"),
  ];
  for (const token of tokens) {
    for (
      const verdict of [verifier().verifyClient(token, CHAT), verifier().verifyRest(token, SEND)]
    ) {
      assert(!verdict.ok);
      assert.deepEqual(Object.keys(verdict), ["ok", "reason"]);
      assert.match(verdict.reason, /^[a-zA-Z]+$/);
    }
  }
});

Deno.test("no text makes the verifier throw or pass", () => {
  const tokens = verifier();
  const part = fc.oneof(
    fc.constantFrom(H, P, S, "", "e30", "W10", "bnVsbA"),
    fc.base64String(),
    fc.string({ unit: "binary" }),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
      const token = parts.join(".");
      assert.equal(tokens.verifyClient(token, CHAT).ok, token === GOOD);
      assert.equal(tokens.verifyRest(token, SEND).ok, false);
    }),
    { seed: 20261124, numRuns: 200 },
  );
});

Deno.test("one changed character anywhere makes a good token bad", () => {
  fc.assert(
    fc.property(
      fc.nat(GOOD.length - 1),
      fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
      (at, unit) => {
        if (GOOD[at] === unit) return;
        assert.notEqual(judgeClient(GOOD.slice(0, at) + unit + GOOD.slice(at + 1)), "good");
      },
    ),
    { seed: 20261124, numRuns: 500 },
  );
});

Deno.test("a header of look-alike characters does not spoil the memory of the good one", () => {
  const good = makeToken(CLIENT_CLAIMS);
  const [header = "", ...rest] = good.split(".");
  // Each character shifted by 256: the same low bytes.
  const shifted = [...header].map((one) => String.fromCharCode(one.charCodeAt(0) + 256)).join("");
  assert.equal(parseCompact([shifted, ...rest].join(".")), "malformed");
  assert.notEqual(parseCompact(good), "malformed");
});
