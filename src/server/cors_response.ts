/** The rule of CORS over the runtime's own requests and answers. */
import { type CorsRequest, judgeCors } from "./cors.ts";

/**
 * Answers a preflight, and adds what the rule says to all other answers.
 *
 * @param allowed as for {@linkcode judgeCors}
 * @param answer makes the answer to a request that is no preflight
 */
export function withCors(
  allowed: readonly string[],
  request: Request,
  answer: () => Response | Promise<Response>,
): Response | Promise<Response> {
  if (allowed.length === 0) return answer();
  const { preflight, headers } = judgeCors(allowed, factsOf(request));
  if (preflight) return new Response(null, { status: 204, headers });
  const answered = answer();
  return answered instanceof Promise
    ? answered.then((response) => adding(response, headers))
    : adding(answered, headers);
}

function factsOf({ method, headers }: Request): CorsRequest {
  return {
    method,
    origin: headers.get("origin") ?? undefined,
    requestedMethod: headers.get("access-control-request-method") ?? undefined,
    requestedHeaders: headers.get("access-control-request-headers") ?? undefined,
  };
}

function adding(response: Response, headers: Readonly<Record<string, string>>): Response {
  for (const [name, value] of Object.entries(headers)) response.headers.append(name, value);
  return response;
}
