/**
 * The endpoint of Web PubSub clients: raw, JSON and protobuf, new ones and those that come back.
 */
import type { Endpoint } from "../hub/endpoint.ts";
import { isClientTarget, parseClientUrl } from "./client_url.ts";
import { resume } from "./resume.ts";
import { welcome, type WelcomeContext } from "./welcome.ts";

/** Makes the endpoint. */
export function webPubSubEndpoint(context: WelcomeContext): Endpoint {
  return {
    family: "default",
    matches: isClientTarget,
    locate: parseClientUrl,
    resume: (arrival) => resume(arrival, context.hubs),
    welcome: (arrival, claims) => welcome(arrival, claims, context),
  };
}
