/**
 * The native transport: `Deno.upgradeWebSocket`, portable and whole.
 */
import { errorFields } from "../errors.ts";
import type { Welcome } from "../hub/endpoint.ts";
import { TURNS_TO_LEAVE } from "../limits.ts";
import type { Log } from "../ports.ts";
import type { Platform } from "../platform.ts";
import { accept, type AcceptContext } from "./accept.ts";
import { DenoSocket, type SocketContext } from "./deno_socket.ts";

/** What the native transport needs. */
export interface NativeContext extends AcceptContext, SocketContext {
  readonly platform: Platform;
  readonly log: Log;
  /** Seconds between two pings to a silent client. */
  keepAliveSeconds(hub: string): number;
}

/** Answers a request to an endpoint for clients. `target` is the path and query as sent. */
export async function serveClient(
  request: Request,
  target: string,
  context: NativeContext,
): Promise<Response> {
  const { method, headers } = request;
  if (await hasLeft(request, context.platform)) return new Response(null, { status: 400 });
  const whenGone = (task: () => void) => {
    request.signal.addEventListener("abort", task);
    return () => request.signal.removeEventListener("abort", task);
  };
  const decision = await accept({ method, version: undefined, target, headers, whenGone }, context);
  if (decision.kind === "refused") {
    const { status, message, headers } = decision;
    return new Response(message, { status, headers });
  }
  const { welcome, hub } = decision;
  const upgraded = upgrade(request, welcome.answer, hub, context);
  if (upgraded !== undefined) return begin(upgraded, welcome, context);
  welcome.missed("notUpgraded");
  return new Response("Internal server error", { status: 500 });
}

/**
 * Whether the client has reset its connection right behind its request, which the runtime finds out two turns later.
 * Upgraded nevertheless, such a connection would keep its descriptor for ever: the runtime never closes it, and we have
 * no hold of it.
 */
async function hasLeft({ signal }: Request, platform: Platform): Promise<boolean> {
  for (let turn = 0; turn < TURNS_TO_LEAVE && !signal.aborted; turn++) {
    await new Promise<void>((resolve) => platform.afterReads(resolve));
  }
  return signal.aborted;
}

interface Upgraded {
  readonly socket: DenoSocket;
  readonly response: Response;
}

/** `undefined` when the runtime does not upgrade what the judge let pass: mostly the client is gone. */
function upgrade(
  request: Request,
  protocol: string | undefined,
  hub: string,
  context: NativeContext,
): Upgraded | undefined {
  // While a handler was asked.
  if (request.signal.aborted) return undefined;
  // The runtime finds a name only in a list with one blank behind each comma.
  const isFound = protocol !== undefined &&
    request.headers.get("sec-websocket-protocol")?.split(", ").includes(protocol) === true;
  try {
    listFieldsIfAsked(request.headers);
    const { socket, response } = Deno.upgradeWebSocket(request, {
      ...(isFound && { protocol }),
      // The runtime pings after half of it and gives up after the whole.
      idleTimeout: 2 * context.keepAliveSeconds(hub),
    });
    if (protocol !== undefined && !isFound) nameSubprotocol(response, protocol);
    return { socket: new DenoSocket(socket, context), response };
  } catch (error) {
    context.log.warn("Upgrade failed", { hub, ...errorFields(error) });
    return undefined;
  }
}

/**
 * Has the runtime list the header fields where it will ask for the list when the request is upgraded and its fields are
 * gone, which ends the whole server: Deno 2.9 does so when `Upgrade` comes in several lines and the first names another
 * protocol. Who asks for nothing but a WebSocket needs no list, and the socket would keep it: 1.3 KiB a client.
 */
function listFieldsIfAsked(headers: Headers): void {
  // Any question but `get` makes the list.
  if (headers.get("upgrade")?.toLowerCase() !== "websocket") headers.has("upgrade");
}

/** Where an older runtime does not let the answer be changed, the client is told no name. */
function nameSubprotocol({ headers }: Response, protocol: string): void {
  try {
    headers.set("Sec-WebSocket-Protocol", protocol);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}

/** The runtime ends the whole server when an upgrade is not answered with its own response: nothing may be thrown. */
function begin({ socket, response }: Upgraded, welcome: Welcome, { log }: NativeContext): Response {
  try {
    welcome.start(socket);
  } catch (error) {
    log.error("Handshake failed", errorFields(error));
    socket.close(1011, "Internal server error");
  }
  return response;
}
