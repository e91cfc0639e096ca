/**
 * Puts the REST API together. A module of its own, because the server loads it with the first REST call: readiness does
 * not wait for it.
 */
import type { AccessKeys } from "../auth/access_key.ts";
import type { Origins } from "../auth/audience.ts";
import { OidcVerifier } from "../auth/oidc.ts";
import { RestAuthenticator } from "../auth/rest_access.ts";
import { signClientToken } from "../auth/sign.ts";
import type { TokenVerifier } from "../auth/token.ts";
import type { Config } from "../config/schema.ts";
import { FilterCache } from "../filter/cache.ts";
import type { Hubs } from "../hub/hubs.ts";
import type { Log } from "../hub/ports.ts";
import { Reach } from "../hub/reach.ts";
import type { Platform } from "../platform.ts";
import { CallBound } from "../rest/call_bound.ts";
import { createRestPipeline, type RestPipeline } from "../rest/pipeline.ts";
import { createRestAuthenticator } from "../rest/authenticate.ts";

/** What the REST API shares with the rest of the server. */
export interface RestParts {
  readonly config: Config;
  readonly platform: Platform;
  readonly log: Log;
  readonly keys: AccessKeys;
  readonly tokens: TokenVerifier;
  readonly origins: Origins;
  readonly hubs: Hubs;
}

/** Makes the handler of REST calls. */
export function composeRest(parts: RestParts): RestPipeline {
  const { config, platform, log, keys, tokens, origins, hubs } = parts;
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
    (problem) => log.warn("identity provider", { problem }),
  );
}
