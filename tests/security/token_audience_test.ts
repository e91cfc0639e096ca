/** Attacks on the audience: tokens made for one thing and used for another. All are well signed and in time. */
import assert from "node:assert/strict";
import {
  CHAT_AUDIENCE,
  judgeClient,
  judgeRest,
  makeToken,
  NOW,
  outcome,
  SEND,
  SEND_AUDIENCE,
  verifier,
} from "../auth/tokens.ts";

function token(aud: unknown): string {
  return makeToken({ aud, exp: NOW + 60 });
}

const CLIENT_ATTACKS: Readonly<Record<string, string>> = {
  "a longer hub name": "http://h/client/hubs/chatX",
  "a shorter hub name": "http://h/client/hubs/cha",
  "a resource below the hub": "http://h/client/hubs/chat/x",
  "user info": "http://good@evil/client/hubs/chat",
  "user info with a password": "http://good:x@evil/client/hubs/chat",
  "an encoded path in the authority": "http://h%2fclient%2fhubs%2fchat",
  "a backslash behind the host": "http://h\\client\\hubs\\chat",
  "a backslash in the authority": "http://h\\@evil/client/hubs/chat",
  "white space in the authority": "http://h /client/hubs/chat",
  "a NUL in the authority": "http://h\0/client/hubs/chat",
  "the scheme ftp": "ftp://h/client/hubs/chat",
  "the scheme file": "file:///client/hubs/chat",
  "the scheme javascript": "javascript://h/client/hubs/chat",
  "a scheme that begins like http": "httpx://h/client/hubs/chat",
  "a scheme behind another": "blob:http://h/client/hubs/chat",
  "a scheme with the long s": "w\u017fs://h/client/hubs/chat",
  "no scheme": "//h/client/hubs/chat",
  "one slash behind the scheme": "http:/h/client/hubs/chat",
  "three slashes behind the scheme": "http:///client/hubs/chat",
  "no slash behind the host": "http://hclient/hubs/chat",
  "two slashes behind the host": "http://h//client/hubs/chat",
  "an encoded slash before the hub": "http://h/client/hubs%2Fchat",
  "an encoded slash behind the hub": "http://h/client/hubs/chat%2F",
  "encoded slashes all over": "http://h/%2Fclient%2Fhubs%2Fchat",
  "an encoded word of the path": "http://h/%63lient/hubs/chat",
  "a hub that is encoded twice": "http://h/client/hubs/%2563hat",
  "a dot segment": "http://h/client/hubs/./chat",
  "a way back": "http://h/client/hubs/other/../chat",
  "an encoded way back": "http://h/client/hubs/other/%2e%2e/chat",
  "a path parameter": "http://h/client/hubs/chat;x",
  "the path in the query": "http://h/?/client/hubs/chat",
  "the path in the fragment": "http://h/#/client/hubs/chat",
  "the Kelvin sign for the k of another hub": "http://h/client/hubs/\u212a",
  "white space in front": " http://h/client/hubs/chat",
  "white space behind": "http://h/client/hubs/chat ",
  "an encoded NUL behind the hub": "http://h/client/hubs/chat%00",
  "escapes that are no UTF-8": "http://h/client/hubs/ch%E1t",
  "a REST audience": SEND_AUDIENCE,
  "the REST root of the hub": "http://h/api/hubs/chat",
  "an MQTT audience": "http://h/clients/mqtt/hubs/chat",
  "the audience of the identity provider": "https://webpubsub.azure.com",
  "the name of the hub": "chat",
  "an asterisk": "*",
};
for (const [what, aud] of Object.entries(CLIENT_ATTACKS)) {
  Deno.test(`${what} in aud does not open the hub to a client`, () => {
    assert.equal(judgeClient(token(aud)), "wrongAudience");
    assert.equal(judgeClient(token([aud, aud])), "wrongAudience");
  });
}

