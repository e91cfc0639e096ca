// Behind a proxy, and called from a browser: public endpoints, forwarded headers, CORS.
import assert from "node:assert/strict";
import net from "node:net";
import { once } from "node:events";
import { type HubbubServer, type ServerOptions, startServer } from "../../src/server.ts";
import { QUIET } from "../support/fixture.ts";
import { inSeconds, signToken } from "../support/rest_client.ts";
import { type RawAnswer, RawHttp, type RawInit } from "../rest/raw_http.ts";

const PUBLIC = "https://push.example.com";
const TOKEN_PATH = "/api/hubs/Chat/:generateToken";

/** A server whose port is known although its endpoint does not show it. */
async function startPublic(options: ServerOptions): Promise<HubbubServer & { port: number }> {
  const probe = net.createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  assert.ok(address !== null && typeof address === "object");
  const { port } = address;
  probe.close();
  await once(probe, "close");
  return Object.assign(await startServer({ ...QUIET, ...options, port }), { port });
}

async function call(
  server: HubbubServer & { port: number },
  method: string,
  target: string,
  init: RawInit,
): Promise<RawAnswer> {
  using http = await RawHttp.open(server, String(server.port));
  return await http.call(method, target, init);
}

function audienceIn(body: string): string {
  const [, payload = ""] = JSON.parse(body).token.split(".");
  return JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/"))).aud;
}

Deno.test("with public endpoints, an audience names one of them, the request's host, or the listener", async () => {
  await using server = await startPublic({
    publicEndpoint: PUBLIC,
    additionalEndpoints: ["https://other.example.com:8443/base"],
  });
  const { accessKey, port } = server;
  const statusFor = async (audience: string) => {
    const token = signToken({ aud: audience, exp: inSeconds(60) }, accessKey);
    const headers = { Host: "inner:9000", "X-Forwarded-Host": "forged.example.com" };
    return (await call(server, "POST", TOKEN_PATH, { token, headers })).status;
  };
  for (
    const origin of [
      PUBLIC,
      "http://push.example.com:80",
      "wss://PUSH.example.com:443",
      "https://other.example.com:8443/base",
      "https://other.example.com:8443",
      "http://inner:9000",
      `http://localhost:${port}`,
      `http://127.0.0.1:${port}`,
      `http://[::1]:${port}`,
    ]
  ) {
    assert.equal(await statusFor(origin + TOKEN_PATH), 200, origin);
  }
  for (
    const origin of [
      "https://push.example.com.evil.org",
      "https://push.example.com:8443",
      "https://forged.example.com",
      "https://other.example.com:8443/else",
      `http://localhost:${port + 1}`,
      "https://user@push.example.com",
    ]
  ) {
    assert.equal(await statusFor(origin + TOKEN_PATH), 401, origin);
  }
});

Deno.test("the public endpoint stands in audiences and links, whatever the request says", async () => {
  await using server = await startPublic({ publicEndpoint: PUBLIC, trustForwardedHeaders: true });
  const headers = { "X-Forwarded-Host": "else.example.com", "X-Forwarded-Proto": "http" };
  const { body } = await call(server, "POST", TOKEN_PATH, { headers });
  assert.equal(audienceIn(body), `${PUBLIC}/client/hubs/chat`);
});

Deno.test("X-Forwarded headers count only when they are trusted", async () => {
  const headers = {
    Host: "inner:9000",
    "X-Forwarded-Host": "Push.example.com, inner",
    "X-Forwarded-Proto": "https, http",
  };
  for (
    const [trustForwardedHeaders, origin] of [
      [true, "https://push.example.com"],
      [false, "http://inner:9000"],
    ] as const
  ) {
    await using server = await startPublic({ trustForwardedHeaders });
    const { body } = await call(server, "POST", TOKEN_PATH, { headers });
    assert.equal(audienceIn(body), `${origin}/client/hubs/chat`);
  }
  await using server = await startPublic({ trustForwardedHeaders: true, publicEndpoint: PUBLIC });
  const aud = `https://proxy.example.com${TOKEN_PATH}`;
  const token = signToken({ aud, exp: inSeconds(60) }, server.accessKey);
  const forwarded = { "X-Forwarded-Host": "proxy.example.com" };
  assert.equal(
    (await call(server, "POST", TOKEN_PATH, { token, headers: forwarded })).status,
    200,
  );
  assert.equal((await call(server, "POST", TOKEN_PATH, { token })).status, 401);
});

