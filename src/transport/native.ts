/**
 * The native transport: `Deno.upgradeWebSocket`, portable and whole.
 */
import type { Hubs } from "../hub/hubs.ts";
import { accept, type AcceptContext } from "./accept.ts";
import { findReturning, serveNew, serveReturning } from "./client.ts";
import { DenoSocket, type SocketContext } from "./deno_socket.ts";

/** What the native transport needs. */
export interface NativeContext extends AcceptContext, SocketContext {
  readonly hubs: Hubs;
  /** Seconds between two pings to a silent client. */
  keepAliveSeconds(hub: string): number;
}

/** Answers a request to the client endpoint. `target` is the path and query as sent. */
export async function serveClient(
  request: Request,
  target: string,
  context: NativeContext,
): Promise<Response> {
  const { method, headers } = request;
  const whenGone = (task: () => void) => {
    request.signal.addEventListener("abort", task);
    return () => request.signal.removeEventListener("abort", task);
  };
  const decision = await accept({ method, target, headers, whenGone }, context);
  switch (decision.kind) {
    case "refused": {
      const challenge = decision.status === 401 ? { "www-authenticate": "Bearer" } : undefined;
      return new Response(decision.message, {
        status: decision.status,
        ...(challenge && { headers: challenge }),
      });
    }
    case "accepted": {
      const hub = decision.admission.identity.hub;
      const { socket, response } = upgrade(request, decision.answer, hub, context);
      serveNew(context.hubs, decision.admission, socket);
      return response;
    }
    case "recovery": {
      const { connection, answer } = findReturning(context.hubs, decision);
      const { socket, response } = upgrade(request, answer, decision.hub, context);
      serveReturning(context.hubs, connection, socket);
      return response;
    }
  }
}

function upgrade(
  request: Request,
  protocol: string | undefined,
  hub: string,
  context: NativeContext,
): { socket: DenoSocket; response: Response } {
  const { socket, response } = Deno.upgradeWebSocket(request, {
    ...(protocol !== undefined && { protocol }),
    // The runtime pings after half of it and gives up after the whole.
    idleTimeout: 2 * context.keepAliveSeconds(hub),
  });
  return { socket: new DenoSocket(socket, context), response };
}
