// Walks the table of facts about the data plane: every operation, parameter, status and version in it is served.
import assert from "node:assert/strict";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { systemPlatform } from "../../src/platform.ts";
import { createRestPipeline } from "../../src/rest/pipeline.ts";
import { OPERATIONS } from "../../src/rest/operations.ts";
import { type HubbubServer, startServer } from "../../src/server.ts";
import { QUIET } from "../support/fixture.ts";
import { inSeconds } from "../support/rest_client.ts";
import { anyErrorOf, jsonClient } from "./clients.ts";
import {
  addQuery,
  type CallPlan,
  FACTS,
  goodValues,
  HUB_OPERATIONS,
  type OperationFacts,
  parametersOf,
  plainCall,
  requestOf,
  withValue,
} from "./operation_facts.ts";
import { PROVOKE } from "./provocations.ts";
import { raw, type RawAnswer, RawHttp, tokenFor } from "./raw_http.ts";

/** A server with the one connection that plain calls are about. */
async function setUp(): Promise<
  AsyncDisposable & { server: HubbubServer; names: Record<string, string> }
> {
  const server = await startServer(QUIET);
  const roles = ["webpubsub.sendToGroup.g"];
  const client = await jsonClient(server, "chat", { userId: "ann", groups: ["g"], roles });
  const names = {
    hub: "chat",
    group: "g",
    userId: "ann",
    connectionId: client.id,
    permission: "sendToGroup",
    targetName: "g",
  };
  const dispose = () => {
    client[Symbol.dispose]();
    return server.close();
  };
  return { server, names, [Symbol.asyncDispose]: dispose };
}

function send(server: HubbubServer, plan: CallPlan): Promise<RawAnswer> {
  const { target, init } = requestOf(plan);
  return raw(server, plan.method, target, init);
}

function successOf(operation: OperationFacts): number {
  const [success] = operation.success;
  assert.ok(success !== undefined && operation.success.length === 1);
  return success.status;
}

/** 200 or 404 for names that are judged good but name nobody. */
function assertJudgedGood(operation: OperationFacts, answer: RawAnswer, what: string): void {
  const absent = operation.errors.some(({ status }) => status === 404) ? [404] : [];
  assert.ok([successOf(operation), ...absent].includes(answer.status), `${what}: ${answer.status}`);
}

function assertError(
  answer: RawAnswer,
  method: string,
  status: number,
  code: string | null,
  what: string,
): void {
  assert.equal(answer.status, status, what);
  assert.equal(answer.headers.get("x-ms-error-code") ?? null, code, what);
  if (code !== null && method !== "HEAD") assert.equal(anyErrorOf(answer).code, code, what);
}

Deno.test("the table and the server have the same operations", () => {
  const served = OPERATIONS.map(({ id, method, path, access }) => {
    const parts = path.map((part) => typeof part === "string" ? part : `{${part.name}}`);
    return `${id} ${method} /${parts.join("/")} ${access}`;
  });
  const known = HUB_OPERATIONS.map(({ operationId, method, path, access }) =>
    `${operationId} ${method} ${path} ${access}`
  );
  assert.deepEqual(served.sort(), known.sort());
  assert.equal(FACTS.operations.length, 25);
});

Deno.test("HealthApi_GetServiceStatus is served to anybody", async () => {
  await using server = await startServer(QUIET);
  for (const version of ["", ...FACTS.apiVersions.map((version) => `?api-version=${version}`)]) {
    const { status } = await raw(server, "HEAD", `/api/health${version}`, { token: null });
    assert.equal(status, 200);
  }
});

for (const operation of HUB_OPERATIONS) {
  const { operationId, method } = operation;

  Deno.test(`${operationId} succeeds under every version, with every good parameter and body type`, async () => {
    for (const version of [undefined, ...FACTS.apiVersions]) {
      await using context = await setUp();
      const plan = plainCall(operation, context.names);
      const versioned = version === undefined ? plan : addQuery(plan, ["api-version", version]);
      const answer = await send(context.server, versioned);
      assert.equal(answer.status, successOf(operation), version);
      const shape = operation.success[0]?.body;
      if (shape === null) assert.equal(answer.body, "");
      else assert.ok(Object.keys(JSON.parse(answer.body)).every((key) => key in Object(shape)));
    }
    await using context = await setUp();
    const plan = plainCall(operation, context.names);
    for (const type of operation.requestContentTypes) {
      const body = plan.body === "" ? "{}" : plan.body;
      const typed = { ...plan, headers: { "Content-Type": type }, body };
      assert.equal((await send(context.server, typed)).status, successOf(operation), type);
    }
    for (const parameter of parametersOf(operation)) {
      for (const value of goodValues(parameter)) {
        const answer = await send(context.server, withValue(plan, parameter, value));
        assertJudgedGood(operation, answer, `${parameter.name}=${value.slice(0, 50)}`);
      }
      if (parameter.repeatable) {
        const answer = await send(context.server, withValue(plan, parameter, "a", "b"));
        assertJudgedGood(operation, answer, `${parameter.name} twice`);
      }
      if (!parameter.required) {
        const answer = await send(context.server, withValue(plan, parameter));
        assertJudgedGood(operation, answer, `without ${parameter.name}`);
      }
    }
  });

  Deno.test(`${operationId} refuses what the table says, with its status and code`, async () => {
    await using context = await setUp();
    const { server } = context;
    const plan = plainCall(operation, context.names);
    for (const { status, code, cause } of operation.errors) {
      if (status === 409) continue;
      const plans = PROVOKE[cause]?.(plan, operation) ?? [];
      assert.ok(plans.length > 0, `nothing provokes "${cause}"`);
      for (const wrong of plans) {
        assertError(await send(server, wrong), method, status, code, cause);
      }
    }
    const { target, init } = requestOf(plan);
    for (const token of [null, tokenFor(server, "/api/hubs/elsewhere/:send")]) {
      const answer = await raw(server, method, target, { ...init, token });
      assertError(answer, method, 401, null, "token");
      assert.match(answer.headers.get("www-authenticate") ?? "", /^Bearer/);
    }
    const wrong = await raw(server, "PATCH", target, init);
    assertError(wrong, "PATCH", 405, null, "method");
    assert.ok(wrong.headers.get("allow")?.split(", ").includes(method));
  });
}

