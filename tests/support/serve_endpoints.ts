/**
 * Endpoints behind the real listener of either transport, without a server around them.
 */
import { configFromOptions } from "../../src/config/load.ts";
import { GroupBound } from "../../src/hub/group_bound.ts";
import type { Endpoint } from "../../src/hub/endpoint.ts";
import { Counters } from "../../src/observe/metrics.ts";
import { systemPlatform as platform } from "../../src/platform.ts";
import { openListener } from "../../src/server/listener.ts";
import type { AcceptContext } from "../../src/transport/accept.ts";
import { SocketDeadlines } from "../../src/transport/deadlines.ts";
import { Descriptors } from "../../src/transport/descriptors.ts";
import { OpenSockets } from "../../src/transport/open_sockets.ts";
import type { NativeContext } from "../../src/transport/native.ts";
import { Pump } from "../../src/transport/pump.ts";
import { silentLog as log } from "./fake_hub.ts";

/** The transports. */
export const TRANSPORTS = ["batching", "native"] as const;
export type Transport = typeof TRANSPORTS[number];

/** An open port. */
export interface Served extends AsyncDisposable {
  /** `ws://host:port`. */
  readonly url: string;
}

/** What everybody else gets from the port: no client is answered so. */
export const NO_CLIENT = { status: 418, headers: {}, body: undefined };

/** Serves clients of `endpoints`; without tokens, unless `changes` say otherwise. */
export async function serveEndpoints(
  transport: Transport,
  endpoints: readonly Endpoint[],
  changes: Partial<AcceptContext> = {},
): Promise<Served> {
  const meter = new Counters();
  const open = new OpenSockets();
  const context: NativeContext = {
    platform,
    log,
    meter,
    open,
    endpoints,
    pump: new Pump(platform),
    deadlines: new SocketDeadlines(platform),
    groupBound: new GroupBound({ platform, log, meter }),
    authenticate: () => undefined,
    isStopping: () => false,
    allowsAnonymous: () => true,
    keepAliveSeconds: () => 20,
    ...changes,
  };
  const config = configFromOptions({ transport, host: "127.0.0.1", port: 0 });
  const descriptors = new Descriptors({ platform, log }, 0);
  const answer = () => NO_CLIENT;
  const listener = await openListener(config, { clients: context, descriptors, answer });
  return {
    url: `ws://127.0.0.1:${listener.port}`,
    async [Symbol.asyncDispose]() {
      await open.whenNone();
      await listener.close();
    },
  };
}
