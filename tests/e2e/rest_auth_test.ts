// Who may call: tokens of the access keys, their audiences, and the answers to everybody else.
import assert from "node:assert/strict";
import { type HubbubServer, startServer } from "../../src/server.ts";
import { QUIET } from "../support/fixture.ts";
import { clientToken, inSeconds, signToken } from "../support/rest_client.ts";
import { raw, tokenFor } from "../rest/raw_http.ts";

const PATH = "/api/hubs/chat/:closeConnections";

function statusWith(server: HubbubServer, authorization: string, target = PATH) {
  return raw(server, "POST", target, { token: null, headers: { Authorization: authorization } });
}

function withAudience(server: HubbubServer, aud: unknown, target = PATH): Promise<number> {
  const token = signToken({ aud, exp: inSeconds(60) }, server.accessKey);
  return statusWith(server, `Bearer ${token}`, target).then(({ status }) => status);
}

Deno.test("every refused token gets the same bytes, and so does every call without one", async () => {
  await using server = await startServer(QUIET);
  const { accessKey } = server;
  const aud = server.endpoint + PATH;
  const good = { aud, exp: inSeconds(60) };
  const tokens = [
    "x",
    "a.b.c",
    signToken(good, "another key that is long enough to be one"),
    signToken(good, accessKey, { alg: "none", typ: "JWT" }),
    signToken(good, accessKey, { alg: "RS256", typ: "JWT" }),
    signToken({ aud }, accessKey),
    signToken({ ...good, exp: "soon" }, accessKey),
    signToken({ ...good, exp: inSeconds(-301) }, accessKey),
    signToken({ ...good, nbf: inSeconds(330) }, accessKey),
    signToken({ exp: good.exp }, accessKey),
    signToken({ ...good, aud: `${server.endpoint}/api/hubs/other/:closeConnections` }, accessKey),
    clientToken(server, "chat"),
    tokenFor(server, PATH) + "x",
    `${"x".repeat(40_000)}.y.z`,
  ];
  const invalid = new Set<string>();
  for (const token of tokens) {
    const answer = await statusWith(server, `Bearer ${token}`);
    assert.equal(answer.status, 401, token.slice(0, 100));
    assert.equal(answer.headers.get("www-authenticate"), 'Bearer error="invalid_token"');
    assert.equal(answer.headers.has("x-ms-error-code"), false);
    invalid.add(answer.head + answer.body);
  }
  assert.equal(invalid.size, 1);
  const missing = new Set<string>();
  for (
    const authorization of ["Basic dTpw", "Bearer", "Token x", `JWT ${tokenFor(server, PATH)}`]
  ) {
    const answer = await statusWith(server, authorization);
    assert.equal(answer.headers.get("www-authenticate"), "Bearer");
    missing.add(answer.head + answer.body);
  }
  const none = await raw(server, "POST", PATH, { token: null });
  assert.equal(none.status, 401);
  missing.add(none.head + none.body);
  const inQuery = `${PATH}?access_token=${tokenFor(server, PATH)}`;
  const query = await raw(server, "POST", inQuery, { token: null });
  missing.add(query.head + query.body);
  assert.equal(missing.size, 1);
});

Deno.test("the scheme word has any letter case, and white space around the token is trimmed", async () => {
  await using server = await startServer(QUIET);
  const token = tokenFor(server, PATH);
  for (const value of [`bearer ${token}`, `BEARER ${token}`, `Bearer   ${token}  `]) {
    assert.equal((await statusWith(server, value)).status, 204, value.slice(0, 10));
  }
});

Deno.test("expiry and not-before have 300 seconds of grace", async () => {
  await using server = await startServer(QUIET);
  const aud = server.endpoint + PATH;
  for (
    const claims of [
      { exp: inSeconds(-280) },
      { exp: inSeconds(60), nbf: inSeconds(280) },
      { exp: inSeconds(60), iat: inSeconds(9999), iss: "anybody", sub: "x" },
    ]
  ) {
    const token = signToken({ aud, ...claims }, server.accessKey);
    assert.equal((await statusWith(server, `Bearer ${token}`)).status, 204);
  }
});

Deno.test("both access keys sign, as they are written", async () => {
  const secondary = "a-second-key-of-at-least-thirty-two-bytes";
  const primary = "a-first-key-of-at-least-thirty-two-bytes=";
  await using server = await startServer({ ...QUIET, accessKeys: { primary, secondary } });
  for (const key of [primary, secondary]) {
    const token = signToken({ aud: server.endpoint + PATH, exp: inSeconds(60) }, key);
    assert.equal((await statusWith(server, `Bearer ${token}`)).status, 204);
  }
});

Deno.test("an audience is the request's path, whatever its scheme, host, query and letter case", async () => {
  await using server = await startServer(QUIET);
  const { endpoint } = server;
  for (
    const aud of [
      endpoint + PATH,
      `${endpoint}${PATH}/`,
      `${endpoint}${PATH}?api-version=2024-12-01&reason=x`,
      `${endpoint}${PATH}#x`,
      `HTTPS://elsewhere.example.com${PATH}`,
      `ws://elsewhere${PATH}`,
      `wss://elsewhere:1234${PATH}`,
      endpoint + PATH.toUpperCase(),
      `${endpoint}/api/hubs/chat/%3AcloseConnections`,
      `${endpoint}${PATH}/child`,
      ["nonsense", endpoint + PATH],
    ]
  ) {
    assert.equal(await withAudience(server, aud), 204, String(aud));
  }
  for (
    const aud of [
      `ftp://127.0.0.1${PATH}`,
      PATH,
      endpoint,
      `${endpoint}/api/hubs/chat`,
      `${endpoint}${PATH}X`,
      `${endpoint}/api/hubs/other/:closeConnections`,
      `${endpoint}/api/hubs/chat/:send`,
      [],
      null,
      42,
    ]
  ) {
    assert.equal(await withAudience(server, aud), 401, String(aud));
  }
});

Deno.test("raw and once-decoded paths both match an audience", async () => {
  await using server = await startServer(QUIET);
  const target = "/api/hubs/chat/groups/a%2Fb%20c/:closeConnections";
  const at = (group: string) =>
    `${server.endpoint}/api/hubs/chat/groups/${group}/:closeConnections`;
  for (const group of ["a%2Fb%20c", "a%2fb c", "a%2Fb%20%63"]) {
    assert.equal(await withAudience(server, at(group), target), 204, group);
  }
  for (const group of ["a/b%20c", "a%252Fb%20c"]) {
    assert.equal(await withAudience(server, at(group), target), 401, group);
  }
});