Deno.test("without configured origins there is no CORS: no header, and OPTIONS is 405", async () => {
  await using server = await startPublic({});
  const headers = {
    Origin: "https://app.example.com",
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization",
  };
  const preflight = await call(server, "OPTIONS", TOKEN_PATH, { headers, token: null });
  assert.equal(preflight.status, 405);
  const post = await call(server, "POST", TOKEN_PATH, { headers });
  for (const answer of [preflight, post]) assert.doesNotMatch(answer.head, /access-control/i);
});

Deno.test("a configured origin passes the preflight and may read the answer; others do not", async () => {
  const origin = "https://app.example.com";
  await using server = await startPublic({ cors: { allowedOrigins: [origin] } });
  const preflightOf = (Origin: string) =>
    call(server, "OPTIONS", TOKEN_PATH, {
      token: null,
      headers: {
        Origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,x-webpubsub-metadata-a",
      },
    });
  const preflight = await preflightOf(origin);
  assert.equal(preflight.status, 204);
  assert.equal(preflight.headers.get("access-control-allow-origin"), origin);
  assert.match(preflight.headers.get("access-control-allow-methods") ?? "", /\bPOST\b/);
  assert.equal(
    preflight.headers.get("access-control-allow-headers")?.replaceAll(" ", ""),
    "authorization,content-type,x-webpubsub-metadata-a",
  );
  assert.doesNotMatch((await preflightOf("https://evil.example.com")).head, /allow-origin/i);
  for (const token of [undefined, null]) {
    const answer = await call(server, "POST", TOKEN_PATH, {
      headers: { Origin: origin },
      ...(token === null ? { token } : {}),
    });
    assert.equal(answer.status, token === null ? 401 : 200);
    assert.equal(answer.headers.get("access-control-allow-origin"), origin);
    assert.match(answer.headers.get("access-control-expose-headers") ?? "", /x-ms-error-code/);
  }
  const foreign = await call(server, "POST", TOKEN_PATH, {
    headers: { Origin: "https://evil.example.com" },
  });
  assert.doesNotMatch(foreign.head, /allow-origin/i);
});

Deno.test("an origin is meant however it is written: letter case, default port, trailing slash, *", async () => {
  for (
    const [written, origin] of [
      ["*", "http://localhost:5173"],
      ["http://localhost:5173/", "http://localhost:5173"],
      ["HTTP://LocalHost:5173", "http://localhost:5173"],
      ["http://localhost:80", "http://localhost"],
      ["https://App.Example:443/", "https://app.example"],
      ["http://[0:0::1]:3000", "http://[::1]:3000"],
      ["https://bücher.example", "https://xn--bcher-kva.example"],
    ] as const
  ) {
    await using server = await startPublic({ cors: { allowedOrigins: [written] } });
    const answer = await call(server, "POST", TOKEN_PATH, { headers: { Origin: origin } });
    assert.equal(answer.status, 200);
    const expected = written === "*" ? "*" : origin;
    assert.equal(answer.headers.get("access-control-allow-origin"), expected, written);
  }
});

Deno.test("the health probe answers pages of allowed origins too, its preflight included", async () => {
  const origin = "https://app.example.com";
  await using server = await startPublic({ cors: { allowedOrigins: [origin] } });
  for (const method of ["GET", "HEAD"]) {
    const headers = { Origin: origin };
    const health = await call(server, method, "/api/health", { headers, token: null });
    assert.equal(health.status, 200);
    assert.equal(health.headers.get("access-control-allow-origin"), origin);
  }
  const headers = { Origin: origin, "Access-Control-Request-Method": "GET" };
  const preflight = await call(server, "OPTIONS", "/api/health", { headers, token: null });
  assert.equal(preflight.status, 204);
  assert.equal(preflight.headers.get("access-control-allow-origin"), origin);
  for (const path of ["/api/health", TOKEN_PATH]) {
    assert.equal((await call(server, "OPTIONS", path, { token: null })).status, 405);
  }
});

Deno.test("refusals can be read by pages of allowed origins", async () => {
  await using server = await startPublic({ cors: { allowedOrigins: ["*"] } });
  const headers = { Origin: "https://app.example.com" };
  for (
    const [method, path, status] of [
      ["GET", "/api/nothing", 404],
      ["PATCH", TOKEN_PATH, 405],
      ["POST", `${TOKEN_PATH}?minutesToExpire=0`, 400],
    ] as const
  ) {
    const answer = await call(server, method, path, { headers });
    assert.equal(answer.status, status);
    assert.equal(answer.headers.get("access-control-allow-origin"), "*");
  }
});
