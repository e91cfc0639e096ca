/**
 * How many calls one handler may have at once. Every handler of every hub has a lane of its own, so that one that
 * never answers fills its own lane and nothing else: neither other hubs nor, without bound, memory.
 */

/** Bounds of one lane. */
export interface LaneLimits {
  /** Calls that run at once. */
  readonly running: number;
  /** Calls beyond the running ones that wait for a turn or pause before a retry. */
  readonly waiting: number;
}

type Waiter = (mayRun: boolean) => void;

/** The calls of one handler. A call that entered takes a turn for each attempt and leaves in the end. */
export class Lane {
  readonly #limits: LaneLimits;
  readonly #onEmpty: () => void;
  readonly #waiters = new Set<Waiter>();
  #entered = 0;
  #running = 0;
  /** Set by whoever reports that the lane is full, so that it is reported once; cleared when it is half empty. */
  overflowReported = false;

  /** `onEmpty` runs when the last call has left. */
  constructor(limits: LaneLimits, onEmpty: () => void) {
    this.#limits = limits;
    this.#onEmpty = onEmpty;
  }

  /** Calls that run, wait or pause. */
  get size(): number {
    return this.#entered;
  }

  /** Calls that run. */
  get running(): number {
    return this.#running;
  }

  /** Takes a call in; `false` when the lane is full. */
  enter(): boolean {
    if (this.#entered >= this.#limits.running + this.#limits.waiting) return false;
    this.#entered++;
    return true;
  }

  /** Ends a call that entered. */
  leave(): void {
    this.#entered--;
    if (this.#entered * 2 < this.#limits.running + this.#limits.waiting) {
      this.overflowReported = false;
    }
    if (this.#entered === 0) this.#onEmpty();
  }

  /** Starts an attempt at once; `false` when it has to wait with `turn`. */
  tryStart(): boolean {
    if (this.#running >= this.#limits.running) return false;
    this.#running++;
    return true;
  }

  /** Waits for a turn, first come, first served; `false` when `signal` aborted before. */
  turn(signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false);
    return new Promise((resolve) => {
      const waiter: Waiter = (mayRun) => {
        signal.removeEventListener("abort", abort);
        resolve(mayRun);
      };
      const abort = () => {
        this.#waiters.delete(waiter);
        waiter(false);
      };
      this.#waiters.add(waiter);
      signal.addEventListener("abort", abort, { once: true });
    });
  }

  /** Ends an attempt; its turn goes to the one that waits longest. */
  finish(): void {
    for (const next of this.#waiters) {
      this.#waiters.delete(next);
      next(true);
      return;
    }
    this.#running--;
  }
}

/** The lanes that hold calls; the others do not exist. */
export class Lanes {
  readonly #limits: LaneLimits;
  readonly #lanes = new Map<string, Lane>();

  constructor(limits: LaneLimits) {
    this.#limits = limits;
  }

  /** How many lanes hold calls. */
  get size(): number {
    return this.#lanes.size;
  }

  /** The lane under `key`; a new one stays only while a call is in it. */
  get(key: string): Lane {
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      lane = new Lane(this.#limits, () => this.#lanes.delete(key));
      this.#lanes.set(key, lane);
    }
    return lane;
  }
}
