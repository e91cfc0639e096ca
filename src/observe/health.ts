/**
 * `/api/health`: the process serves. No token, no version, no body.
 */

/** Answers a request to the health path; HEAD is the service's, GET is ours for load balancers. */
export function answerHealth(method: string): Response {
  const headers = { "content-length": "0" };
  if (method === "HEAD" || method === "GET") return new Response(null, { status: 200, headers });
  return new Response(null, { status: 405, headers: { ...headers, allow: "HEAD, GET" } });
}
