/** The `Authorization` header of bearer tokens (RFC 6750 section 2.1). */

const BEARER = /^bearer[ \t]+(.*)$/i;

/**
 * The token of a header's value; `undefined` when it holds none. The scheme has any letter case.
 *
 * ```ts
 * import { bearerToken } from "./bearer.ts";
 * import assert from "node:assert/strict";
 * assert.equal(bearerToken("BEARER  abc "), "abc");
 * assert.equal(bearerToken("Bearer "), undefined);
 * assert.equal(bearerToken("Basic abc"), undefined);
 * ```
 */
export function bearerToken(authorization: string | null | undefined): string | undefined {
  if (authorization === null || authorization === undefined) return undefined;
  // As nearly everybody spells it; the expression is dear on a long token.
  const token = authorization.startsWith("Bearer ")
    ? authorization.slice(7).trim()
    : BEARER.exec(authorization)?.[1]?.trim();
  return token === "" ? undefined : token;
}
