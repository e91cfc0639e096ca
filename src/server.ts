/**
 * The composition root: puts a server together from its parts. `startServer` is the product and the test fixture.
 */
import { AccessKeys, connectionString } from "./auth/access_key.ts";
import type { Origins } from "./auth/audience.ts";
import { TokenVerifier } from "./auth/token.ts";
import type { Config, ConfigInput } from "./config/schema.ts";
import { configFromOptions } from "./config/load.ts";
import { secretsOf } from "./config/secrets.ts";
import { AwayQueue } from "./hub/away.ts";
import { closeConnection } from "./hub/close.ts";
import { Hubs } from "./hub/hubs.ts";
import type { Log } from "./hub/ports.ts";
import { answerHealth } from "./observe/health.ts";
import { createLog } from "./observe/log.ts";
import { Counters } from "./observe/metrics.ts";
import { type Platform, systemPlatform } from "./platform.ts";
import type { Codec } from "./protocol/event.ts";
import { jsonCodec } from "./protocol/json.ts";
import { targetOf } from "./rest/raw_target.ts";
import { withCors } from "./server/cors_response.ts";
import { ReconnectionTokens } from "./session/recovery.ts";
import { SERVICE_BOUNDS } from "./session/replay_buffer.ts";
import type { BatchingFront } from "./transport/batching.ts";
import { createClientAuthenticator } from "./transport/client_auth.ts";
import { isClientTarget } from "./transport/client_url.ts";
import { SocketDeadlines } from "./transport/deadlines.ts";
import { OpenSockets } from "./transport/drain.ts";
import { type NativeContext, serveClient } from "./transport/native.ts";
import { Pump } from "./transport/pump.ts";
import { Dispatcher } from "./upstream/dispatcher.ts";
import type { RestHandler } from "./server_rest.ts";
import {
  audienceOrigins,
  hubSettings,
  listenerAuthorities,
  listenerEndpoint,
  listenHost,
  upstreamSettings,
} from "./server_settings.ts";

/** Settings of a server, all optional: what is left out has its default. */
export type ServerOptions = ConfigInput & {
  /** Clock, timers, random ids, fetch; the real ones by default. */
  readonly platform?: Platform;
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
  const { platform = systemPlatform, ...settings } = options;
  const config = configFromOptions(settings);
  const server = new Server(config, platform);
  await server.listen();
  return server;
}

/** The page for browsers, and the icon that they ask for. */
const HOME = /^\/(?:favicon\.ico)?(?:\?|$)/;
const HEALTH = /^\/api\/health\/?(?:\?|$)/;

class Server implements HubbubServer {
  readonly counters = new Counters();
  readonly #sockets = new OpenSockets();
  readonly #deadlines: SocketDeadlines;
  readonly #platform: Platform;
  readonly #log: Log;
  readonly #keys: AccessKeys;
  readonly #verifier: TokenVerifier;
  readonly #hubs: Hubs;
  readonly #away: AwayQueue;
  readonly #upstream: Dispatcher;
  readonly #http: Deno.HttpServer<Deno.NetAddr>;
  #front: BatchingFront | undefined;
  /** Made once the port is known, before the first request is read. */
  #clients: NativeContext | undefined;
  #origins: Origins = {};
  /** Loaded with the first REST call. */
  #rest: RestHandler | undefined;
  endpoint = "";
  #config: Config;
  #closing: Promise<void> | undefined;

