/**
 * What a reliable client has not acknowledged yet, to be sent again after a recovery.
 *
 * Rules: Azure/azure-webpubsub:protocols/client/client-spec.md and the reliable-clients article of the service.
 */
import { MAX_UNACKNOWLEDGED_BYTES, MAX_UNACKNOWLEDGED_MESSAGES } from "../limits.ts";
import type { Frame } from "../protocol/event.ts";

/** How much a buffer may hold. */
export interface ReplayBounds {
  readonly messages: number;
  readonly bytes: number;
}

/** The service's bounds. */
export const SERVICE_BOUNDS: ReplayBounds = {
  messages: MAX_UNACKNOWLEDGED_MESSAGES,
  bytes: MAX_UNACKNOWLEDGED_BYTES,
};

/** Gets the messages of a replay, oldest first. */
export interface ReplaySink {
  replay(frame: Frame, sequenceId: number, expiresAt: number): void;
}

/**
 * Numbered messages in order, released by cumulative acknowledgements. Holds the frames that all receivers share, not
 * the numbered copies: the number is put in again at a replay.
 */
export class ReplayBuffer {
  readonly #bounds: ReplayBounds;
  #frames: Frame[] = [];
  #sequenceIds: number[] = [];
  #expiries: number[] = [];
  /** Entries before this index are released. */
  #head = 0;
  #next = 1;
  #bytes = 0;

  constructor(bounds: ReplayBounds = SERVICE_BOUNDS) {
    this.#bounds = bounds;
  }

  /** Messages held. */
  get length(): number {
    return this.#frames.length - this.#head;
  }

  /** Bytes of the held frames. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether more than half of a bound is used. */
  get isHalfFull(): boolean {
    return this.length * 2 > this.#bounds.messages || this.#bytes * 2 > this.#bounds.bytes;
  }

  /**
   * Keeps a message and gives its sequence id (1, 2, 3 ... over the whole life), or 0 when it would exceed a bound:
   * the connection then has to end. Messages that have expired by `now` free their place first.
   */
  push(frame: Frame, expiresAt: number, now: number): number {
    if (this.#exceeds(frame)) {
      this.#dropExpired(now);
      if (this.#exceeds(frame)) return 0;
    }
    const sequenceId = this.#next++;
    this.#frames.push(frame);
    this.#sequenceIds.push(sequenceId);
    this.#expiries.push(expiresAt);
    this.#bytes += frame.byteLength;
    return sequenceId;
  }

  /** Releases everything up to `sequenceId`; a number beyond the last releases all, a lower one nothing. */
  acknowledge(sequenceId: bigint): void {
    const upTo = sequenceId >= BigInt(this.#next) ? this.#next : Number(sequenceId);
    let head = this.#head;
    for (; head < this.#frames.length; head++) {
      const frame = this.#frames[head];
      if (frame === undefined || (this.#sequenceIds[head] ?? 0) > upTo) break;
      this.#bytes -= frame.byteLength;
    }
    this.#head = head;
    // Released entries are cut off in bulk: once half of the list is dead, so that each costs a constant.
    if (head * 2 >= this.#frames.length) {
      this.#frames.splice(0, head);
      this.#sequenceIds.splice(0, head);
      this.#expiries.splice(0, head);
      this.#head = 0;
    }
  }

  /** Hands every message that has not expired by `now` to `sink`; gives the number of those that have. */
  replay(now: number, sink: ReplaySink): number {
    const expired = this.#dropExpired(now);
    for (let i = this.#head; i < this.#frames.length; i++) {
      const frame = this.#frames[i];
      if (frame !== undefined) {
        sink.replay(frame, this.#sequenceIds[i] ?? 0, this.#expiries[i] ?? 0);
      }
    }
    return expired;
  }

  /** Gives everything up: nothing is replayed any more. */
  clear(): void {
    this.#frames = [];
    this.#sequenceIds = [];
    this.#expiries = [];
    this.#head = 0;
    this.#bytes = 0;
  }

  #exceeds(frame: Frame): boolean {
    return this.length >= this.#bounds.messages ||
      this.#bytes + frame.byteLength > this.#bounds.bytes;
  }

  /** Closes the ranks over expired entries; later ones keep their numbers. */
  #dropExpired(now: number): number {
    let kept = 0;
    const before = this.length;
    for (let i = this.#head; i < this.#frames.length; i++) {
      const frame = this.#frames[i];
      const expiresAt = this.#expiries[i] ?? 0;
      if (frame === undefined) continue;
      if (expiresAt !== 0 && expiresAt <= now) {
        this.#bytes -= frame.byteLength;
        continue;
      }
      this.#frames[kept] = frame;
      this.#sequenceIds[kept] = this.#sequenceIds[i] ?? 0;
      this.#expiries[kept] = expiresAt;
      kept++;
    }
    this.#frames.length = this.#sequenceIds.length = this.#expiries.length = kept;
    this.#head = 0;
    return before - kept;
  }
}
