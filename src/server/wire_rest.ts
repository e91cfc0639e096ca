/**
 * Puts the REST API together. A module of its own, because the server loads it with the first REST call: readiness does
 * not wait for it.
 */
import type { Origins } from "../auth/audience.ts";
import { OidcVerifier } from "../auth/oidc.ts";
import { RestAuthenticator } from "../auth/rest_access.ts";
import { signClientToken } from "../auth/sign.ts";
import type { Config } from "../config/schema.ts";
import { FilterCache } from "../filter/cache.ts";
import type { Log } from "../ports.ts";
import { Reach } from "../hub/reach.ts";
import type { Platform } from "../platform.ts";
import { CallBound } from "../rest/call_bound.ts";
import { createRestPipeline, type RestPipeline } from "../rest/pipeline.ts";
import { createRestAuthenticator } from "../rest/authenticate.ts";
import type { Core } from "./core.ts";

/** Makes the handler of REST calls. */
export function composeRest(
  { platform, log, keys, tokens, hubs }: Core,
  config: Config,
  origins: Origins,
): RestPipeline {
  const authenticator = new RestAuthenticator(tokens, oidcVerifier(config, platform, log));
  const filters = new FilterCache();
  return createRestPipeline({
    reach: new Reach(hubs, filters),
    groupBound: hubs.context.groupBound,
    log,
    authenticate: createRestAuthenticator(authenticator, origins, log),
    signClientToken: (request) => signClientToken(keys, request, platform.now()),
    continuationMacs: (text) => keys.macs("continuation", text),
    filters,
    bound: callBound(config, platform),
    publicEndpoint: config.publicEndpoint,
    trustForwardedHeaders: config.trustForwardedHeaders,
  });
}

function callBound({ limits }: Config, platform: Platform): CallBound | undefined {
  const { restCalls, restCallsPerSecond } = limits;
  if (restCalls === 0 && restCallsPerSecond === 0) return undefined;
  return new CallBound({ atOnce: restCalls, perSecond: restCallsPerSecond }, platform);
}

function oidcVerifier({ oidc }: Config, platform: Platform, log: Log): OidcVerifier | undefined {
  if (oidc === undefined) return undefined;
  const { issuer, jwksUri, audience, rolesClaim, ownerRoles, readerRoles } = oidc;
  return new OidcVerifier(
    {
      issuer,
      jwksUri,
      audiences: audience,
      roleClaim: rolesClaim,
      ownerRoles,
      readerRoles,
    },
    platform,
    (problem) => log.warn("Keys of the identity provider are not to be had", { problem }),
  );
}
