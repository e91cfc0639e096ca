/**
 * The handshake: every check before the upgrade, in the service's order, and what the client becomes.
 *
 * Rules: the client specification of the service (Azure/azure-webpubsub:protocols/client/client-spec.md) and the
 * official emulator for the order of checks and their statuses.
 */
import { Buffer } from "node:buffer";
import { BoundedCache } from "../bounded_cache.ts";
import { compileRoles } from "../auth/roles.ts";
import { Permissions } from "../auth/permissions.ts";
import { CLOSE_RULES } from "../errors.ts";
import type { Admission } from "../hub/connect.ts";
import type { GroupBound } from "../hub/group_bound.ts";
import type { ClientFacts, ConnectOutcome, HandlerLanguage } from "../hub/handler_language.ts";
import type { Upstream } from "../hub/ports.ts";
import { MAX_SHARED_HOSTS } from "../limits.ts";
import { hubKey, isGroupName, isHubName } from "../names.ts";
import { type Platform, randomId } from "../platform.ts";
import type { Codec, Framing } from "../protocol/event.ts";
import { negotiate, offeredSubprotocols } from "../protocol/negotiate.ts";
import { rawCodec, type RawMode } from "../protocol/raw.ts";
import { Identity } from "../session/identity.ts";
import { AMBIGUOUS, type ClientClaims, clientToken } from "./client_auth.ts";
import { type ClientUrl, last, parseClientUrl } from "./client_url.ts";
import { judgeUpgrade, type Refusal, refusal, type UpgradeRequest } from "./upgrade.ts";

/** What the handshake needs from outside. */
export interface AcceptContext {
  readonly platform: Platform;
  readonly upstream: Upstream;
  readonly language: Pick<HandlerLanguage, "connectRequest" | "readConnect">;
  /** The claims of a client token that is good for `hub` at one of `hosts`, else `undefined`. */
  authenticate(token: string, hub: string, hosts: readonly string[]): ClientClaims | undefined;
  /** Whether the server takes no more clients. */
  isStopping(): boolean;
  /** Whether clients without a token may try this hub. */
  allowsAnonymous(hub: string): boolean;
  /** In how many groups a client may be. */
  readonly groupBound: GroupBound;
  /** The codec of a known subprotocol's framing; some are loaded when the first client speaks them. */
  codec(framing: Exclude<Framing, "raw">): Codec | Promise<Codec>;
}

/** The upgrade request. */
export interface Handshake extends UpgradeRequest {
  /** Path and query as sent. */
  readonly target: string;
  /** Runs `task` when the client goes away, until the result is called; called only where somebody waits. */
  whenGone(task: () => void): () => void;
}

/** What becomes of an upgrade request. */
export type Decision =
  | Refusal
  /** A new connection; `answer` is the subprotocol that the 101 names. */
  | {
    readonly kind: "accepted";
    /** Of the upgrade request. */
    readonly key: string;
    readonly admission: Admission;
    readonly answer: string | undefined;
    /** Whether a `connect` handler let it in: if the upgrade fails, that handler has to hear of the end. */
    readonly announced: boolean;
  }
  /** A reliable connection wants to come back; no token is looked at. Always a 101. */
  | {
    readonly kind: "recovery";
    readonly key: string;
    readonly hub: string;
    readonly connectionId: string;
    readonly token: string;
    readonly offered: readonly string[];
  };

const STOPPING = "The server is stopping.";

/** Judges a handshake. Never throws for bad input. */
export async function accept(request: Handshake, context: AcceptContext): Promise<Decision> {
  const url = parseClientUrl(request.target);
  if (url === undefined) return refusal(404, "No such endpoint.");
  if (context.isStopping()) return refusal(503, STOPPING);
  const upgrade = judgeUpgrade(request);
  if (upgrade.kind === "refused") return upgrade;
  const { key } = upgrade;
  const { hub: hubName, parameters } = url;
  if (hubName === undefined || !isHubName(hubName)) return refusal(400, "Invalid hub name.");
  const hub = hubKey(hubName);
  const offered = offeredSubprotocols(request.headers.get("sec-websocket-protocol"));

  const connectionId = last(parameters, "awps_connection_id");
  if (connectionId !== undefined && connectionId !== "") {
    const token = last(parameters, "awps_reconnection_token") ?? "";
    return { kind: "recovery", key, hub, connectionId, token, offered };
  }

  const host = request.headers.get("host")?.toLowerCase() ?? "";
  const token = clientToken(request.headers, parameters);
  let claims: ClientClaims | undefined;
  if (token === undefined) {
    if (!context.allowsAnonymous(hub)) return refusal(401, "A client token is required.");
    claims = { userId: undefined, roles: [], groups: [], all: {} };
  } else {
    claims = token === AMBIGUOUS ? undefined : context.authenticate(token, hub, [host]);
    if (claims === undefined) return refusal(401, "The client token is not valid.");
  }
  if (!claims.groups.every(isGroupName)) return refusal(400, "Invalid group name.");
  if (context.groupBound.isExceededBy(claims.groups)) {
    return refusal(400, context.groupBound.message);
  }
  const mode = rawMode(parameters);
  if (typeof mode === "string") return refusal(400, mode);

  const identity = new Identity(hub, randomId(context.platform), claims.userId, sharedHost(host));
  let outcome: ConnectOutcome | undefined;
  // Most hubs have no such handler: what it would be told is not made for nothing.
  if (context.upstream.asksAbout(hub)) {
    const { headers } = request;
    const facts = { claims: claims.all, parameters, headers, subprotocols: offered };
    outcome = await askHandler(request, context, identity, facts);
  }
  const decision = await admit(context, { key, identity, claims, offered, mode }, outcome);
  // The handler may have taken its time.
  return context.isStopping() ? turnAway(decision, context) : decision;
}

