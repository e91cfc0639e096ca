/**
 * The port: opens it with the transport that is wanted, and loads no other one.
 */
import type { Config } from "../config/schema.ts";
import type { RestRequest, RestResponse } from "../rest/request.ts";
import type { Descriptors } from "../transport/descriptors.ts";
import { BodyRoom } from "../transport/http/body_room.ts";
import type { NativeContext } from "../transport/native.ts";
import { listenHost } from "./settings.ts";

/** What listens for clients and for everybody else. */
export interface Listener {
  readonly port: number;
  /** Takes no more connections; resolves when requests in work are answered and all others ended. */
  close(): Promise<void>;
}

/** What a listener serves with. */
export interface ListenerParts {
  /** What clients are served with. */
  readonly clients: NativeContext;
  readonly descriptors: Descriptors;
  /** Answers what is not for the client endpoint. */
  answer(request: RestRequest): RestResponse | Promise<RestResponse>;
}

/**
 * Opens the configured port.
 *
 * @throws Deno.errors.AddrInUse when it is taken
 */
export function openListener(
  { transport, host, port, limits }: Config,
  parts: ListenerParts,
): Promise<Listener> {
  const hostname = listenHost(host);
  const room = new BodyRoom(limits.restBytesInWork);
  return transport === "native"
    ? openNative(parts, room, hostname, port)
    : openFront(parts, room, hostname, port);
}

async function openNative(
  { clients, descriptors, answer }: ListenerParts,
  room: BodyRoom,
  hostname: string,
  port: number,
): Promise<Listener> {
  const { listenNatively } = await import("./native_http.ts");
  const http = listenNatively(
    { platform: clients.platform, clients, descriptors, answer, room },
    hostname,
    port,
  );
  return { port: http.port, close: () => http.shutdown() };
}

async function openFront(
  { clients, descriptors, answer }: ListenerParts,
  room: BodyRoom,
  hostname: string,
  port: number,
): Promise<Listener> {
  const { composeFront } = await import("./wire_front.ts");
  const front = composeFront({ ...clients, descriptors }, answer, room);
  return { port: await front.listen(hostname, port), close: () => front.close() };
}
