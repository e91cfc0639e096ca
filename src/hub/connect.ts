/**
 * How clients come in: a new connection, or a reliable one that comes back.
 */
import type { Permissions } from "../auth/permissions.ts";
import type { Codec } from "../protocol/event.ts";
import { randomId } from "../platform.ts";
import { Connection } from "../session/connection.ts";
import type { Identity } from "../session/identity.ts";
import type { Outlet } from "../session/outlet.ts";
import type { Receiver } from "../session/receiver.ts";
import { ReplayBuffer } from "../session/replay_buffer.ts";
import type { Hub } from "./hub.ts";
import type { Hubs } from "./hubs.ts";

/** A client of any language that every check has let in. */
export interface Entrant {
  readonly identity: Identity;
  /** Groups that it is in from the start; valid names. */
  readonly groups: readonly string[];
}

/** A Web PubSub client that every check has let in. */
export interface Admission extends Entrant {
  readonly codec: Codec;
  readonly reliable: boolean;
  readonly permissions: Permissions;
}

/** An id for a new connection: nobody can guess it, and where there are other nodes it names this one. */
export function newConnectionId({ context }: Hubs): string {
  const { backplane, platform } = context;
  const id = randomId(platform);
  return backplane === undefined ? id : `${backplane.nodeId}.${id}`;
}

/** What has to be waited for before a client may come in, if anything: `connect`, `enter` or `miss` follows. */
export function expect(
  { context }: Hubs,
  { identity, groups }: Entrant,
): void | Promise<void> {
  return context.memberships?.expected(identity, groups);
}

/** A client that was expected does not come. */
export function miss({ context }: Hubs, { identity, groups }: Entrant): void {
  context.memberships?.missed(identity, groups);
}

/**
 * Makes a connection findable with its user and groups, then sends `connected`: done before the handshake's answer can
 * reach the client, so that a send right after the client's `open` event reaches it. An observer of memberships that has
 * to be waited for was so before, when the client was expected.
 */
export function connect(hubs: Hubs, admission: Admission, outlet: Outlet): Connection {
  const { identity, codec, permissions } = admission;
  const hub = hubs.open(identity.hub);
  const { context } = hub;
  const replay = admission.reliable ? new ReplayBuffer(context.replayBounds) : undefined;
  const slot = hub.slots.acquire();
  const connection = new Connection(identity, slot, codec, permissions, outlet, replay);
  enter(hub, connection, admission.groups);
  connection.tell({
    type: "connected",
    connectionId: identity.connectionId,
    userId: identity.userId,
    reconnectionToken: replay && context.reconnectionTokens.issue(identity.connectionId),
  });
  return connection;
}

/**
 * Makes a client of any language findable: with its user, and in the groups that it is in from the start. Its slot is of
 * `hub.slots`.
 */
export function enter(hub: Hub, receiver: Receiver, groups: readonly string[]): void {
  hub.register(receiver);
  for (const group of groups) {
    if (hub.join(receiver, group) === "full") {
      hub.context.log.warn(
        "A hub has as many groups as it may have: a client was not added to one",
        {
          hub: hub.name,
          connection: receiver.id,
        },
      );
    }
  }
}

/** The socket is open: tells the event handlers, once per connection. */
export function announce(hub: Hub, connection: Receiver): void {
  hub.context.upstream.connected(connection.identity, connection.nextEventId());
  hub.context.log.debug("Connection opened", { hub: hub.name, connection: connection.id });
}

/** The connection that a reconnection token opens, or `undefined`: the answer is then a close with 1008. */
export function findRecoverable(
  hubs: Hubs,
  hubName: string,
  connectionId: string,
  token: string,
): Connection | undefined {
  const connection = hubs.find(hubName)?.find(connectionId);
  // Sessions of other client languages have their own ways back.
  if (!(connection instanceof Connection) || !connection.reliable) return undefined;
  return hubs.context.reconnectionTokens.verify(connectionId, token) ? connection : undefined;
}

/** Continues a reliable connection on a new socket. */
export function recover(hub: Hub, connection: Connection, outlet: Outlet): void {
  const { context } = hub;
  context.away.end(connection);
  // What the old socket was behind with.
  hub.congestion.forget(connection);
  const token = context.reconnectionTokens.issue(connection.id);
  const expired = connection.recover(outlet, token, context.platform.now());
  if (expired > 0) context.meter.messagesExpired.add(expired);
}
