/**
 * Who may call the REST API: holders of an access key, and principals of an identity provider where one is configured.
 */
import type { Origins } from "../auth/audience.ts";
import type { RestAuthenticator, RestVerdict } from "../auth/rest_access.ts";
import type { Log } from "../ports.ts";
import type { Authentication, RestServices } from "./services.ts";

/** Makes the judge of bearer tokens. One answer for all refusals: the reason goes to the log, without the token. */
export function createRestAuthenticator(
  authenticator: RestAuthenticator,
  origins: Origins,
  log: Log,
): RestServices["authenticate"] {
  const { allowedAuthorities, pathBases } = origins;
  return (token, { path, hosts }, access) => {
    // Looked up only where hosts are compared.
    const requestAuthorities = allowedAuthorities === undefined ? undefined : hosts();
    const target = { allowedAuthorities, pathBases, path, requestAuthorities };
    const verdict = authenticator.verify(token, target);
    return verdict instanceof Promise
      ? verdict.then((settled) => outcome(settled, access, log))
      : outcome(verdict, access, log);
  };
}

function outcome(verdict: RestVerdict, access: "read" | "write", log: Log): Authentication {
  if (!verdict.ok) {
    log.info("REST token refused", { reason: verdict.reason });
    return "unauthorized";
  }
  if (verdict.access === "owner") return "ok";
  return verdict.access === "reader" && access === "read" ? "ok" : "forbidden";
}
