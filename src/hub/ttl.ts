/**
 * How long a message may wait for a receiver that is slow or away.
 */
import type { Hub } from "./hub.ts";

/** The clock time (ms) at which a message taken now expires; 0 = never. `ttlSeconds` is 0 (no limit) or 1-300. */
export function deadline(hub: Hub, ttlSeconds: number): number {
  return ttlSeconds === 0 ? 0 : hub.context.platform.now() + ttlSeconds * 1000;
}
