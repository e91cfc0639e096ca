/**
 * The REST API: a Hono application around one pipeline. The order of its checks is the service's; no step before the
 * last changes or delivers anything.
 */
import { Hono } from "hono";
import { cors } from "hono/cors";
import { badRequest, RestError } from "../errors.ts";
import type { Filter } from "../filter/filter.ts";
import { hubKey, isGroupName, isHubName, isPresent } from "../names.ts";
import { checkBodyHeaders, groupsOf, payloadOf, readBody } from "./body.ts";
import { bodyHeaders } from "./body_headers.ts";
import { endpointOf, requestHosts } from "./endpoint.ts";
import { metadataOf } from "./metadata_headers.ts";
import type { Call, Operation } from "./operation.ts";
import { OPERATIONS } from "./operations.ts";
import { isPermissionName } from "./permissions.ts";
import { Query } from "./query.ts";
import {
  API_VERSIONS,
  methodNotAllowed,
  notFound,
  refuse,
  respond,
  unauthorized,
} from "./respond.ts";
import { type PathNames, Routes, splitPath } from "./route.ts";
import type { Authentication, RestServices } from "./services.ts";

const VERSIONS: ReadonlySet<string> = new Set(API_VERSIONS);
const ROUTES = new Routes(OPERATIONS);
const BEARER = /^bearer[ \t]+(.*)$/i;

/** Makes the handler of everything below `/api`. */
export function createRestApp(services: RestServices): Hono {
  // The path is matched raw, below: names may hold anything, and HEAD is not GET here.
  const app = new Hono({ getPath: () => "/" });
  if (services.corsOrigins.length > 0) {
    app.use(cors({
      origin: [...services.corsOrigins],
      allowMethods: ["GET", "HEAD", "POST", "PUT", "DELETE"],
      exposeHeaders: ["x-ms-error-code", "api-supported-versions"],
      maxAge: 86_400,
    }));
  }
  app.all("/", (context) => answer(context.req.raw, services));
  return app;
}

/** Path and query of a URL as they were sent. */
export function rawTarget(url: string): { readonly path: string; readonly search: string } {
  const start = url.indexOf("/", url.indexOf("://") + 3);
  const target = start < 0 ? "/" : url.slice(start);
  const mark = target.indexOf("?");
  return mark < 0
    ? { path: target, search: "" }
    : { path: target.slice(0, mark), search: target.slice(mark + 1) };
}

/** Whatever goes wrong becomes an answer here, exactly once. */
async function answer(request: Request, services: RestServices): Promise<Response> {
  try {
    return await handle(request, services);
  } catch (error) {
    if (error instanceof RestError) return refuse(error, request.method);
    services.log.error("REST call failed", { error: String(error) });
    const failure = new RestError("Error.InternalServerError", "Internal server error.", "Request");
    return refuse(failure, request.method);
  }
}

/** The pipeline. Where a step may answer at once, only a promise is awaited: each turn of the loop costs. */
async function handle(request: Request, services: RestServices): Promise<Response> {
  const { method } = request;
  const { path, search } = rawTarget(request.url);

  const segments = splitPath(path); // 1
  const match = ROUTES.match(method, segments); // 2
  if (match.kind === "unknown") return notFound();
  if (match.kind === "wrongMethod") return methodNotAllowed(match.allow); // 3
  const { operation, names } = match;

  const verdict = authenticate(request, path, operation, services); // 4
  const refusal = refusalOf(typeof verdict === "string" ? verdict : await verdict);
  if (refusal !== undefined) return refusal;

  const query = new Query(search);
  checkVersion(query); // 5
  checkNames(names); // 6
  operation.checkQuery?.(query);
  const filter = operation.filtered ? queryFilter(query, services) : undefined; // 7

  const hubName = hubKey(names.get("hub") ?? "");
  const body = operation.body === undefined
    ? undefined
    : await readOperationBody(request, operation.body, services); // 8, 9
  const call: Call = {
    hub: services.hubs.find(hubName),
    hubName,
    names,
    query,
    filter,
    message: body?.message,
    groupsRequest: body?.groupsRequest,
    path,
    endpoint: () => endpointOf(request.headers, request.url, services),
  };
  return respond(operation.run(call, services)); // 10
}

type Verdict = Authentication | "noToken";

function authenticate(
  request: Request,
  path: string,
  operation: Operation,
  services: RestServices,
): Verdict | Promise<Verdict> {
  const { headers } = request;
  const match = BEARER.exec(headers.get("authorization") ?? "");
  const token = match?.[1]?.trim();
  if (token === undefined || token === "") return "noToken";
  const hosts = () => requestHosts(headers, services.trustForwardedHeaders);
  return services.authenticate(token, { path, hosts }, operation.access);
}

function refusalOf(verdict: Verdict): Response | undefined {
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

function checkVersion(query: Query): void {
  const given = query.all("api-version");
  if (given.length === 0 || (given.length === 1 && VERSIONS.has(given[0] ?? ""))) return;
  throw badRequest("The specified API version is not supported.", "api-version");
}

function checkNames(names: PathNames): void {
  for (const [name, value] of names) {
    switch (name) {
      case "hub":
        if (!isHubName(value)) throw badRequest("Invalid hub name.", "hub");
        break;
      case "group":
        if (!isGroupName(value)) throw badRequest("Invalid group name.", "group");
        break;
      case "userId":
        if (!isPresent(value)) throw badRequest("Invalid user ID.", "userId");
        break;
      case "connectionId":
        if (!isPresent(value)) throw badRequest("Invalid connection ID.", "connectionId");
        break;
      case "permission":
        if (!isPermissionName(value)) throw badRequest("Invalid permission.", "permission");
    }
  }
}

/** A blank filter in the query is none. */
function queryFilter(query: Query, services: RestServices): Filter | undefined {
  const source = query.first("filter");
  return source === undefined || source.trim() === "" ? undefined : filterOf(source, services);
}

function filterOf(source: string, services: RestServices): Filter {
  const parsed = services.parseFilter(source);
  if (!parsed.ok) throw badRequest(parsed.message, "Request");
  return parsed.filter;
}

async function readOperationBody(
  request: Request,
  takes: "message" | "groups",
  services: RestServices,
): Promise<Pick<Call, "message" | "groupsRequest">> {
  const headers = bodyHeaders(request.headers);
  const kind = checkBodyHeaders(headers, takes);
  const bytes = await readBody(request, headers);
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
      filter: filter === undefined ? undefined : filterOf(filter, services),
    },
  };
}
