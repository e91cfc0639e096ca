/**
 * The REST API: one pipeline from a call to its answer, both plain data. The order of its checks is the service's; no
 * step before the last changes or delivers anything.
 */
import { bearerToken } from "../auth/bearer.ts";
import { freeBytes } from "../bytes.ts";
import { badProperty, errorFields, RestError } from "../errors.ts";
import { MAX_REST_BODY_BYTES } from "../limits.ts";
import { type BodyKind, checkBodyHeaders, groupsOf, payloadOf, wholeBody } from "./body.ts";
import { endpointOf, requestHosts } from "./endpoint.ts";
import { metadataOf } from "./metadata_headers.ts";
import type { Call } from "./operation.ts";
import { checkPlan, type Plan, planOf, Plans } from "./plan.ts";
import type { Query } from "./query.ts";
import type { RestRequest, RestResponse } from "./request.ts";
import { type RequestHeaders, requestHeaders } from "./request_headers.ts";
import { methodNotAllowed, notFound, refuse, respond, unauthorized } from "./respond.ts";
import type { Authentication, RestServices } from "./services.ts";

/** Answers a call. Never fails. */
export type RestPipeline = (request: RestRequest) => Promise<RestResponse>;

/** Makes the handler of everything below `/api`. */
export function createRestPipeline(services: RestServices): RestPipeline {
  const plans = new Plans();
  return (request) => answer(request, services, plans);
}

/** Whatever goes wrong becomes an answer here, exactly once. */
async function answer(
  request: RestRequest,
  services: RestServices,
  plans: Plans,
): Promise<RestResponse> {
  try {
    return await handle(request, services, plans);
  } catch (error) {
    if (error instanceof RestError) return refuse(error, request.method);
    services.log.error("REST call failed", errorFields(error));
    const failure = new RestError("Error.InternalServerError", "Internal server error.", "Request");
    return refuse(failure, request.method);
  }
}

/** The pipeline. Where a step may answer at once, only a promise is awaited: each turn of the loop costs. */
async function handle(
  request: RestRequest,
  services: RestServices,
  plans: Plans,
): Promise<RestResponse> {
  const { method, target } = request;
  const known = plans.find(method, target);
  const plan = known ?? planOf(method, target); // 1, 2
  if (plan.kind === "unknown") return notFound();
  if (plan.kind === "wrongMethod") return methodNotAllowed(plan.allow); // 3

  const headers = requestHeaders(request.headers);
  const verdict = authenticate(request, headers, plan, services); // 4
  const refusal = refusalOf(typeof verdict === "string" ? verdict : await verdict);
  if (refusal !== undefined) return refusal;

  if (known === undefined) {
    checkPlan(plan); // 5, 6
    plans.keep(target, plan);
  }
  const { bound } = services;
  if (bound === undefined) return runPlan(request, headers, plan, services);
  return await bound.run(() => runPlan(request, headers, plan, services));
}

/** The steps of a call that may be made and asks for something known. */
async function runPlan(
  request: RestRequest,
  headers: RequestHeaders,
  { operation, query, names, path, hubName }: Plan,
  services: RestServices,
): Promise<RestResponse> {
  const filter = operation.filtered ? queryFilter(query, services) : undefined; // 7
  let body: Body = NO_BODY;
  if (operation.body !== undefined) {
    const kind = checkBodyHeaders(headers, operation.body); // 8
    const read = request.body(MAX_REST_BODY_BYTES);
    const bytes = wholeBody(read instanceof Promise ? await read : read);
    body = bodyOf(bytes, kind, headers, operation.body, services); // 9
    if (kind.kind !== "binary") freeBytes(bytes);
  }
  const call: Call = {
    hubName,
    names,
    query,
    filter,
    message: body.message,
    groupsRequest: body.groupsRequest,
    path,
    endpoint: () => endpointOf(request.headers, request.scheme, services),
  };
  const answer = operation.run(call, services); // 10
  return respond(answer instanceof Promise ? await answer : answer);
}

type Verdict = Authentication | "noToken";

function authenticate(
  request: RestRequest,
  { authorization }: RequestHeaders,
  { operation, path }: Plan,
  services: RestServices,
): Verdict | Promise<Verdict> {
  const token = bearerToken(authorization);
  if (token === undefined) return "noToken";
  const hosts = () => requestHosts(request.headers, services.trustForwardedHeaders);
  return services.authenticate(token, { path, hosts }, operation.access);
}

function refusalOf(verdict: Verdict): RestResponse | undefined {
  switch (verdict) {
    case "noToken":
      return unauthorized(false);
    case "ok":
      return undefined;
    case "unauthorized":
      return unauthorized(true);
    case "forbidden":
      throw new RestError(
        "Error.Forbidden",
        "The principal has no role that allows this operation.",
        "Request",
      );
  }
}

/** A blank filter in the query is none. */
function queryFilter(query: Query, services: RestServices): string | undefined {
  const source = query.first("filter");
  return source === undefined || source.trim() === ""
    ? undefined
    : checkedFilter(source, "filter", services);
}

/** `name` is how the service calls the place: a parameter has a small letter, a property of a body a capital one. */
function checkedFilter(source: string, name: "filter" | "Filter", services: RestServices): string {
  const parsed = services.filters.parse(source);
  if (!parsed.ok) throw badProperty(parsed.message, name);
  return source;
}

type Body = Pick<Call, "message" | "groupsRequest">;

const NO_BODY: Body = { message: undefined, groupsRequest: undefined };

function bodyOf(
  bytes: Uint8Array,
  kind: BodyKind,
  headers: RequestHeaders,
  takes: "message" | "groups",
  services: RestServices,
): Body {
  if (takes === "message") {
    const payload = payloadOf(bytes, kind);
    return {
      message: { payload, metadata: metadataOf(headers.metadata) },
      groupsRequest: undefined,
    };
  }
  const { groups, filter } = groupsOf(bytes, kind);
  return {
    message: undefined,
    groupsRequest: {
      groups,
      filter: filter === undefined ? undefined : checkedFilter(filter, "Filter", services),
    },
  };
}
