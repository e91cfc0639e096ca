/**
 * The composition root: puts a server together from its parts. `startServer` is the product and the test fixture.
 */
import { connectionString } from "./auth/access_key.ts";
import type { Origins } from "./auth/audience.ts";
import { configFromOptions } from "./config/load.ts";
import type { Config, ConfigInput } from "./config/schema.ts";
import type { Backplane, MembershipObserver } from "./hub/ports.ts";
import type { Counters } from "./observe/metrics.ts";
import { type Platform, systemPlatform } from "./platform.ts";
import type { RestPipeline } from "./rest/pipeline.ts";
import { composeCore, type Core } from "./server/core.ts";
import { drain } from "./server/drain.ts";
import { type Listener, openListener } from "./server/listener.ts";
import { createRoutes } from "./server/routes.ts";
import {
  audienceOrigins,
  listenerAuthorities,
  listenerEndpoint,
  upstreamSettings,
} from "./server/settings.ts";
import { composeClients } from "./server/wire_clients.ts";
import { Descriptors } from "./transport/descriptors.ts";
import { OpenSockets } from "./transport/open_sockets.ts";

/** Settings of a server, all optional: what is left out has its default. */
export type ServerOptions = ConfigInput & {
  /** Clock, timers, random ids, fetch; the real ones by default. */
  readonly platform?: Platform;
  /** Other servers that hold clients of the same hubs, for programs that bring a carrier of their own. */
  readonly backplane?: Backplane & MembershipObserver;
};

/** A running server. */
export interface HubbubServer extends AsyncDisposable {
  /** `http://host:port`, or the configured public endpoint. */
  readonly endpoint: string;
  readonly accessKey: string;
  /** What official SDKs take: `Endpoint=...;AccessKey=...;Version=1.0;`. */
  readonly connectionString: string;
  /** WebSocket URL of any hub, with `{hub}` in its place. */
  readonly clientUrlTemplate: string;
  readonly healthUrl: string;
  /** WebSocket URL of a hub, without a token. */
  clientUrl(hub: string): string;
  /** What has been counted since the start. */
  readonly counters: Counters;
  /** Takes over keys, hub settings and event handlers of another configuration; connections stay. */
  reload(config: Config): void;
  /** Stops: no new clients, close frames to all, an end within the drain time. */
  close(): Promise<void>;
}

/**
 * Starts a server in this process.
 *
 * ```ts
 * import { startServer } from "./server.ts";
 * import assert from "node:assert/strict";
 * await using server = await startServer({ port: 0, log: { level: "off", format: "text" } });
 * const health = await fetch(server.healthUrl, { method: "HEAD" });
 * assert.equal(health.status, 200);
 * ```
 *
 * @throws Deno.errors.AddrInUse when the port is taken
 */
export async function startServer(options: ServerOptions = {}): Promise<HubbubServer> {
  const { platform = systemPlatform, backplane, ...settings } = options;
  const config = configFromOptions(settings);
  const server = new Server(config, platform, backplane);
  await server.listen();
  return server;
}

class Server implements HubbubServer {
  readonly #core: Core;
  readonly #sockets = new OpenSockets();
  #config: Config;
  #listener: Listener | undefined;
  #origins: Origins = {};
  #closing: Promise<void> | undefined;
  endpoint = "";

  constructor(config: Config, platform: Platform, others: ServerOptions["backplane"]) {
    this.#config = config;
    this.#core = composeCore(config, platform, others);
  }

  /** Opens the port. No request is read before the names that follow from its number are known. */
  async listen(): Promise<void> {
    const config = this.#config;
    const { platform, log } = this.#core;
    await this.#joinOthers();
    const isStopping = () => this.#closing !== undefined;
    this.#listener = await openListener(config, {
      descriptors: new Descriptors({ platform, log }, config.limits.reservedDescriptors),
      clients: composeClients(this.#core, {
        sockets: this.#sockets,
        config: () => this.#config,
        origins: () => this.#origins,
        isStopping,
      }),
      answer: createRoutes({
        isStopping,
        allowedOrigins: config.cors?.allowedOrigins ?? [],
        home: this,
        loadRest: () => this.#loadRest(),
      }),
    });
    const { port } = this.#listener;
    this.endpoint = config.publicEndpoint ?? listenerEndpoint(config.host, port);
    this.#origins = audienceOrigins(config, listenerAuthorities(config.host, port));
  }

  /** Others reach this node before its first client does. Only nodes with others load what is needed for that. */
  async #joinOthers(): Promise<void> {
    const { hubs } = this.#core;
    const { backplane } = hubs.context;
    if (backplane === undefined) return;
    const { thisNode } = await import("./server/wire_others.ts");
    backplane.serve(thisNode(hubs));
  }

  async #loadRest(): Promise<RestPipeline> {
    const { composeRest } = await import("./server/wire_rest.ts");
    return composeRest(this.#core, this.#config, this.#origins);
  }

  get counters(): Counters {
    return this.#core.counters;
  }

  get accessKey(): string {
    return this.#config.accessKeys.primary;
  }

  get connectionString(): string {
    return connectionString(this.endpoint, this.accessKey);
  }

  get clientUrlTemplate(): string {
    return this.clientUrl("{hub}");
  }

  get healthUrl(): string {
    return `${this.endpoint}/api/health`;
  }

  clientUrl(hub: string): string {
    return `${this.endpoint.replace(/^http/, "ws")}/client/hubs/${hub}`;
  }

  reload(config: Config): void {
    this.#core.upstream.replace(upstreamSettings(config));
    this.#core.keys.replace(config.accessKeys.primary, config.accessKeys.secondary);
    const { accessKeys, hubs } = config;
    this.#config = { ...this.#config, accessKeys, hubs };
  }

  close(): Promise<void> {
    return this.#closing ??= this.#stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #stop(): Promise<void> {
    const { drainSeconds } = this.#config;
    const ending = { core: this.#core, sockets: this.#sockets, listener: this.#listener };
    await drain(ending, drainSeconds * 1000);
  }
}
