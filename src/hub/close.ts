/**
 * How connections end: by the application, by the server, by the client, or by the network. `ends.ts` says what each end
 * means; every one of them goes through `depart`.
 */
import { type End, ENDS } from "../ends.ts";
import { errorFields } from "../errors.ts";
import type { LogFields } from "../ports.ts";
import type { Identity } from "../session/identity.ts";
import type { Outlet } from "../session/outlet.ts";
import type { Receiver } from "../session/receiver.ts";
import type { Missed } from "./endpoint.ts";
import type { Hub } from "./hub.ts";
import type { Hubs } from "./hubs.ts";
import { select, type Selection } from "./target.ts";
import type { Target } from "./verb.ts";

/** What there is to say of one end beside its name. */
export interface Circumstances {
  /** Somebody's own words in place of the text of the table. */
  readonly words?: string | undefined;
  /** For the operator alone. */
  readonly log?: LogFields;
}

/**
 * Ends a connection: out of every lookup first, then the frames queued before, what its language says at such an end,
 * and the `disconnected` event. One that may come back is away instead. No effect on one that has ended.
 */
export function depart(
  hub: Hub,
  receiver: Receiver,
  end: End,
  { words, log }: Circumstances = {},
): void {
  if (isOver(receiver)) return;
  const rule = ENDS[end];
  if (rule.mayReturn && receiver.reliable) return goAway(hub, receiver, end, log);
  const text = words ?? rule.text;
  hub.unregister(receiver);
  try {
    receiver.dismiss(end, text);
  } finally {
    // Also when its goodbye failed half-way: it is gone, and is told of once.
    if (isOver(receiver)) conclude(hub, receiver, end, text, log);
  }
}

/**
 * Something that was done for this connection alone threw: it ends, the log has the stack, and nobody else notices.
 * Never throws itself.
 */
export function failConnection(hub: Hub, receiver: Receiver, error: unknown): void {
  if (isOver(receiver)) return reportLate(hub, receiver, error);
  try {
    depart(hub, receiver, "internalError", { log: errorFields(error) });
  } catch (second) {
    reportLate(hub, receiver, second);
  }
}

/** Ends many connections: what goes wrong with one keeps no other. */
export function departAll(
  hub: Hub,
  receivers: Iterable<Receiver>,
  end: End,
  circumstances?: Circumstances,
): void {
  for (const receiver of receivers) {
    try {
      depart(hub, receiver, end, circumstances);
    } catch (error) {
      failConnection(hub, receiver, error);
    }
  }
}

/** REST: closes every selected connection; `reason` is the application's own word, `""` for none. */
export function closeByApplication(
  hub: Hub,
  target: Target,
  selection: Selection,
  reason: string,
): void {
  const { text } = ENDS.applicationClosed;
  const words = reason === "" ? text : `${text} Reason: ${reason}`;
  departAll(hub, select(hub, target, selection), "applicationClosed", { words });
}

/**
 * The client sent a close frame (`code` 1005: one without a code). Frames that came before it are still carried out.
 * A reliable client may come back unless the code was 1000.
 */
export function closedByClient(
  hub: Hub,
  receiver: Receiver,
  outlet: Outlet,
  code: number,
  reason: string,
): void {
  if (!receiver.isServedBy(outlet)) return;
  const words = reason === "" ? undefined : reason;
  depart(hub, receiver, code === 1000 ? "clientClosed" : "clientLeft", { words });
}

/** The socket broke without a close frame, or went silent. */
export function cutOff(hub: Hub, receiver: Receiver, outlet: Outlet): void {
  if (receiver.isServedBy(outlet)) depart(hub, receiver, "cut");
}

/** A `connect` handler let the client in, then there was no socket: no connection existed, but the handler counts one. */
export function neverOpened({ context }: Hubs, identity: Identity, why: Missed): void {
  const end = why === "stopping" ? ENDS.serverShutdown : ENDS.cut;
  context.upstream.disconnected(identity, 1, end.text);
}

function isOver({ phase }: Receiver): boolean {
  return phase === "ended";
}

/** It ends if it does not come back within the window. */
function goAway(hub: Hub, receiver: Receiver, end: End, log: LogFields | undefined): void {
  receiver.cut();
  hub.congestion.forget(receiver);
  hub.context.away.start(receiver, () => departAll(hub, [receiver], "recoveryExpired"));
  hub.context.meter.away[end].add(1);
  report(hub, receiver, end, "Connection away", log);
}

/** What is left to do for a connection that has ended. */
function conclude(
  hub: Hub,
  receiver: Receiver,
  end: End,
  text: string,
  log: LogFields | undefined,
): void {
  const { away, meter, trace, upstream } = hub.context;
  away.end(receiver);
  meter.ended[end].add(1);
  report(hub, receiver, end, "Connection ended", log);
  if (trace.isWatched) {
    trace.tell({ what: "close", hub: hub.name, connection: receiver.id, reason: end, text });
  }
  const tell = () => upstream.disconnected(receiver.identity, receiver.nextEventId(), text);
  if (ENDS[end].finishes) return receiver.whenIdle(tell);
  receiver.abandon();
  hub.congestion.giveUpSendsOf(receiver);
  tell();
}

function report(
  hub: Hub,
  { id }: Receiver,
  end: End,
  message: string,
  fields: LogFields | undefined,
): void {
  const { log } = hub.context;
  log[ENDS[end].level](message, { hub: hub.name, connection: id, reason: end, ...fields });
}

/** Its end has been told already, or could not be. */
function reportLate(hub: Hub, { id }: Receiver, error: unknown): void {
  hub.context.log.error("Connection failed at its end", {
    hub: hub.name,
    connection: id,
    ...errorFields(error),
  });
}
