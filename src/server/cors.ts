/**
 * CORS, by the Fetch standard: which headers let a page of another origin call the server. One rule for REST, the
 * health probe and the preflights of both; it decides from plain values, whoever has read the request.
 */
import { PREFLIGHT_SECONDS } from "../limits.ts";

/** What the rule looks at. */
export interface CorsRequest {
  readonly method: string;
  /** `Origin`, if the request has one. */
  readonly origin: string | undefined;
  /** `Access-Control-Request-Method`, if the request has one: it makes an OPTIONS a preflight. */
  readonly requestedMethod: string | undefined;
  /** `Access-Control-Request-Headers`, if the request has one. */
  readonly requestedHeaders: string | undefined;
}

/** What the rule says. */
export interface CorsVerdict {
  /** Whether the request is a preflight: it is answered with 204 and these headers, whatever its path. */
  readonly preflight: boolean;
  /** Headers to add to the answer, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

const METHODS = "GET, HEAD, POST, PUT, DELETE";
/** What pages may read of an answer besides the few headers that they always may. */
const EXPOSED = "x-ms-error-code, api-supported-versions";

const NO_CORS: CorsVerdict = { preflight: false, headers: {} };

/**
 * Judges a request.
 *
 * ```ts
 * import { judgeCors } from "./cors.ts";
 * import assert from "node:assert/strict";
 * const get = { method: "GET", origin: "https://app.example", requestedMethod: undefined, requestedHeaders: undefined };
 * const { headers } = judgeCors(["https://app.example"], get);
 * assert.equal(headers["access-control-allow-origin"], "https://app.example");
 * ```
 *
 * @param allowed origins in their normal form, as browsers send them; `*` among them is every origin, none is no CORS
 */
export function judgeCors(allowed: readonly string[], request: CorsRequest): CorsVerdict {
  if (allowed.length === 0) return NO_CORS;
  const { method, origin, requestedMethod } = request;
  const preflight = method === "OPTIONS" && origin !== undefined && requestedMethod !== undefined;
  const everybody = allowed.includes("*");
  const headers: Record<string, string> = {};
  // A cache must not hand the answer for one origin to another, nor the one for no origin.
  const vary = everybody ? [] : ["origin"];
  if (everybody || (origin !== undefined && allowed.includes(origin))) {
    headers["access-control-allow-origin"] = everybody ? "*" : origin ?? "";
    if (preflight) allow(headers, vary, request);
    else headers["access-control-expose-headers"] = EXPOSED;
  }
  if (vary.length > 0) headers["vary"] = vary.join(", ");
  return { preflight, headers };
}

function allow(headers: Record<string, string>, vary: string[], request: CorsRequest): void {
  headers["access-control-allow-methods"] = METHODS;
  headers["access-control-max-age"] = String(PREFLIGHT_SECONDS);
  if (request.requestedHeaders === undefined) return;
  // Named one by one: `*` would not cover `Authorization`, which every REST call has.
  headers["access-control-allow-headers"] = request.requestedHeaders;
  vary.push("access-control-request-headers");
}
