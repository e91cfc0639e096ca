/**
 * Client tokens that the server itself makes, as the live service makes them for `:generateToken`.
 */
import { Buffer } from "node:buffer";
import type { AccessKeys } from "./access_key.ts";

/** What a new client token shall say. */
export interface ClientTokenRequest {
  /** See {@link import("./audience.ts").clientAudience}. */
  readonly audience: string;
  /** `undefined`, empty or blank: the client has no user id. */
  readonly userId: string | undefined;
  readonly roles: readonly string[];
  readonly groups: readonly string[];
  /** Life from now, in minutes. */
  readonly minutesToExpire: number;
}

const HEADER = base64url({ alg: "HS256", typ: "JWT" });
const ISSUER = "https://webpubsub.azure.com";

/**
 * A client token signed with the primary key. `nowMs`: milliseconds since 1970. Role and group claims are left out
 * when there are none.
 *
 * ```ts
 * import { AccessKeys, DEVELOPMENT_KEY } from "./access_key.ts";
 * import { signClientToken } from "./sign.ts";
 * import assert from "node:assert/strict";
 * const token = signClientToken(new AccessKeys(DEVELOPMENT_KEY), {
 *   audience: "http://localhost:8080/client/hubs/chat",
 *   userId: undefined,
 *   roles: ["webpubsub.sendToGroup"],
 *   groups: [],
 *   minutesToExpire: 1,
 * }, 0);
 * assert.equal(
 *   atob(token.split(".")[1] ?? ""),
 *   '{"aud":"http://localhost:8080/client/hubs/chat","iss":"https://webpubsub.azure.com","iat":0,"nbf":0,"exp":60,' +
 *     '"role":["webpubsub.sendToGroup"]}',
 * );
 * ```
 */
export function signClientToken(
  keys: AccessKeys,
  request: ClientTokenRequest,
  nowMs: number,
): string {
  const now = Math.floor(nowMs / 1000);
  const { audience, userId, roles, groups } = request;
  const payload = base64url({
    aud: audience,
    iss: ISSUER,
    iat: now,
    nbf: now,
    exp: now + 60 * request.minutesToExpire,
    ...(userId !== undefined && userId.trim() !== "" ? { sub: userId } : {}),
    ...(roles.length > 0 ? { role: roles } : {}),
    ...(groups.length > 0 ? { "webpubsub.group": groups } : {}),
  });
  const signed = `${HEADER}.${payload}`;
  return `${signed}.${Buffer.from(keys.sign("sha256", signed)).toString("base64url")}`;
}

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
