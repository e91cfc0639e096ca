/**
 * When the bytes of clients are worked on, and how many at a time.
 *
 * The runtime reads the sockets that are ready one after the other, and leaves the rest for its next turn when too much
 * was written meanwhile. A publisher that is read first in every turn, and whose fan-out is carried out at once, would
 * silence all behind it. So after a turn with many writes, reading comes first and work second.
 *
 * A client that floods small frames would do the same with 3,000 frames in each read. So only some of its frames are
 * worked on at once; the rest of its bytes waits, and its socket is read no further. Readers with left-overs take turns
 * at a bounded piece of work each millisecond.
 */
import { READ_TURN_MS, TURN_FRAMES, TURN_LEFTOVER_FRAMES } from "../limits.ts";
import type { Platform } from "../platform.ts";
import type { Batcher } from "./batch.ts";

/** What the queue needs of the machine. */
type Clock = Pick<Platform, "now" | "after" | "afterReads">;

/** A connection that works on what it received. */
export interface Reader {
  /** The queue's own: whether it waits for its turn, and the frames worked on in the millisecond `workedAt`. */
  queued: boolean;
  worked: number;
  workedAt: number;
  /** Whether it has unread bytes that may be worked on now. */
  readonly hasWork: boolean;
  /** Whether so many bytes are unread that no more should come. */
  readonly hasMuch: boolean;
  /** Works on its unread bytes, at most that many frames; gives how many it were. */
  work(frames: number): number;
  /** Its socket is read no further for now. */
  pause(): void;
  /** It has had its turn: its socket is read on, unless unread bytes have to wait for something else. */
  rest(): void;
  /** Its work threw: it has to end. */
  fail(error: unknown): void;
}

/** The readers of one transport that have unread bytes. */
export class ReadQueue {
  readonly #batcher: Batcher;
  readonly #clock: Clock;
  readonly #drain = () => this.#workOnFresh();
  readonly #turn = () => this.#workOff();
  #fresh: Reader[] = [];
  /** The one that has waited longest comes first. */
  #leftOver: Reader[] = [];
  #turnIsDue = false;

  constructor(batcher: Batcher, clock: Clock) {
    this.#batcher = batcher;
    this.#clock = clock;
  }

  /** `reader` got a chunk. The writes that its work leads to are batched. */
  take(reader: Reader): void {
    if (reader.queued || !reader.hasWork) {
      if (reader.hasMuch) reader.pause();
      return;
    }
    const now = this.#clock.now();
    // Many small reads are a flood too: the runtime may hand out the next one before it looks at anybody else. A
    // reader that has just worked off its left-overs goes to the end of the queue too.
    if (reader.worked >= TURN_FRAMES && now - reader.workedAt <= READ_TURN_MS) {
      this.again(reader);
      return reader.pause();
    }
    if (this.#fresh.length > 0 || this.#batcher.isBusy) {
      reader.queued = true;
      this.#fresh.push(reader);
      if (this.#fresh.length === 1) this.#clock.afterReads(this.#drain);
      return;
    }
    this.#batcher.beginRead();
    try {
      this.#work(reader, now);
    } finally {
      this.#batcher.endRead();
    }
    if (reader.queued) reader.pause();
  }

  /** `reader` may go on with its unread bytes, behind all that wait. */
  again(reader: Reader): void {
    if (reader.queued) return;
    reader.queued = true;
    this.#leftOver.push(reader);
    this.#schedule();
  }

  /** `reader` leaves: what it has sent before counts. */
  finish(reader: Reader): void {
    this.#batcher.beginRead();
    try {
      while (reader.hasWork) reader.work(Infinity);
    } catch (error) {
      reader.fail(error);
    } finally {
      this.#batcher.endRead();
    }
  }

  /** All that came fresh, as one read: its writes go out together. */
  #workOnFresh(): void {
    const fresh = this.#fresh;
    this.#fresh = [];
    const now = this.#clock.now();
    this.#batcher.beginRead();
    try {
      for (let i = 0; i < fresh.length; i++) this.#work(fresh[i], now);
    } finally {
      this.#batcher.endRead();
    }
    for (let i = 0; i < fresh.length; i++) if (fresh[i]?.queued) fresh[i]?.pause();
  }

  /** A bounded part of the left-overs. */
  #workOff(): void {
    const waiting = this.#leftOver;
    this.#leftOver = [];
    const now = this.#clock.now();
    let at = 0;
    this.#batcher.beginRead();
    try {
      for (let left = TURN_LEFTOVER_FRAMES; left > 0; at++) {
        if (at === waiting.length) {
          // Whoever still has some may be the only one.
          if (this.#leftOver.length === 0) break;
          waiting.push(...this.#leftOver.splice(0));
        }
        // A turn without a frame counts as one: there may be ten thousand of them.
        left -= Math.max(1, this.#work(waiting[at], now));
      }
    } finally {
      this.#batcher.endRead();
    }
    this.#leftOver = [...waiting.slice(at), ...this.#leftOver];
    this.#turnIsDue = false;
    if (this.#leftOver.length > 0) this.#schedule();
  }

  /** Gives `reader` its turn, and a place behind all others if bytes are left; tells the frames it worked on. */
  #work(reader: Reader | undefined, now: number): number {
    if (reader === undefined) return 0;
    reader.queued = false;
    if (reader.workedAt !== now) {
      reader.workedAt = now;
      reader.worked = 0;
    }
    let frames = 0;
    try {
      if (reader.hasWork) frames = reader.work(TURN_FRAMES);
      reader.worked += frames;
      if (reader.hasWork) this.again(reader);
      else reader.rest();
    } catch (error) {
      reader.fail(error);
    }
    return frames;
  }

  /**
   * By a timer: while JavaScript has something to do at once, the runtime looks at its sockets only every 61st time
   * (tokio's `event_interval`), and everybody else waits so long.
   */
  #schedule(): void {
    if (this.#turnIsDue) return;
    this.#turnIsDue = true;
    this.#clock.after(READ_TURN_MS, this.#turn);
  }
}
