/**
 * Puts the front of the batching transport together. A module of its own, because only servers with that transport load
 * it.
 */
import { Batcher } from "./transport/batch.ts";
import { BatchingFront } from "./transport/batching.ts";
import { Heartbeat } from "./transport/heartbeat.ts";
import type { NativeContext } from "./transport/native.ts";
import { ReadQueue } from "./transport/read_queue.ts";

/** Makes the front; `innerPort`: where the HTTP server listens. */
export function composeFront(context: NativeContext, innerPort: number): BatchingFront {
  const { platform } = context;
  const batcher = new Batcher();
  return new BatchingFront({
    ...context,
    batcher,
    reads: new ReadQueue(batcher, (task) => platform.afterReads(task)),
    heartbeat: new Heartbeat(platform),
  }, innerPort);
}
