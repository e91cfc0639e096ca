// The rule of CORS by itself.
import assert from "node:assert/strict";
import { type CorsRequest, judgeCors } from "../../src/server/cors.ts";

const APP = "https://app.example";

function request(facts: Partial<CorsRequest> = {}): CorsRequest {
  return {
    method: "GET",
    origin: APP,
    requestedMethod: undefined,
    requestedHeaders: undefined,
    ...facts,
  };
}

const PREFLIGHT = request({
  method: "OPTIONS",
  requestedMethod: "POST",
  requestedHeaders: "authorization,content-type",
});

Deno.test("without allowed origins nothing is said, and OPTIONS is a method like others", () => {
  assert.deepEqual(judgeCors([], request()), { preflight: false, headers: {} });
  assert.deepEqual(judgeCors([], PREFLIGHT), { preflight: false, headers: {} });
});

Deno.test("an allowed origin may read the answer, and caches keep origins apart", () => {
  assert.deepEqual(judgeCors(["https://other.example", APP], request()), {
    preflight: false,
    headers: {
      "access-control-allow-origin": APP,
      "access-control-expose-headers": "x-ms-error-code, api-supported-versions",
      "vary": "origin",
    },
  });
});

Deno.test("a stranger is allowed nothing: another host, port, scheme, case, a longer name, null", () => {
  const strangers = [
    "https://evil.example",
    "https://app.example:8443",
    "http://app.example",
    "https://APP.example",
    "https://app.example.evil",
    "https://app.exampl",
    "null",
    undefined,
  ];
  for (const origin of strangers) {
    assert.deepEqual(judgeCors([APP], request({ origin })).headers, { vary: "origin" }, origin);
    const { headers } = judgeCors([APP], { ...PREFLIGHT, origin });
    assert.deepEqual(headers, { vary: "origin" }, origin);
  }
});

Deno.test("* allows every origin, the same answer for all", () => {
  for (const origin of [APP, "http://localhost:5173", "null", undefined]) {
    const { headers } = judgeCors(["https://other.example", "*"], request({ origin }));
    assert.equal(headers["access-control-allow-origin"], "*");
    assert.equal(headers["vary"], undefined);
  }
});

Deno.test("a preflight names the methods of REST and the headers that were asked for", () => {
  for (const [allowed, origin] of [[APP, APP], ["*", "*"]] as const) {
    const { preflight, headers } = judgeCors([allowed], PREFLIGHT);
    assert.equal(preflight, true);
    assert.equal(headers["access-control-allow-origin"], origin);
    assert.equal(headers["access-control-allow-methods"], "GET, HEAD, POST, PUT, DELETE");
    assert.equal(headers["access-control-allow-headers"], "authorization,content-type");
    assert.equal(headers["access-control-max-age"], "86400");
    assert.match(headers["vary"] ?? "", /access-control-request-headers/);
  }
  const bare = judgeCors([APP], { ...PREFLIGHT, requestedHeaders: undefined });
  assert.equal(bare.headers["access-control-allow-headers"], undefined);
});

Deno.test("OPTIONS without an origin or without a requested method is no preflight", () => {
  assert.equal(judgeCors(["*"], { ...PREFLIGHT, origin: undefined }).preflight, false);
  assert.equal(judgeCors(["*"], { ...PREFLIGHT, requestedMethod: undefined }).preflight, false);
  assert.equal(judgeCors(["*"], { ...PREFLIGHT, method: "POST" }).preflight, false);
});
