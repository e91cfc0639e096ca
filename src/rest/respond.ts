/**
 * Answers of the REST API, in the service's shape.
 */
import type { RestError, RestErrorForm } from "../errors.ts";
import type { Answer } from "./operation.ts";

/** The versions of the data plane that are served, all alike. */
export const API_VERSIONS = [
  "2021-10-01",
  "2022-11-01",
  "2023-07-01",
  "2024-01-01",
  "2024-12-01",
] as const;

const SUPPORTED_VERSIONS = API_VERSIONS.join(", ");
const JSON_TYPE = "application/json; charset=utf-8";
const BODILESS: HeadersInit = { "api-supported-versions": SUPPORTED_VERSIONS };
const WITH_BODY: HeadersInit = { ...BODILESS, "content-type": JSON_TYPE };

/** Answers without a body by status, to be copied: that is a third of the work of making one. */
const EMPTY = new Map<number, Response>();

/** A success. */
export function respond(answer: Answer): Response {
  const { status, body } = answer;
  if (body === undefined) {
    let empty = EMPTY.get(status);
    if (empty === undefined) {
      // The runtime adds `Content-Length: 0` where it belongs, thus not to 204.
      empty = new Response(null, { status, headers: BODILESS });
      EMPTY.set(status, empty);
    }
    return empty.clone();
  }
  return new Response(JSON.stringify(body), { status, headers: WITH_BODY });
}

/** A refusal with the service's error body; answers to HEAD have only the header. */
export function refuse(error: RestError, method: string): Response {
  const { code, status } = error;
  const headers = { ...HEADERS_OF_FORM[error.form], "x-ms-error-code": code };
  const body = method === "HEAD" ? null : JSON.stringify(errorBody(error));
  return new Response(body, { status, headers });
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
export function unauthorized(hasToken: boolean): Response {
  const challenge = hasToken ? 'Bearer error="invalid_token"' : "Bearer";
  return new Response(null, {
    status: 401,
    headers: { ...BODILESS, "www-authenticate": challenge },
  });
}

/** A path that means nothing. */
export function notFound(): Response {
  return new Response(null, { status: 404 });
}

/** A path that has other methods. */
export function methodNotAllowed(allow: string): Response {
  return new Response(null, { status: 405, headers: { allow } });
}
