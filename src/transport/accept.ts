/**
 * The handshake: the checks that all endpoints share, in the service's order, once for both transports. What the client
 * becomes is for the endpoint of its path to say.
 *
 * Rules: the client specification of the service (Azure/azure-webpubsub:protocols/client/client-spec.md) and the
 * official emulator for the order of checks and their statuses.
 */
import { Buffer } from "node:buffer";
import { BoundedCache } from "../bounded_cache.ts";
import type { Parameters } from "../hub/client_target.ts";
import {
  type Arrival,
  type ArrivalHeaders,
  type ClientClaims,
  type Endpoint,
  type Refusal,
  refusal,
  type Welcome,
} from "../hub/endpoint.ts";
import type { GroupBound } from "../hub/group_bound.ts";
import { MAX_SHARED_HOSTS } from "../limits.ts";
import { hubKey, isGroupName, isHubName } from "../names.ts";
import { AMBIGUOUS, type ClientAuthenticator, clientToken } from "./client_auth.ts";
import { judgeUpgrade, type UpgradeRequest } from "./upgrade.ts";

/** What the handshake needs from outside. */
export interface AcceptContext {
  /** One for each client language; the first whose paths match serves a client. */
  readonly endpoints: readonly Endpoint[];
  /** The claims of a client token that is good for the hub at that endpoint, else `undefined`. */
  readonly authenticate: ClientAuthenticator;
  /** Whether the server takes no more clients. */
  isStopping(): boolean;
  /** Whether clients without a token may try this hub. */
  allowsAnonymous(hub: string): boolean;
  /** In how many groups a client may be. */
  readonly groupBound: GroupBound;
}

/** The upgrade request. */
export interface Handshake extends UpgradeRequest {
  /** Path and query as sent. */
  readonly target: string;
  readonly headers: ArrivalHeaders;
  /** Runs `task` when the client goes away, until the result is called; called only where somebody waits. */
  whenGone(task: () => void): () => void;
}

/** What becomes of an upgrade request. */
export type Decision = Refusal | Accepted;

/** The client comes in. */
export interface Accepted {
  readonly kind: "accepted";
  /** Of the upgrade request. */
  readonly key: string;
  readonly hub: string;
  readonly welcome: Welcome;
}

const STOPPING = "The server is stopping.";
const NO_CLAIMS: ClientClaims = { userId: undefined, roles: [], groups: [], all: {} };

/** Whether a raw target is for clients: below one of the endpoints. */
export function isForClients(target: string, endpoints: readonly Endpoint[]): boolean {
  return endpointOf(target, endpoints) !== undefined;
}

function endpointOf(target: string, endpoints: readonly Endpoint[]): Endpoint | undefined {
  return endpoints.find((endpoint) => endpoint.matches(target));
}

/** Judges a handshake. Never throws for bad input. */
export async function accept(request: Handshake, context: AcceptContext): Promise<Decision> {
  const endpoint = endpointOf(request.target, context.endpoints);
  const target = endpoint?.locate(request.target);
  if (endpoint === undefined || target === undefined) return refusal(404, "No such endpoint.");
  if (context.isStopping()) return refusal(503, STOPPING);
  const upgrade = judgeUpgrade(request);
  if (upgrade.kind === "refused") return upgrade;
  if (target.hub === undefined || !isHubName(target.hub)) return refusal(400, "Invalid hub name.");

  const arrival = arrivalOf(request, hubKey(target.hub), target.parameters);
  const verdict = await (endpoint.resume?.(arrival) ?? admit(arrival, endpoint, context));
  // The endpoint may have taken its time.
  if (context.isStopping()) {
    if (verdict.kind === "welcome") verdict.missed("stopping");
    return refusal(503, STOPPING);
  }
  if (verdict.kind === "refused") return verdict;
  return { kind: "accepted", key: upgrade.key, hub: arrival.hub, welcome: verdict };
}

function arrivalOf(request: Handshake, hub: string, parameters: Parameters): Arrival {
  const { headers } = request;
  const host = sharedHost(headers.get("host")?.toLowerCase() ?? "");
  return { hub, host, parameters, headers, whenGone: (task) => request.whenGone(task) };
}

/** A new client: first its token, then what its endpoint says. */
function admit(
  arrival: Arrival,
  endpoint: Endpoint,
  context: AcceptContext,
): Refusal | Welcome | Promise<Refusal | Welcome> {
  const claims = claimsOf(arrival, endpoint, context);
  if ("kind" in claims) return claims;
  if (!claims.groups.every(isGroupName)) return refusal(400, "Invalid group name.");
  if (context.groupBound.isExceededBy(claims.groups)) {
    return refusal(400, context.groupBound.message);
  }
  return endpoint.welcome(arrival, claims);
}

function claimsOf(
  { hub, host, parameters, headers }: Arrival,
  { family }: Endpoint,
  context: AcceptContext,
): ClientClaims | Refusal {
  const token = clientToken(headers, parameters);
  if (token === undefined) {
    return context.allowsAnonymous(hub) ? NO_CLAIMS : refusal(401, "A client token is required.");
  }
  const claims = token === AMBIGUOUS ? undefined : context.authenticate(token, family, hub, [host]);
  return claims ?? refusal(401, "The client token is not valid.");
}

const HOSTS = new BoundedCache<string, string>(MAX_SHARED_HOSTS.entries, {
  bytes: MAX_SHARED_HOSTS.length,
  bytesOf: (host) => host.length,
});

/** One text for all clients of a host: a connection that kept its own would keep the whole request with it. */
function sharedHost(host: string): string {
  const known = HOSTS.get(host);
  if (known !== undefined) return known;
  const copy = Buffer.from(host).toString();
  HOSTS.set(copy, copy);
  return copy;
}
