import assert from "node:assert/strict";
import type { RestRequest } from "../../src/rest/request.ts";
import { createRoutes, type Destinations } from "../../src/server/routes.ts";

const HOME = {
  endpoint: "http://h",
  clientUrlTemplate: "ws://h/client/hubs/{hub}",
  healthUrl: "http://h/api/health",
};

/** Routes of a server whose REST API answers everything with 202. */
function routes(differences: Partial<Destinations> = {}) {
  const loads: string[] = [];
  const answer = createRoutes({
    isStopping: () => false,
    allowedOrigins: [],
    home: HOME,
    loadRest() {
      loads.push("rest");
      return Promise.resolve(() => Promise.resolve({ status: 202, headers: {}, body: undefined }));
    },
    ...differences,
  });
  const status = async (target: string, headers: Record<string, string> = { host: "h" }) =>
    (await answer(get(target, headers))).status;
  return { status, loads };
}

function get(target: string, headers: Record<string, string>): RestRequest {
  return {
    method: "GET",
    target,
    scheme: "http",
    headers: new Headers(headers),
    body: () => Promise.resolve(new Uint8Array()),
  };
}

Deno.test("the page, its icon and the health probe are served without the REST API", async () => {
  const { status, loads } = routes();
  for (const target of ["/", "/?a=1", "/favicon.ico", "/api/health", "/api/health/"]) {
    assert.equal(await status(target), 200, target);
  }
  assert.deepEqual(loads, []);
});

Deno.test("every other target is the REST API's, which is loaded with its first call", async () => {
  const { status, loads } = routes();
  for (const target of ["/api/hubs/chat/:send", "/api/healthy", "/favicon.ico/x", "*"]) {
    assert.equal(await status(target), 202, target);
  }
  assert.deepEqual(loads, ["rest"]);
});

Deno.test("the REST API needs a host that links can name; the health probe needs none", async () => {
  const { status } = routes();
  assert.equal(await status("/api/hubs/chat/:send", {}), 400);
  assert.equal(await status("/api/hubs/chat/:send", { host: "a b" }), 400);
  assert.equal(await status("/api/health", {}), 200);
});

Deno.test("a server that stops answers 503, whatever is asked for", async () => {
  const { status } = routes({ isStopping: () => true });
  for (const target of ["/", "/api/health", "/api/hubs/chat/:send"]) {
    assert.equal(await status(target), 503, target);
  }
});
