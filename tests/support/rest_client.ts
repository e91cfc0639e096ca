/**
 * Plain REST calls with hand-made tokens: for what the official SDKs hide or refuse to send.
 */
import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";

/** A compact HS256 token over any claims. */
export function signToken(
  claims: Record<string, unknown>,
  key: string,
  header: Record<string, unknown> = { alg: "HS256", typ: "JWT" },
): string {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${createHmac("sha256", key).update(input).digest("base64url")}`;
}

/** The clock's second in `seconds`. */
export function inSeconds(seconds: number): number {
  return Math.floor(Date.now() / 1000) + seconds;
}

/** A client token for a hub of `server`. */
export function clientToken(
  server: { readonly endpoint: string; readonly accessKey: string },
  hub: string,
  claims: Record<string, unknown> = {},
): string {
  const aud = `${server.endpoint}/client/hubs/${hub}`;
  return signToken({ aud, exp: inSeconds(600), ...claims }, server.accessKey);
}

/** A client URL with such a token; `query` is appended as it is. */
export function clientUrl(
  server: { readonly endpoint: string; readonly accessKey: string },
  hub: string,
  claims: Record<string, unknown> = {},
  query = "",
): string {
  const base = server.endpoint.replace(/^http/, "ws");
  return `${base}/client/hubs/${hub}?access_token=${clientToken(server, hub, claims)}${query}`;
}

/** Calls the REST API with a fresh token; `path` starts with `/api/hubs`. */
export async function rest(
  server: { readonly endpoint: string; readonly accessKey: string },
  method: string,
  path: string,
  init: RequestInit = {},
): Promise<{ status: number; headers: Headers; body: string }> {
  const headers = new Headers(init.headers);
  if (!headers.has("authorization")) {
    const aud = server.endpoint + path;
    headers.set(
      "authorization",
      `Bearer ${signToken({ aud, exp: inSeconds(60) }, server.accessKey)}`,
    );
  }
  const response = await fetch(server.endpoint + path, { ...init, method, headers });
  return { status: response.status, headers: response.headers, body: await response.text() };
}
