/** All scenarios, in the order in which they run. */
import { brokenBodies } from "./broken_bodies.ts";
import { burst } from "./burst.ts";
import { churn } from "./churn.ts";
import { cuts } from "./cuts.ts";
import { descriptors } from "./descriptors.ts";
import { earlyResets } from "./early_resets.ts";
import { endlessBody } from "./endless_body.ts";
import { faults } from "./faults.ts";
import { flood, longFlood, requestFlood } from "./flood.ts";
import { http2Flood } from "./http2_flood.ts";
import { idleCrowd } from "./idle_crowd.ts";
import { largeTokens } from "./large_tokens.ts";
import { malformed } from "./malformed.ts";
import { manyBodies } from "./many_bodies.ts";
import { manyGroups } from "./many_groups.ts";
import { manyHubs } from "./many_hubs.ts";
import { memberships } from "./memberships.ts";
import { mixedBurst } from "./mixed_burst.ts";
import { reconnectStorm } from "./reconnect_storm.ts";
import type { Scenario } from "./scenario.ts";
import { slowReaders } from "./slow_readers.ts";
import { stalledBodies } from "./stalled_bodies.ts";
import { steadyReader } from "./steady_reader.ts";
import { stopUnderLoad } from "./stop_under_load.ts";

export const SCENARIOS: readonly Scenario[] = [
  burst,
  mixedBurst,
  flood,
  requestFlood,
  longFlood,
  descriptors,
  stalledBodies,
  manyBodies,
  http2Flood,
  endlessBody,
  brokenBodies,
  faults,
  manyHubs,
  manyGroups,
  largeTokens,
  earlyResets,
  steadyReader,
  idleCrowd,
  slowReaders,
  reconnectStorm,
  stopUnderLoad,
  churn,
  memberships,
  malformed,
  cuts,
];
