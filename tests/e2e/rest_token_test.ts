// Client tokens that the REST API makes.
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import { type HubbubServer, startServer } from "../../src/server.ts";
import { QUIET } from "../support/fixture.ts";
import { RawClient } from "../support/raw_client.ts";
import { inSeconds } from "../support/rest_client.ts";
import { invalidOf } from "../rest/clients.ts";
import { raw } from "../rest/raw_http.ts";

const PATH = "/api/hubs/Chat/:generateToken";

async function tokenOf(server: HubbubServer, query: string): Promise<string> {
  const answer = await raw(server, "POST", `${PATH}?${query}`);
  assert.equal(answer.status, 200, answer.body);
  assert.equal(answer.headers.get("content-type"), "application/json; charset=utf-8");
  const body = JSON.parse(answer.body);
  assert.deepEqual(Object.keys(body), ["token"]);
  return body.token;
}

function decoded(token: string): { header: unknown; claims: Record<string, unknown> } {
  const [header = "", claims = ""] = token.split(".").map((part) =>
    Buffer.from(part, "base64url").toString()
  );
  return { header: JSON.parse(header), claims: JSON.parse(claims) };
}

async function claimsOf(server: HubbubServer, query: string): Promise<Record<string, unknown>> {
  return decoded(await tokenOf(server, query)).claims;
}

Deno.test("a token without parameters is an anonymous one for an hour, signed with the primary key", async () => {
  await using server = await startServer(QUIET);
  const before = inSeconds(0);
  const token = await tokenOf(server, "");
  const [head, payload, signature] = token.split(".");
  const mac = createHmac("sha256", server.accessKey).update(`${head}.${payload}`);
  assert.equal(signature, mac.digest("base64url"));
  const { header, claims } = decoded(token);
  assert.deepEqual(header, { alg: "HS256", typ: "JWT" });
  const { iat, nbf, exp, ...rest } = claims;
  assert.deepEqual(rest, {
    aud: `${server.endpoint}/client/hubs/chat`,
    iss: "https://webpubsub.azure.com",
  });
  assert.ok(typeof iat === "number" && iat >= before && iat <= inSeconds(0));
  assert.equal(nbf, iat);
  assert.equal(exp, iat + 3600);
});

Deno.test("user, roles, groups and lifetime become claims", async () => {
  await using server = await startServer(QUIET);
  const query = "userId=a%2Bb+c&role=webpubsub.sendToGroup.g&role=anything&group=g&group=h+i" +
    "&minutesToExpire=5&api-version=2021-10-01";
  const { sub, role, iat, exp, ...claims } = await claimsOf(server, query);
  assert.equal(sub, "a+b c");
  assert.deepEqual(role, ["webpubsub.sendToGroup.g", "anything"]);
  assert.deepEqual(claims["webpubsub.group"], ["g", "h i"]);
  assert.equal(Number(exp) - Number(iat), 300);
  for (const blank of ["userId=", "userId=+%09"]) {
    assert.equal("sub" in await claimsOf(server, blank), false);
  }
  const longest = await claimsOf(server, "minutesToExpire=2147483647");
  assert.equal(Number(longest.exp) - Number(longest.iat), 60 * 2147483647);
});

Deno.test("the client type chooses the endpoint, in any letter case", async () => {
  await using server = await startServer(QUIET);
  for (
    const [type, path] of [
      ["", "/client/hubs/chat"],
      ["Default", "/client/hubs/chat"],
      ["DEFAULT", "/client/hubs/chat"],
      ["MQTT", "/clients/mqtt/hubs/chat"],
      ["mqtt", "/clients/mqtt/hubs/chat"],
      ["SocketIO", "/clients/socketio/hubs/chat"],
      ["socketio", "/clients/socketio/hubs/chat"],
    ] as const
  ) {
    assert.equal((await claimsOf(server, `clientType=${type}`)).aud, server.endpoint + path);
  }
});

Deno.test("what is invalid is 400 with the parameter's name", async () => {
  await using server = await startServer(QUIET);
  for (
    const [query, message, target] of [
      ["minutesToExpire=0", "Invalid minutesToExpire.", "minutesToExpire"],
      ["minutesToExpire=-1", "Invalid minutesToExpire.", "minutesToExpire"],
      ["minutesToExpire=no", "Invalid minutesToExpire.", "minutesToExpire"],
      ["minutesToExpire=1.5", "Invalid minutesToExpire.", "minutesToExpire"],
      ["minutesToExpire=2147483648", "Invalid minutesToExpire.", "minutesToExpire"],
      ["clientType=amqp", "The value 'amqp' is not valid.", "clientType"],
      ["clientType=constructor", "The value 'constructor' is not valid.", "clientType"],
      ["group=g&group=", "Invalid group name.", "group"],
      ["group=+", "Invalid group name.", "group"],
      ["group=a%0Ab", "Invalid group name.", "group"],
      [`group=${"x".repeat(1025)}`, "Invalid group name.", "group"],
    ] as const
  ) {
    const answer = await raw(server, "POST", `${PATH}?${query}`);
    assert.equal(answer.status, 400, query);
    const error = invalidOf(answer, "application/json");
    assert.deepEqual([error.message, error.target], [message, target]);
  }
});

Deno.test("the token opens its hub and no other, with its user and groups, and is no REST token", async () => {
  await using server = await startServer(QUIET);
  const token = await tokenOf(server, "userId=ann&group=g");
  using client = await RawClient.open(`${server.clientUrl("chat")}?access_token=${token}`, {
    protocols: ["json.webpubsub.azure.v1"],
  });
  assert.equal((await client.json()).userId, "ann");
  assert.equal((await raw(server, "HEAD", "/api/hubs/chat/groups/g")).status, 200);
  using other = await RawClient.open(`${server.clientUrl("other")}?access_token=${token}`);
  assert.equal(other.status, 401);
  assert.equal((await raw(server, "POST", PATH, { token })).status, 401);
});

Deno.test("a body is ignored", async () => {
  await using server = await startServer(QUIET);
  const body = "x".repeat(10_000);
  const answer = await raw(server, "POST", PATH, { body, headers: { "Content-Type": "a/b" } });
  assert.equal(answer.status, 200);
});