  constructor(config: Config, platform: Platform) {
    this.#config = config;
    this.#platform = platform;
    this.#deadlines = new SocketDeadlines(platform);
    const { primary, secondary } = config.accessKeys;
    this.#keys = new AccessKeys(primary, secondary);
    this.#verifier = new TokenVerifier(this.#keys, () => platform.now());
    const secrets = secretsOf(config);
    this.#log = createLog({ ...config.log, secrets, now: () => platform.now() });
    this.#upstream = new Dispatcher(upstreamSettings(config), {
      platform,
      log: this.#log,
      signature: (connectionId) => this.#keys.signature(connectionId),
    });
    this.#away = new AwayQueue(platform, config.recoveryWindowSeconds * 1000);
    this.#hubs = new Hubs({
      platform,
      upstream: this.#upstream,
      meter: this.counters,
      log: this.#log,
      reconnectionTokens: new ReconnectionTokens(platform),
      replayBounds: SERVICE_BOUNDS,
      away: this.#away,
    });
    const batching = config.transport === "batching";
    this.#http = Deno.serve({
      port: batching ? 0 : config.port,
      hostname: batching ? "127.0.0.1" : listenHost(config.host),
      onListen: () => {},
      onError: (error) => {
        this.#log.error("request failed", { error: String(error) });
        return new Response(null, { status: 500 });
      },
    }, (request) => this.#answer(request));
    if (!batching) this.#open(this.#http.addr.port);
  }

  /** Opens the port of the front, where the transport has one. */
  async listen(): Promise<void> {
    const { transport, host, port } = this.#config;
    if (transport === "native") return;
    try {
      const { composeFront } = await import("./server_batching.ts");
      const shared = this.#clientContext({});
      const front = composeFront({
        ...shared,
        authenticate: (...token) => (this.#clients ?? shared).authenticate(...token),
      }, this.#http.addr.port);
      this.#front = front;
      this.#open(await front.listen(listenHost(host), port));
    } catch (error) {
      await this.#http.shutdown();
      throw error;
    }
  }

  #open(port: number): void {
    const { publicEndpoint, host } = this.#config;
    this.endpoint = publicEndpoint ?? listenerEndpoint(host, port);
    this.#origins = audienceOrigins(this.#config, listenerAuthorities(host, port));
    this.#clients = this.#clientContext(this.#origins);
  }

  #clientContext(origins: Origins): NativeContext {
    return {
      platform: this.#platform,
      upstream: this.#upstream,
      meter: this.counters,
      pump: new Pump(this.#platform),
      open: this.#sockets,
      deadlines: this.#deadlines,
      isStopping: () => this.#closing !== undefined,
      hubs: this.#hubs,
      authenticate: createClientAuthenticator(this.#verifier, origins, this.#log),
      allowsAnonymous: (hub) => hubSettings(this.#config, hub).anonymousConnectPolicy === "allow",
      keepAliveSeconds: (hub) => hubSettings(this.#config, hub).webSocketKeepAliveIntervalInSeconds,
      codec: (framing) => framing === "json" ? jsonCodec : loadProtobufCodec(),
    };
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
    this.#upstream.replace(upstreamSettings(config));
    this.#keys.replace(config.accessKeys.primary, config.accessKeys.secondary);
    const { accessKeys, hubs } = config;
    this.#config = { ...this.#config, accessKeys, hubs };
  }

  close(): Promise<void> {
    return this.#closing ??= this.#drain();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #answer(request: Request): Response | Promise<Response> {
    const clients = this.#clients;
    if (this.#closing !== undefined || clients === undefined) {
      return new Response(null, { status: 503 });
    }
    const target = targetOf(request.url);
    if (isClientTarget(target)) return serveClient(request, target, clients);
    if (HOME.test(target)) return this.#home(request.method, target);
    return withCors(this.#config.cors?.allowedOrigins ?? [], request, () => {
      if (HEALTH.test(target)) return answerHealth(request.method);
      return this.#rest === undefined ? this.#firstRest(request) : this.#rest(request);
    });
  }

  async #home(method: string, target: string): Promise<Response> {
    const { answerHome } = await import("./server/home_page.ts");
    const { body, ...init } = answerHome(method, target, this);
    return new Response(body, init);
  }

  async #firstRest(request: Request): Promise<Response> {
    const { composeRest } = await import("./server_rest.ts");
    this.#rest ??= composeRest({
      config: this.#config,
      platform: this.#platform,
      log: this.#log,
      keys: this.#keys,
      tokens: this.#verifier,
      origins: this.#origins,
      hubs: this.#hubs,
    });
    return await this.#rest(request);
  }

  /**
   * Close frames to everybody, then the listener: while a WebSocket is open, older runtimes never finish a shutdown,
   * and newer ones send a close frame of their own.
   */
  async #drain(): Promise<void> {
    const ms = this.#config.drainSeconds * 1000;
    const timeout = Promise.withResolvers<void>();
    const cancel = this.#platform.after(ms, timeout.resolve);
    for (const hub of [...this.#hubs.all()]) {
      for (const connection of [...hub.connections()]) {
        closeConnection(hub, connection, "serverShutdown");
      }
    }
    this.#away.close();
    await Promise.race([this.#sockets.whenNone(), timeout.promise]);
    this.#front?.close();
    const ended = Promise.all([this.#http.shutdown(), this.#upstream.drain(ms)]);
    await Promise.race([ended, timeout.promise]);
    cancel();
    this.#log.debug("stopped");
  }
}

async function loadProtobufCodec(): Promise<Codec> {
  const { protobufCodec } = await import("./protocol/protobuf.ts");
  return protobufCodec;
}
