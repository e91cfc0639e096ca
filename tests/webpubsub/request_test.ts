/** What Web PubSub clients say to event handlers. */
import assert from "node:assert/strict";
import { connectRequest, eventRequest } from "../../src/webpubsub/request.ts";

function bodyOf(client: Partial<Parameters<typeof connectRequest>[0]>) {
  const nobody = { claims: {}, parameters: [], headers: [], subprotocols: [] };
  return JSON.parse(String(connectRequest({ ...nobody, ...client }).body));
}

Deno.test("connect: all five members are there, also for a client that says nothing", () => {
  assert.deepEqual(bodyOf({}), {
    claims: {},
    query: {},
    headers: {},
    subprotocols: [],
    clientCertificates: [],
  });
});

Deno.test("connect: parameters given twice keep their order, and so do headers", () => {
  const { query, headers } = bodyOf({
    parameters: [["room", "b"], ["flag", ""], ["room", "a"]],
    headers: [["x-team", "blue"], ["set-cookie", "1"], ["set-cookie", "2"]],
  });
  assert.deepEqual(query, { room: ["b", "a"], flag: [""] });
  assert.deepEqual(headers, { "x-team": ["blue"], "set-cookie": ["1", "2"] });
});

Deno.test("connect: the client's token is in neither, nor what a gateway in front of us added", () => {
  const { query, headers } = bodyOf({
    parameters: [["access_token", "t"], ["Access_Token", "t"], ["a", "1"]],
    headers: [["authorization", "Bearer t"], ["x-asrs-internal-x", "t"], ["cookie", "session=1"]],
  });
  assert.deepEqual(query, { a: ["1"] });
  assert.deepEqual(headers, { cookie: ["session=1"] });
});

Deno.test("connect: names that objects inherit are names like any other", () => {
  const parameters = [["__proto__", "a"], ["constructor", "b"]] as const;
  assert.deepEqual(
    Object.entries(bodyOf({ parameters }).query),
    [["__proto__", ["a"]], ["constructor", ["b"]]],
  );
});

Deno.test("an event without metadata has no headers of its own; no language reads refusals here", () => {
  assert.deepEqual(eventRequest({ kind: "text", text: "hi" }, undefined), {
    contentType: "text/plain; charset=utf-8",
    body: "hi",
    headers: undefined,
    readsRefusals: false,
  });
});
