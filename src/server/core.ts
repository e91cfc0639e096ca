/**
 * The parts of a server that need no port: keys, tokens, log, hubs and the events that they raise.
 */
import { AccessKeys } from "../auth/access_key.ts";
import { TokenVerifier } from "../auth/token.ts";
import type { Config } from "../config/schema.ts";
import { secretsOf } from "../config/secrets.ts";
import { Deadlines } from "../deadlines.ts";
import { GroupBound } from "../hub/group_bound.ts";
import { Hubs } from "../hub/hubs.ts";
import type { Backplane, MembershipObserver } from "../hub/ports.ts";
import { type Log, noTrace } from "../ports.ts";
import { createLog } from "../observe/log.ts";
import { Counters } from "../observe/metrics.ts";
import type { Platform } from "../platform.ts";
import type { Receiver } from "../session/receiver.ts";
import { ReconnectionTokens } from "../session/recovery.ts";
import { SERVICE_BOUNDS } from "../session/replay_buffer.ts";
import { Dispatcher } from "../upstream/dispatcher.ts";
import { upstreamSettings } from "./settings.ts";

/** What all of a server shares, whichever transport it listens with. */
export interface Core {
  readonly platform: Platform;
  readonly log: Log;
  readonly counters: Counters;
  readonly keys: AccessKeys;
  readonly tokens: TokenVerifier;
  readonly upstream: Dispatcher;
  readonly away: Deadlines<Receiver>;
  readonly hubs: Hubs;
}

/** Puts these parts together. */
export function composeCore(
  config: Config,
  platform: Platform,
  others?: Backplane & MembershipObserver,
): Core {
  const now = () => platform.now();
  const counters = new Counters();
  const { primary, secondary } = config.accessKeys;
  const keys = new AccessKeys(primary, secondary);
  const log = createLog({ ...config.log, secrets: secretsOf(config), now });
  const upstream = new Dispatcher(upstreamSettings(config), {
    platform,
    log,
    signature: (connectionId) => keys.signature(connectionId),
  });
  const away = new Deadlines<Receiver>(platform, config.recoveryWindowSeconds * 1000);
  const hubs = new Hubs({
    platform,
    groupBound: new GroupBound(
      { platform, log, meter: counters },
      config.limits.groupsPerConnection,
    ),
    upstream,
    meter: counters,
    log,
    trace: noTrace,
    reconnectionTokens: new ReconnectionTokens(platform),
    replayBounds: SERVICE_BOUNDS,
    away,
    ...others && { backplane: others, memberships: others },
  });
  const tokens = new TokenVerifier(keys, now);
  return { platform, log, counters, keys, tokens, upstream, away, hubs };
}
