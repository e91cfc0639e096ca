/**
 * Who answers a request that is not for the client endpoint: the page for browsers, the health probe, or REST.
 */
import { answerHealth } from "../observe/health.ts";
import type { RestPipeline } from "../rest/pipeline.ts";
import type { RestRequest, RestResponse } from "../rest/request.ts";
import { isAuthority } from "../transport/http/request_rules.ts";
import type { HomeFacts } from "./home_page.ts";
import { withCors } from "./with_cors.ts";

/** What the routes lead to. */
export interface Destinations {
  /** Whether the server takes no more requests. */
  isStopping(): boolean;
  /** As for `judgeCors`. */
  readonly allowedOrigins: readonly string[];
  /** The addresses that the page for browsers names. */
  readonly home: HomeFacts;
  /** Makes the REST API; called with its first request. */
  loadRest(): Promise<RestPipeline>;
}

/** Answers one request. */
export type Answer = (request: RestRequest) => RestResponse | Promise<RestResponse>;

/** The page for browsers, and the icon that they ask for. */
const HOME = /^\/(?:favicon\.ico)?(?:\?|$)/;
const HEALTH = /^\/api\/health\/?(?:\?|$)/;

const UNAVAILABLE: RestResponse = { status: 503, headers: {}, body: undefined };
/** Without a host, links and audiences have no name to stand on. Only the runtime's HTTP passes such requests on. */
const NO_HOST: RestResponse = {
  status: 400,
  headers: { "content-type": "text/plain;charset=UTF-8" },
  body: "A valid Host header is required.",
};

/** Makes the routes, for either transport. */
export function createRoutes(to: Destinations): Answer {
  let rest: RestPipeline | undefined;
  const firstRest = async (request: RestRequest) => {
    const loaded = await to.loadRest();
    rest ??= loaded;
    return await rest(request);
  };
  return (request) => {
    if (to.isStopping()) return UNAVAILABLE;
    const { method, target } = request;
    if (HOME.test(target)) return home(method, target, to.home);
    return withCors(to.allowedOrigins, request, () => {
      if (HEALTH.test(target)) return answerHealth(method);
      if (!isAuthority(request.headers.get("host") ?? "")) return NO_HOST;
      return rest === undefined ? firstRest(request) : rest(request);
    });
  };
}

async function home(method: string, target: string, facts: HomeFacts): Promise<RestResponse> {
  const { answerHome } = await import("./home_page.ts");
  const { status, headers, body } = answerHome(method, target, facts);
  return { status, headers, body: body ?? undefined };
}
