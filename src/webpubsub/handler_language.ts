/**
 * How Web PubSub clients (raw, JSON, protobuf) and event handlers understand each other.
 */
import type { HandlerLanguage } from "../hub/handler_language.ts";
import { readConnect, readReply } from "./answer.ts";
import { connectRequest, eventRequest } from "./request.ts";

/** The language of Web PubSub clients. */
export const webPubSubLanguage: HandlerLanguage = {
  connectRequest,
  readConnect,
  eventRequest,
  readReply,
};
