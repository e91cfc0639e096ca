/**
 * A hub without sockets: clients are fake outlets, time stands still until it is advanced.
 */
import { compileRoles } from "../../src/auth/roles.ts";
import { Permissions } from "../../src/auth/permissions.ts";
import { Deadlines } from "../../src/deadlines.ts";
import { FilterCache } from "../../src/filter/cache.ts";
import { connect } from "../../src/hub/connect.ts";
import { GroupBound } from "../../src/hub/group_bound.ts";
import type { Hub } from "../../src/hub/hub.ts";
import { Hubs } from "../../src/hub/hubs.ts";
import type { Backplane, MembershipObserver, Upstream } from "../../src/hub/ports.ts";
import { noUpstream } from "./no_upstream.ts";
import { type Log, noTrace, type Trace } from "../../src/ports.ts";
import { Reach } from "../../src/hub/reach.ts";
import { receive } from "../../src/webpubsub/receive.ts";
import { Counters } from "../../src/observe/metrics.ts";
import { jsonCodec } from "../../src/protocol/json.ts";
import { rawCodec, type RawMode } from "../../src/protocol/raw.ts";
import type { Connection } from "../../src/session/connection.ts";
import type { Receiver } from "../../src/session/receiver.ts";
import { Identity } from "../../src/session/identity.ts";
import { ReconnectionTokens } from "../../src/session/recovery.ts";
import type { ReplayBounds } from "../../src/session/replay_buffer.ts";
import { FakeOutlet } from "./fake_outlet.ts";
import { FakePlatform } from "./fake_platform.ts";

/** Says nothing. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** How a client of the fake hub comes in. */
export interface ClientOptions {
  readonly id?: string;
  readonly userId?: string;
  readonly roles?: readonly string[];
  readonly groups?: readonly string[];
  readonly reliable?: boolean;
  readonly raw?: RawMode;
}

/** One client with what it has received. */
export class FakeClient {
  readonly hub: Hub;
  readonly connection: Connection;
  outlet: FakeOutlet;

  constructor(hub: Hub, connection: Connection, outlet: FakeOutlet) {
    this.hub = hub;
    this.connection = connection;
    this.outlet = outlet;
  }

  /** Sends a frame: an object as JSON, strings and bytes as they are. */
  send(frame: object | string | Uint8Array): void {
    const data = typeof frame === "string" || frame instanceof Uint8Array
      ? frame
      : JSON.stringify(frame);
    receive(this.hub, this.connection, this.outlet, data);
  }

  /** Takes what has been received since the last look. */
  take(): unknown[] {
    return this.outlet.take();
  }
}

/** What a fake server is made of; the rest is as in a server without settings. */
export interface ServerOptions {
  readonly upstream?: Upstream;
  readonly windowMs?: number;
  readonly bounds?: ReplayBounds;
  readonly maxGroups?: number;
  readonly maxGroupsInHub?: number;
  readonly memberships?: MembershipObserver;
  readonly backplane?: Backplane;
  readonly trace?: Trace;
  readonly log?: Log;
}

/** The hub `chat` of a server without event handlers, unless some are given. */
export class FakeServer {
  readonly platform = new FakePlatform();
  readonly counters = new Counters();
  readonly away: Deadlines<Receiver>;
  readonly hubs: Hubs;
  readonly reach: Reach;
  #clients = 0;

  constructor(
    options: ServerOptions = {},
  ) {
    this.away = new Deadlines<Receiver>(this.platform, options.windowMs ?? 60_000);
    this.hubs = new Hubs({
      platform: this.platform,
      upstream: options.upstream ?? noUpstream,
      meter: this.counters,
      log: options.log ?? silentLog,
      trace: options.trace ?? noTrace,
      reconnectionTokens: new ReconnectionTokens(this.platform),
      replayBounds: options.bounds ?? { messages: 1000, bytes: 16 * 1024 * 1024 },
      away: this.away,
      groupBound: new GroupBound(
        { platform: this.platform, meter: this.counters, log: silentLog },
        options.maxGroups,
        options.maxGroupsInHub,
      ),
      ...options.memberships && { memberships: options.memberships },
      ...options.backplane && { backplane: options.backplane },
    });
    this.reach = new Reach(this.hubs, new FilterCache());
    options.backplane?.serve(this.reach);
  }

  /** The hub; it exists while it has a client. */
  get hub(): Hub {
    return this.hubs.open("chat");
  }

  /** A connected client that has seen its `connected` frame. */
  client(options: ClientOptions = {}): FakeClient {
    const id = options.id ?? `c${++this.#clients}`;
    const identity = new Identity("chat", id, options.userId, "localhost");
    const outlet = new FakeOutlet();
    const codec = options.raw === undefined ? jsonCodec : rawCodec(options.raw);
    const connection = connect(this.hubs, {
      identity,
      codec,
      reliable: options.reliable ?? false,
      permissions: new Permissions(compileRoles(options.roles ?? [])),
      groups: options.groups ?? [],
    }, outlet);
    outlet.take();
    return new FakeClient(this.hub, connection, outlet);
  }
}