const REST_ATTACKS: Readonly<Record<string, string>> = {
  "a client audience": CHAT_AUDIENCE,
  "another hub": "http://h/api/hubs/other/:send",
  "the same text in another hub": "http://h/api/hubs/other/api/hubs/chat/:send",
  "a longer resource": "http://h/api/hubs/chat/:sendX",
  "a shorter resource": "http://h/api/hubs/chat",
  "the API's root": "http://h/api/hubs/",
  "the server's root": "http://h/",
  "user info": "http://good@evil/api/hubs/chat/:send",
  "the scheme ftp": "ftp://h/api/hubs/chat/:send",
  "the scheme javascript": "javascript://h/api/hubs/chat/:send",
  "no slash behind the host": "http://hapi/hubs/chat/:send",
  "an encoded slash": "http://h/api/hubs/chat%2F:send",
  "a way back": "http://h/api/hubs/other/../chat/:send",
  "double encoding": "http://h/api/hubs/chat/%253Asend",
  "the path in the query": "http://h/?/api/hubs/chat/:send",
  "the Kelvin sign": "http://h/api/hubs/\u212a/:send",
};
for (const [what, aud] of Object.entries(REST_ATTACKS)) {
  Deno.test(`${what} in aud does not allow a REST call`, () => {
    assert.equal(judgeRest(token(aud)), "wrongAudience");
  });
}

Deno.test("letters outside ASCII never fold to a hub's letters", () => {
  const pairs = [["k", "\u212a"], ["s", "\u017f"], ["i", "\u0130"], ["i", "\u0131"]] as const;
  for (const [hub, twin] of pairs) {
    for (const segment of [twin, encodeURIComponent(twin)]) {
      const forHub = token([`http://h/client/hubs/${segment}`, `http://h/client/?hub=${segment}`]);
      assert.equal(
        outcome(verifier().verifyClient(forHub, { endpoint: "default", hub })),
        "wrongAudience",
      );
      const forRest = token(`http://h/api/hubs/${segment}/:send`);
      const path = `/api/hubs/${hub}/:send`;
      assert.equal(outcome(verifier().verifyRest(forRest, { path })), "wrongAudience");
    }
  }
});

Deno.test("full-width letters and composed forms are other names", () => {
  const groups = [["\uff43", "c"], ["e\u0301", "\u00e9"]] as const;
  for (const [one, other] of groups) {
    const path = `/api/hubs/chat/groups/${encodeURIComponent(other)}/:send`;
    const aud = `http://h/api/hubs/chat/groups/${encodeURIComponent(one)}/:send`;
    assert.equal(outcome(verifier().verifyRest(token(aud), { path })), "wrongAudience");
  }
});

for (const aud of [undefined, [], ""]) {
  Deno.test(`a token with the audience ${Deno.inspect(aud)} is for nobody`, () => {
    assert.equal(judgeClient(token(aud)), "wrongAudience");
    assert.equal(judgeRest(token(aud)), "wrongAudience");
  });
}

for (
  const aud of [null, 7, true, {}, { 0: CHAT_AUDIENCE }, [CHAT_AUDIENCE, 1], [[CHAT_AUDIENCE]]]
) {
  Deno.test(`an aud of the type of ${Deno.inspect(aud)} makes the token invalid`, () => {
    assert.equal(judgeClient(token(aud)), "wrongClaims");
  });
}

Deno.test("a foreign host is refused once public endpoints are configured", () => {
  const allowedAuthorities = new Set(["push.example.com"]);
  const judge = (host: string) =>
    outcome(
      verifier().verifyClient(token(`https://${host}/client/hubs/chat`), {
        endpoint: "default",
        hub: "chat",
        allowedAuthorities,
      }),
    );
  assert.equal(judge("push.example.com"), "good");
  const foreign = [
    "evil.example",
    "push.example.com.evil.example",
    "evilpush.example.com",
    "push.example.com:444",
    "push.example.com%00",
    "push.example.com.",
    "push\u3002example.com",
    "pu\u017fh.example.com",
  ];
  for (const host of foreign) assert.equal(judge(host), "wrongAudience", host);
});

Deno.test("thousands of audiences and one of 12,000 characters are judged in linear time", () => {
  const many = token(Array.from({ length: 650 }, () => "http://h/%41/"));
  const long = token(`http://h/api/hubs/chat/${"%2F/".repeat(2900)}`);
  const start = performance.now();
  for (const one of [many, long]) {
    assert.equal(judgeClient(one), "wrongAudience");
    assert.equal(outcome(verifier().verifyRest(one, SEND)), "wrongAudience");
  }
  assert(performance.now() - start < 1000);
});
