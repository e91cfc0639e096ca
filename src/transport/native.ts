/**
 * The native transport: `Deno.upgradeWebSocket`, portable and whole.
 */
import { neverOpened } from "../hub/close.ts";
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
  const decision = await accept({ method, version: undefined, target, headers, whenGone }, context);
  switch (decision.kind) {
    case "refused": {
      const { status, message, headers } = decision;
      return new Response(message, { status, headers });
    }
    case "accepted": {
      const { admission, answer, announced } = decision;
      const { hub } = admission.identity;
      const upgraded = upgrade(request, answer, hub, context);
      if (upgraded === undefined) {
        if (announced) neverOpened(context.hubs, admission.identity);
        return failed();
      }
      serveNew(context.hubs, admission, upgraded.socket);
      return upgraded.response;
    }
    case "recovery": {
      const { connection, answer } = findReturning(context.hubs, decision);
      const upgraded = upgrade(request, answer, decision.hub, context);
      if (upgraded === undefined) return failed();
      serveReturning(context.hubs, connection, upgraded.socket);
      return upgraded.response;
    }
  }
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
  try {
    const { socket, response } = Deno.upgradeWebSocket(request, {
      // The runtime pings after half of it and gives up after the whole.
      idleTimeout: 2 * context.keepAliveSeconds(hub),
    });
    // Not by the option `protocol`: the runtime finds its value only in a list with one blank behind each comma.
    if (protocol !== undefined) response.headers.set("Sec-WebSocket-Protocol", protocol);
    return { socket: new DenoSocket(socket, context), response };
  } catch (error) {
    context.hubs.context.log.warn("upgrade failed", { hub, error: String(error) });
    return undefined;
  }
}

function failed(): Response {
  return new Response("Internal server error", { status: 500 });
}
