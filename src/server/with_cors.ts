/** The rule of CORS around an answer. */
import type { RestRequest, RestResponse } from "../rest/request.ts";
import { type CorsRequest, judgeCors } from "./cors.ts";

/**
 * Answers a preflight, and adds what the rule says to all other answers.
 *
 * @param allowed as for {@linkcode judgeCors}
 * @param answer makes the answer to a request that is no preflight
 */
export function withCors(
  allowed: readonly string[],
  request: RestRequest,
  answer: () => RestResponse | Promise<RestResponse>,
): RestResponse | Promise<RestResponse> {
  if (allowed.length === 0) return answer();
  const { preflight, headers } = judgeCors(allowed, factsOf(request));
  if (preflight) return { status: 204, headers, body: undefined };
  const answered = answer();
  return answered instanceof Promise
    ? answered.then((response) => adding(response, headers))
    : adding(answered, headers);
}

function factsOf({ method, headers }: RestRequest): CorsRequest {
  return {
    method,
    origin: headers.get("origin") ?? undefined,
    requestedMethod: headers.get("access-control-request-method") ?? undefined,
    requestedHeaders: headers.get("access-control-request-headers") ?? undefined,
  };
}

function adding(response: RestResponse, headers: RestResponse["headers"]): RestResponse {
  return { ...response, headers: { ...response.headers, ...headers } };
}
