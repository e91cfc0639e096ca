/**
 * Frames that wait because their socket is not open yet or does not keep up.
 */
import type { Meter } from "../ports.ts";
import { MAX_OUTBOUND_BYTES } from "../limits.ts";
import type { Frame } from "../protocol/event.ts";

/** A queue of frames for one socket: bounded in bytes, and rid of messages whose time has passed. */
export class Outbox {
  readonly #meter: Meter;
  #frames: Frame[] = [];
  #expiries: number[] = [];
  #head = 0;
  #bytes = 0;

  constructor(meter: Meter) {
    this.#meter = meter;
  }

  /** Frames that wait. */
  get length(): number {
    return this.#frames.length - this.#head;
  }

  /** Bytes that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Queues a frame. False when the queue with `elsewhere` bytes (the runtime's own) would exceed its bound, even
   * without the messages that have expired by `now`.
   */
  push(frame: Frame, expiresAt: number, elsewhere: number, now: number): boolean {
    if (this.#bytes + elsewhere + frame.byteLength > MAX_OUTBOUND_BYTES) {
      this.#dropExpired(now);
      if (this.#bytes + elsewhere + frame.byteLength > MAX_OUTBOUND_BYTES) return false;
    }
    this.#frames.push(frame);
    this.#expiries.push(expiresAt);
    this.#bytes += frame.byteLength;
    return true;
  }

  /** The next frame that has not expired by `now`, or `undefined` when none waits. */
  shift(now: number): Frame | undefined {
    while (this.#head < this.#frames.length) {
      const frame = this.#frames[this.#head];
      const expiresAt = this.#expiries[this.#head] ?? 0;
      this.#head++;
      if (frame === undefined) continue;
      this.#bytes -= frame.byteLength;
      if (expiresAt === 0 || expiresAt > now) return frame;
      this.#meter.messagesExpired.add(1);
    }
    this.clear();
    return undefined;
  }

  /** Forgets everything. */
  clear(): void {
    this.#frames = [];
    this.#expiries = [];
    this.#head = 0;
    this.#bytes = 0;
  }

  #dropExpired(now: number): void {
    const frames: Frame[] = [];
    const expiries: number[] = [];
    for (let i = this.#head; i < this.#frames.length; i++) {
      const frame = this.#frames[i];
      const expiresAt = this.#expiries[i] ?? 0;
      if (frame === undefined) continue;
      if (expiresAt !== 0 && expiresAt <= now) {
        this.#bytes -= frame.byteLength;
        this.#meter.messagesExpired.add(1);
        continue;
      }
      frames.push(frame);
      expiries.push(expiresAt);
    }
    this.#frames = frames;
    this.#expiries = expiries;
    this.#head = 0;
  }
}
