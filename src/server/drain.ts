/**
 * How a server stops: everybody is told, then waited for, but no longer than the drain time.
 */
import { departAll } from "../hub/close.ts";
import type { OpenSockets } from "../transport/open_sockets.ts";
import type { Core } from "./core.ts";
import type { Listener } from "./listener.ts";

/** What has to end. */
export interface Ending {
  readonly core: Core;
  readonly sockets: OpenSockets;
  readonly listener: Listener | undefined;
}

/**
 * Close frames to everybody, then the listener: while a WebSocket is open, older runtimes never finish a shutdown, and
 * newer ones send a close frame of their own. Resolves after `ms` milliseconds at the latest.
 */
export async function drain({ core, sockets, listener }: Ending, ms: number): Promise<void> {
  const timeout = Promise.withResolvers<void>();
  const cancel = core.platform.after(ms, timeout.resolve);
  for (const hub of [...core.hubs.all()]) {
    departAll(hub, [...hub.connections()], "serverShutdown");
  }
  core.away.clear();
  await Promise.race([sockets.whenNone(), timeout.promise]);
  const ended = Promise.all([listener?.close(), core.upstream.drain(ms)]);
  await Promise.race([ended, timeout.promise]);
  cancel();
  core.log.debug("Stopped");
}