const CONFLICTS = HUB_OPERATIONS.filter(({ errors }) => errors.some((e) => e.status === 409));
for (const operation of CONFLICTS) {
  Deno.test(`${operation.operationId} answers 409 at the limit of rules`, async () => {
    await using server = await startServer(QUIET);
    const roles = operation.method === "DELETE" ? ["webpubsub.sendToGroup"] : [];
    using client = await jsonClient(server, "chat", { roles });
    using http = await RawHttp.open(server);
    const names = { hub: "chat", connectionId: client.id, permission: "sendToGroup" };
    for (let i = 0; i <= 1000; i++) {
      const plan = plainCall(operation, { ...names, targetName: `g${i}` });
      const { target, init } = requestOf(plan);
      const answer = await http.call(operation.method, target, init);
      if (i < 1000) assert.equal(answer.status, successOf(operation));
      else assertError(answer, operation.method, 409, "Error.Connection.Conflict", "limit");
    }
  });
}

Deno.test("a reader of the identity provider may read, another principal nothing: 403", async () => {
  const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
  const jwk = { ...await exportJWK(publicKey), kid: "k", alg: "ES256" };
  const issuer = "https://login.example.com";
  await using server = await startServer({
    ...QUIET,
    oidc: { issuer, jwksUri: `${issuer}/keys` },
    platform: { ...systemPlatform, fetch: () => Promise.resolve(Response.json({ keys: [jwk] })) },
  });
  const tokenWith = (roles: string[]) =>
    new SignJWT({ roles }).setProtectedHeader({ alg: "ES256", kid: "k" }).setIssuer(issuer)
      .setAudience("https://webpubsub.azure.com").setExpirationTime(inSeconds(60)).sign(privateKey);
  using client = await jsonClient(server, "chat", { userId: "ann", groups: ["g"] });
  const names = { hub: "chat", group: "g", userId: "ann", connectionId: client.id };
  const owner = await tokenWith(["Web PubSub Service Owner"]);
  const reader = await tokenWith(["Web PubSub Service Reader"]);
  const stranger = await tokenWith(["Something else"]);
  for (const operation of HUB_OPERATIONS) {
    const { method, access, operationId } = operation;
    const plan = plainCall(operation, { ...names, permission: "sendToGroup", targetName: "g" });
    for (const [token, allowed] of [[reader, access === "read"], [stranger, false]] as const) {
      const answer = await send(server, { ...plan, token });
      if (allowed) assertJudgedGood(operation, answer, operationId);
      else assertError(answer, method, 403, "Error.Forbidden", operationId);
    }
  }
  for (const operation of HUB_OPERATIONS) {
    const plan = plainCall(operation, { ...names, permission: "sendToGroup", targetName: "g" });
    assertJudgedGood(
      operation,
      await send(server, { ...plan, token: owner }),
      operation.operationId,
    );
  }
});

Deno.test("an unexpected failure is 500 without internals", async () => {
  const failures: unknown[] = [];
  const fail = (): never => {
    throw new Error("secret detail");
  };
  const answer = createRestPipeline({
    reach: new Proxy(Object.create(null), { get: () => fail }),
    groupBound: { message: "" },
    log: { debug() {}, info() {}, warn() {}, error: (...given) => void failures.push(given) },
    authenticate: () => "ok",
    signClientToken: fail,
    continuationMacs: fail,
    filters: { parse: fail },
    publicEndpoint: undefined,
    bound: undefined,
    trustForwardedHeaders: false,
  });
  for (const operation of HUB_OPERATIONS) {
    const names = { hub: "h", group: "g", userId: "u", connectionId: "c" };
    const plan = plainCall(operation, { ...names, permission: "1", targetName: "g" });
    const { target } = requestOf(plan);
    const headers = new Headers({ ...plan.headers, authorization: "Bearer x" });
    const body = new TextEncoder().encode(plan.body);
    const { method } = plan;
    const failed = await answer({ method, target, scheme: "http", headers, body: () => body });
    assert.equal(failed.status, 500, operation.operationId);
    assert.equal(failed.headers["x-ms-error-code"], "Error.InternalServerError");
    assert.doesNotMatch(failed.body ?? "", /secret|Error:|at /);
  }
  assert.equal(failures.length, HUB_OPERATIONS.length);
});