/** The handler's word on a new client; `undefined` when it is not asked any more, after a reload. */
async function askHandler(
  request: Handshake,
  { upstream, language }: AcceptContext,
  identity: Identity,
  facts: ClientFacts,
): Promise<ConnectOutcome | undefined> {
  const waiting = new AbortController();
  const forget = request.whenGone(() => waiting.abort());
  const answer = await upstream.connect(identity, language.connectRequest(facts), waiting.signal);
  forget();
  if (answer === undefined) return undefined;
  const outcome = language.readConnect(answer, facts.subprotocols);
  if (!outcome.accepted && outcome.flaw !== undefined && answer.kind === "answered") {
    upstream.reportUnusable(answer, outcome.flaw);
  }
  return outcome;
}

/** A stop began while the client waited; a handler that has let it in counts it, and has to hear of its end. */
function turnAway(decision: Decision, { upstream }: AcceptContext): Refusal {
  if (decision.kind === "accepted" && decision.announced) {
    upstream.disconnected(decision.admission.identity, 1, CLOSE_RULES.serverShutdown.text);
  }
  return refusal(503, STOPPING);
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

/** A client that has passed every check but the handler's. */
interface Candidate {
  readonly key: string;
  readonly identity: Identity;
  readonly claims: ClientClaims;
  readonly offered: readonly string[];
  readonly mode: RawMode;
}

/** What becomes of a client after the handler's word, if there was one to ask. */
async function admit(
  context: AcceptContext,
  { key, identity, claims, offered, mode }: Candidate,
  outcome: ConnectOutcome | undefined,
): Promise<Decision> {
  if (outcome !== undefined && !outcome.accepted) {
    return refusal(outcome.status, "The event handler refused the connection.");
  }
  if (outcome?.groups !== undefined && context.groupBound.isExceededBy(outcome.groups)) {
    return refusal(500, "The event handler named too many groups.");
  }
  const chosen = negotiate(offered, outcome?.subprotocol);
  if (!chosen.accepted) return refusal(500, "Internal server error");
  if (outcome?.userId !== undefined) {
    identity.userId = outcome.userId === "" ? undefined : outcome.userId;
  }
  identity.state = outcome?.state;
  identity.subprotocol = chosen.subprotocol;
  return {
    kind: "accepted",
    key,
    answer: chosen.answer,
    announced: outcome !== undefined,
    admission: {
      identity,
      codec: chosen.framing === "raw" ? rawCodec(mode) : await context.codec(chosen.framing),
      reliable: chosen.reliable,
      permissions: new Permissions(compileRoles(outcome?.roles ?? claims.roles)),
      groups: outcome?.groups ?? claims.groups,
    },
  };
}

/** How a simple client speaks; a text is the defect. Judged for every new client, whatever it offers. */
function rawMode(parameters: ClientUrl["parameters"]): RawMode | string {
  const mode = (last(parameters, "webpubsub_mode") ?? "").toLowerCase();
  if (mode === "" || mode === "sendevent") return { kind: "sendEvent" };
  if (mode !== "sendtogroup") return "Invalid webpubsub_mode.";
  const group = last(parameters, "group");
  if (group === undefined || !isGroupName(group)) return "Invalid group name.";
  const noEcho = (last(parameters, "noEcho") ?? "").toLowerCase();
  if (noEcho !== "" && noEcho !== "true" && noEcho !== "false") return "Invalid noEcho.";
  return { kind: "sendToGroup", group, noEcho: noEcho === "true" };
}
