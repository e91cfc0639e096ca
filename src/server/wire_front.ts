/**
 * Puts the front of the batching transport together. A module of its own, because only servers with that transport load
 * it.
 */
import { Batcher } from "../transport/batch.ts";
import { BatchingFront, type BatchingFrontContext } from "../transport/batching.ts";
import { Heartbeat } from "../transport/heartbeat.ts";
import type { GuardContext } from "../transport/listener_guard.ts";
import type { NativeContext } from "../transport/native.ts";
import { ReadQueue } from "../transport/read_queue.ts";

/** Makes the front; `answer`: for all that is not for the client endpoint, `room`: for its bodies. */
export function composeFront(
  context: NativeContext & GuardContext,
  answer: BatchingFrontContext["answer"],
  room: BatchingFrontContext["room"],
): BatchingFront {
  const { platform } = context;
  const batcher = new Batcher((task) => platform.afterReads(task));
  return new BatchingFront({
    ...context,
    batcher,
    reads: new ReadQueue(batcher, platform),
    heartbeat: new Heartbeat(platform),
    answer,
    room,
  });
}
