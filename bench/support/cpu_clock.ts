/** CPU time of a process that runs beside the bench. Linux only. */
import { readdirSync, readFileSync } from "node:fs";

/**
 * CPU time of all threads of a process. The scheduler's own account, since ticks of 10 ms are too coarse for short
 * rounds: 2,500 calls of a bare route take five of them. What a thread did between the last look and its end is lost.
 */
export class CpuClock {
  readonly #pid: number;
  /** CPU time in nanoseconds of each thread when last seen, and of all threads that were ever seen. */
  readonly #threads = new Map<string, number>();
  #nanos = 0;

  constructor(pid: number) {
    this.#pid = pid;
  }

  /** CPU time so far, in microseconds. */
  micros(): number {
    for (const thread of readdirSync(`/proc/${this.#pid}/task`)) {
      const nanos = nanosOf(`/proc/${this.#pid}/task/${thread}/schedstat`);
      if (nanos === undefined) continue;
      this.#nanos += nanos - (this.#threads.get(thread) ?? 0);
      this.#threads.set(thread, nanos);
    }
    return this.#nanos / 1000;
  }
}

/** First figure of a thread's account; nothing when the thread has ended meanwhile. */
function nanosOf(file: string): number | undefined {
  try {
    return Number(readFileSync(file, "utf8").split(" ", 1)[0]);
  } catch (error) {
    if (error instanceof Error && /ENOENT|ESRCH|No such/i.test(error.message)) return undefined;
    throw error;
  }
}
