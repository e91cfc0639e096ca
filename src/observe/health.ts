/**
 * `/api/health`: the process serves. No token, no version, no body.
 */

/** The answer to a request of the health path, as plain data. */
export interface HealthAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: undefined;
}

const HEALTHY: HealthAnswer = { status: 200, headers: {}, body: undefined };
const WRONG_METHOD: HealthAnswer = {
  status: 405,
  headers: { allow: "HEAD, GET" },
  body: undefined,
};

/** Answers a request to the health path; HEAD is the service's, GET is ours for load balancers. */
export function answerHealth(method: string): HealthAnswer {
  return method === "HEAD" || method === "GET" ? HEALTHY : WRONG_METHOD;
}
