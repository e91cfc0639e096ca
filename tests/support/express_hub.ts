/**
 * The official express middleware, unmodified, as the event handler of a hub: what an application of the cloud service
 * does. Clients are bare sockets, so that statuses, close codes and the order of frames show.
 */
import type { ConnectResponse, WebPubSubEventHandlerOptions } from "@azure/web-pubsub-express";
import { type HubbubServer, type ServerOptions, startServer } from "../../src/server.ts";
import { handlerAt } from "./express_app.ts";
import { QUIET } from "./fixture.ts";
import { RawClient } from "./raw_client.ts";
import { clientUrl } from "./rest_client.ts";

/** The plain JSON subprotocol. */
export const JSON_PROTOCOL = "json.webpubsub.azure.v1";
/** The reliable JSON subprotocol. */
export const RELIABLE = "json.reliable.webpubsub.azure.v1";
/** The ack of an event that failed, without its id. */
export const FAILED_ACK = {
  type: "ack",
  success: false,
  error: { name: "InternalServerError", message: "Internal server error" },
};
/** The pauses between the attempts of a call, in milliseconds. */
export const RETRY_PAUSES = [1000, 3000, 5000];

/** A server whose hub `chat` has this handler. */
export function serve(
  handler: ReturnType<typeof handlerAt>,
  options: Pick<ServerOptions, "platform" | "recoveryWindowSeconds"> = {},
  anonymousConnectPolicy: "allow" | "deny" = "deny",
): Promise<HubbubServer> {
  return startServer({
    ...QUIET,
    ...options,
    hubs: { chat: { anonymousConnectPolicy, eventHandlers: [handler] } },
  });
}

/** A client of hub `chat`. */
export function open(
  server: HubbubServer,
  claims: Record<string, unknown> = {},
  ...protocols: string[]
): Promise<RawClient> {
  return RawClient.open(
    clientUrl(server, "chat", claims),
    protocols.length > 0 ? { protocols } : {},
  );
}

/** Ends a server before its handler, which was started after it: else its last events would be tried in vain. */
export function stop(server: HubbubServer, client: RawClient): Promise<void> {
  client.drop();
  return server.close();
}

/** An event of a JSON client. */
export function event(name: string, data: unknown, ackId?: number, dataType = "json"): string {
  return JSON.stringify({ type: "event", event: name, dataType, data, ackId });
}

/** An application that lets every client in with this answer to `connect`. */
export function answerWith(response?: ConnectResponse): WebPubSubEventHandlerOptions {
  return { handleConnect: (_request, answer) => answer.success(response) };
}

/** Answers with what came, in the type in which it came. */
export const ECHO: WebPubSubEventHandlerOptions = {
  handleUserEvent(request, answer) {
    if (request.dataType === "json") return answer.success(JSON.stringify(request.data), "json");
    answer.success(request.data, request.dataType);
  },
};
