/**
 * What a new Web PubSub client becomes: its mode, the word of a `connect` handler, its subprotocol.
 */
import { Permissions } from "../auth/permissions.ts";
import { compileRoles } from "../auth/roles.ts";
import { neverOpened } from "../hub/close.ts";
import { expect, miss, newConnectionId } from "../hub/connect.ts";
import {
  type Arrival,
  type ClientClaims,
  type Refusal,
  refusal,
  type Welcome,
} from "../hub/endpoint.ts";
import type { Hubs } from "../hub/hubs.ts";
import type { Upstream } from "../hub/ports.ts";
import type { Codec, Framing } from "../protocol/event.ts";
import { negotiate, offeredSubprotocols } from "../protocol/negotiate.ts";
import { rawCodec, type RawMode } from "../protocol/raw.ts";
import { Identity } from "../session/identity.ts";
import { type ConnectOutcome, readConnect } from "./answer.ts";
import { serveNew } from "./client.ts";
import { rawMode } from "./raw_mode.ts";
import { type ClientFacts, connectRequest } from "./request.ts";

/** What the endpoint needs from outside. */
export interface WelcomeContext {
  readonly hubs: Hubs;
  /** The codec of a known subprotocol's framing; some are loaded when the first client speaks them. */
  codec(framing: Exclude<Framing, "raw">): Codec | Promise<Codec>;
}

/** Judges a new client whose token is good. */
export async function welcome(
  arrival: Arrival,
  claims: ClientClaims,
  context: WelcomeContext,
): Promise<Welcome | Refusal> {
  const { hub, host, parameters, headers } = arrival;
  const mode = rawMode(parameters);
  if (typeof mode === "string") return refusal(400, mode);
  const { upstream } = context.hubs.context;
  const offered = offeredSubprotocols(headers.get("sec-websocket-protocol"));
  const identity = new Identity(hub, newConnectionId(context.hubs), claims.userId, host);
  let outcome: ConnectOutcome | undefined;
  // Most hubs have no such handler, so its request is made only where there is one.
  if (upstream.asksAbout(hub)) {
    const facts = { claims: claims.all, parameters, headers, subprotocols: offered };
    outcome = await askHandler(arrival, upstream, identity, facts);
  }
  return admit(context, { identity, claims, offered, mode }, outcome);
}

/** The handler's word on a new client; `undefined` when it is not asked any more, after a reload. */
async function askHandler(
  arrival: Arrival,
  upstream: Upstream,
  identity: Identity,
  facts: ClientFacts,
): Promise<ConnectOutcome | undefined> {
  const waiting = new AbortController();
  const forget = arrival.whenGone(() => waiting.abort());
  const answer = await upstream.connect(identity, connectRequest(facts), waiting.signal);
  forget();
  if (answer === undefined) return undefined;
  const outcome = readConnect(answer, facts.subprotocols);
  if (!outcome.accepted && outcome.flaw !== undefined && answer.kind === "answered") {
    upstream.reportUnusable(answer, outcome.flaw);
  }
  return outcome;
}

/** A client that has passed every check but the handler's. */
interface Candidate {
  readonly identity: Identity;
  readonly claims: ClientClaims;
  readonly offered: readonly string[];
  readonly mode: RawMode;
}

/** What becomes of a client after the handler's word, if there was one to ask. */
async function admit(
  { hubs, codec }: WelcomeContext,
  { identity, claims, offered, mode }: Candidate,
  outcome: ConnectOutcome | undefined,
): Promise<Welcome | Refusal> {
  if (outcome !== undefined && !outcome.accepted) {
    return refusal(outcome.status, "The event handler refused the connection.");
  }
  if (outcome?.groups !== undefined && hubs.context.groupBound.isExceededBy(outcome.groups)) {
    return refusal(500, "The event handler named too many groups.");
  }
  const chosen = negotiate(offered, outcome?.subprotocol);
  if (!chosen.accepted) return refusal(500, "Internal server error");
  if (outcome?.userId !== undefined) {
    identity.userId = outcome.userId === "" ? undefined : outcome.userId;
  }
  identity.state = outcome?.state;
  identity.subprotocol = chosen.subprotocol;
  const admission = {
    identity,
    codec: chosen.framing === "raw" ? rawCodec(mode) : await codec(chosen.framing),
    reliable: chosen.reliable,
    permissions: new Permissions(compileRoles(outcome?.roles ?? claims.roles)),
    groups: outcome?.groups ?? claims.groups,
  };
  const told = expect(hubs, admission);
  if (told instanceof Promise) await told;
  return {
    kind: "welcome",
    answer: chosen.answer,
    start: (socket) => serveNew(hubs, admission, socket),
    missed(why) {
      miss(hubs, admission);
      // A handler that let the client in counts it, and has to hear of its end.
      if (outcome !== undefined) neverOpened(hubs, identity, why);
    },
  };
}
