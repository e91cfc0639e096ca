/**
 * Puts together what other nodes reach this one through. A module of its own: a server that is alone does not load it.
 */
import { FilterCache } from "../filter/cache.ts";
import type { Hubs } from "../hub/hubs.ts";
import type { ThisNode } from "../hub/ports.ts";
import { Reach } from "../hub/reach.ts";

/** Makes the way into the hubs of this node alone. */
export function thisNode(hubs: Hubs): ThisNode {
  return new Reach(hubs, new FilterCache());
}
