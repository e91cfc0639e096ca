/**
 * Puts together what WebSocket clients are served with, over either transport.
 */
import type { Origins } from "../auth/audience.ts";
import type { Config } from "../config/schema.ts";
import type { Codec, Framing } from "../protocol/event.ts";
import { jsonCodec } from "../protocol/json.ts";
import { createClientAuthenticator } from "../transport/client_auth.ts";
import { SocketDeadlines } from "../transport/deadlines.ts";
import type { NativeContext } from "../transport/native.ts";
import type { OpenSockets } from "../transport/open_sockets.ts";
import { Pump } from "../transport/pump.ts";
import { webPubSubEndpoint } from "../webpubsub/endpoint.ts";
import type { Core } from "./core.ts";
import { hubSettings } from "./settings.ts";

/** What changes while the server runs, and what outlives this. */
export interface ClientParts {
  readonly sockets: OpenSockets;
  /** The configuration of this moment. */
  config(): Config;
  /** Whom audiences may name; known once the port is. */
  origins(): Origins;
  isStopping(): boolean;
}

/** Makes what clients are served with. */
export function composeClients(core: Core, parts: ClientParts): NativeContext {
  const { platform, log, counters, hubs, tokens } = core;
  const settingsOf = (hub: string) => hubSettings(parts.config(), hub);
  return {
    platform,
    log,
    endpoints: [webPubSubEndpoint({ hubs, codec })],
    meter: counters,
    pump: new Pump(platform),
    open: parts.sockets,
    deadlines: new SocketDeadlines(platform),
    isStopping: parts.isStopping,
    groupBound: hubs.context.groupBound,
    authenticate: createClientAuthenticator(tokens, parts.origins, log),
    allowsAnonymous: (hub) => settingsOf(hub).anonymousConnectPolicy === "allow",
    keepAliveSeconds: (hub) => settingsOf(hub).webSocketKeepAliveIntervalInSeconds,
  };
}

/** The protobuf codec is loaded when the first client speaks it. */
function codec(framing: Exclude<Framing, "raw">): Codec | Promise<Codec> {
  return framing === "json" ? jsonCodec : loadProtobufCodec();
}

async function loadProtobufCodec(): Promise<Codec> {
  const { protobufCodec } = await import("../protocol/protobuf.ts");
  return protobufCodec;
}
