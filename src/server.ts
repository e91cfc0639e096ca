/**
 * The composition root: puts a server together from its parts. `startServer` is the product and the test fixture.
 */
import { AccessKeys, connectionString } from "./auth/access_key.ts";
import type { Origins } from "./auth/audience.ts";
import { TokenVerifier } from "./auth/token.ts";
import type { Config, ConfigInput } from "./config/schema.ts";
import { configFromOptions } from "./config/load.ts";
import { secretsOf } from "./config/secrets.ts";
import { errorFields } from "./errors.ts";
import { AwayQueue } from "./hub/away.ts";
import { closeAll } from "./hub/close.ts";
import { GroupBound } from "./hub/group_bound.ts";
import { Hubs } from "./hub/hubs.ts";
import type { Log } from "./hub/ports.ts";
import { answerHealth } from "./observe/health.ts";
import { createLog } from "./observe/log.ts";
import { Counters } from "./observe/metrics.ts";
import { type Platform, systemPlatform } from "./platform.ts";
import type { Codec } from "./protocol/event.ts";
import { jsonCodec } from "./protocol/json.ts";
import type { RestPipeline } from "./rest/pipeline.ts";
import type { RestRequest, RestResponse } from "./rest/request.ts";
import { withCors } from "./server/with_cors.ts";
import { ReconnectionTokens } from "./session/recovery.ts";
import { SERVICE_BOUNDS } from "./session/replay_buffer.ts";
import { createClientAuthenticator } from "./transport/client_auth.ts";
import { SocketDeadlines } from "./transport/deadlines.ts";
import { Descriptors } from "./transport/descriptors.ts";
import { BodyRoom } from "./transport/http/body_room.ts";
import { isAuthority } from "./transport/http/request_rules.ts";
import { OpenSockets } from "./transport/drain.ts";
import type { NativeContext } from "./transport/native.ts";
import { Pump } from "./transport/pump.ts";
import { Dispatcher } from "./upstream/dispatcher.ts";
import { webPubSubLanguage } from "./webpubsub/handler_language.ts";
import {
  audienceOrigins,
  hubSettings,
  listenerAuthorities,
  listenerEndpoint,
  listenHost,
  upstreamSettings,
} from "./server/settings.ts";

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
const UNAVAILABLE: RestResponse = { status: 503, headers: {}, body: undefined };
/** Links and audiences would name nobody. Only the runtime's HTTP passes such requests on. */
const NO_HOST: RestResponse = {
  status: 400,
  headers: { "content-type": "text/plain;charset=UTF-8" },
  body: "A valid Host header is required.",
};
const HEALTH = /^\/api\/health\/?(?:\?|$)/;

/** What listens for clients and for everybody else. */
interface Listener {
  /** Takes no more connections; resolves when requests in work are answered and all others ended. */
  close(): Promise<void>;
}

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
  readonly #descriptors: Descriptors;
  #listener: Listener | undefined;
  /** Made once the port is known, before the first request is read. */
  #clients: NativeContext | undefined;
  #origins: Origins = {};
  /** Loaded with the first REST call. */
  #rest: RestPipeline | undefined;
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
    const groupBound = new GroupBound(
      { platform, log: this.#log, meter: this.counters },
      config.limits.groupsPerConnection,
    );
    this.#hubs = new Hubs({
      platform,
      groupBound,
      upstream: this.#upstream,
      language: webPubSubLanguage,
      meter: this.counters,
      log: this.#log,
      reconnectionTokens: new ReconnectionTokens(platform),
      replayBounds: SERVICE_BOUNDS,
      away: this.#away,
    });
    this.#descriptors = new Descriptors(
      { platform, log: this.#log },
      config.limits.reservedDescriptors,
    );
  }

  /** Opens the port. Of the two transports only the one that is wanted is loaded. */
  async listen(): Promise<void> {
    const { transport, host, port } = this.#config;
    const hostname = listenHost(host);
    const room = new BodyRoom(this.#config.limits.restBytesInWork);
    if (transport === "native") {
      const { listenNatively } = await import("./server/native_http.ts");
      const http = listenNatively(
        {
          platform: this.#platform,
          descriptors: this.#descriptors,
          clients: () => this.#clients,
          room,
          isStopping: () => this.#closing !== undefined,
          answer: (request) => this.#answer(request),
          failed: (error) => this.#log.error("request failed", errorFields(error)),
        },
        hostname,
        port,
      );
      this.#listener = { close: () => http.shutdown() };
      return this.#open(http.port);
    }
    const { composeFront } = await import("./server/wire_front.ts");
    const shared = this.#clientContext({});
    const front = composeFront(
      {
        ...shared,
        descriptors: this.#descriptors,
        authenticate: (...token) => (this.#clients ?? shared).authenticate(...token),
      },
      (request) => this.#answer(request),
      room,
    );
    this.#listener = front;
    this.#open(await front.listen(hostname, port));
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
      language: webPubSubLanguage,
      meter: this.counters,
      pump: new Pump(this.#platform),
      open: this.#sockets,
      deadlines: this.#deadlines,
      isStopping: () => this.#closing !== undefined,
      hubs: this.#hubs,
      groupBound: this.#hubs.context.groupBound,
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

  /** Everything but the client endpoint, for either transport. */
  #answer(request: RestRequest): RestResponse | Promise<RestResponse> {
    if (this.#closing !== undefined) return UNAVAILABLE;
    const { method, target } = request;
    if (HOME.test(target)) return this.#home(method, target);
    return withCors(this.#config.cors?.allowedOrigins ?? [], request, () => {
      if (HEALTH.test(target)) return answerHealth(method);
      if (!isAuthority(request.headers.get("host") ?? "")) return NO_HOST;
      return this.#rest === undefined ? this.#firstRest(request) : this.#rest(request);
    });
  }

  async #home(method: string, target: string): Promise<RestResponse> {
    const { answerHome } = await import("./server/home_page.ts");
    const { status, headers, body } = answerHome(method, target, this);
    return { status, headers, body: body ?? undefined };
  }

  async #firstRest(request: RestRequest): Promise<RestResponse> {
    const { composeRest } = await import("./server/wire_rest.ts");
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
      closeAll(hub, [...hub.connections()], "serverShutdown");
    }
    this.#away.close();
    await Promise.race([this.#sockets.whenNone(), timeout.promise]);
    const ended = Promise.all([this.#listener?.close(), this.#upstream.drain(ms)]);
    await Promise.race([ended, timeout.promise]);
    cancel();
    this.#log.debug("stopped");
  }
}

async function loadProtobufCodec(): Promise<Codec> {
  const { protobufCodec } = await import("./protocol/protobuf.ts");
  return protobufCodec;
}
