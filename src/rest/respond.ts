/**
 * Answers of the REST API, in the service's shape.
 */
import type { RestError, RestErrorForm } from "../errors.ts";
import { RETRY_AFTER_SECONDS } from "../limits.ts";
import type { Answer } from "./operation.ts";
import type { RestResponse } from "./request.ts";
import { API_VERSIONS } from "./versions.ts";

const SUPPORTED_VERSIONS = API_VERSIONS.join(", ");
const JSON_TYPE = "application/json; charset=utf-8";
const BODILESS: RestResponse["headers"] = { "api-supported-versions": SUPPORTED_VERSIONS };
const WITH_BODY: RestResponse["headers"] = { ...BODILESS, "content-type": JSON_TYPE };

/** A success. */
export function respond({ status, body }: Answer): RestResponse {
  return body === undefined
    ? { status, headers: BODILESS, body: undefined }
    : { status, headers: WITH_BODY, body: JSON.stringify(body) };
}

/** A refusal with the service's error body; answers to HEAD have only the header. */
export function refuse(error: RestError, method: string): RestResponse {
  const { code, status } = error;
  const headers = { ...HEADERS_OF_FORM[error.form], ...later(status), "x-ms-error-code": code };
  const body = method === "HEAD" ? undefined : JSON.stringify(errorBody(error));
  return { status, headers, body };
}

/** Statuses of calls that would have been taken at another time. */
function later(status: number): RestResponse["headers"] | undefined {
  return status === 429 || status === 503
    ? { "retry-after": String(RETRY_AFTER_SECONDS) }
    : undefined;
}

/** The versions are missing where the service's framework refuses a call before the service has seen it. */
const HEADERS_OF_FORM: Readonly<Record<RestErrorForm, Readonly<Record<string, string>>>> = {
  plain: { "api-supported-versions": SUPPORTED_VERSIONS, "content-type": JSON_TYPE },
  parameter: { "content-type": JSON_TYPE },
  problem: { "content-type": "application/problem+json; charset=utf-8" },
};

/** The body of a refusal, its members in the service's order. */
function errorBody({ code, message, target, form, status }: RestError): Record<string, unknown> {
  if (form === "plain") return { code, message, target, details: null, inner: null };
  return {
    code,
    message,
    target,
    errors: { [target]: [message] },
    type: null,
    title: "One or more validation errors occurred.",
    status,
    detail: null,
    instance: null,
    extensions: {},
  };
}

/** 401 without a token, or with one that is no good: two answers, each always the same. */
export function unauthorized(hasToken: boolean): RestResponse {
  const challenge = hasToken ? 'Bearer error="invalid_token"' : "Bearer";
  return {
    status: 401,
    headers: { ...BODILESS, "www-authenticate": challenge },
    body: undefined,
  };
}

/** A path that means nothing. */
export function notFound(): RestResponse {
  return { status: 404, headers: {}, body: undefined };
}

/** A path that has other methods. */
export function methodNotAllowed(allow: string): RestResponse {
  return { status: 405, headers: { allow }, body: undefined };
}
