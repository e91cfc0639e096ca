/**
 * Back-pressure: sends wait while one of their receivers is behind, so that a burst fills no queue beyond its high-water
 * mark by more than one message, and nobody who reads is cut off for what others send.
 *
 * A receiver is behind while the queue of its socket is high and moves, or while more than half of its replay buffer is
 * unacknowledged and acknowledgements come. While nobody of the hub is behind, a send looks at one number here.
 */
import { UNACKNOWLEDGED_HOLD_MS } from "../limits.ts";
import type { Cancel, Platform } from "../platform.ts";
import type { Receiver } from "../session/receiver.ts";

/** A send that waits if it has to. */
export interface Send {
  /** The connection that sends; `undefined` for the application. */
  readonly sender: Receiver | undefined;
  /** Whether it goes to that connection. */
  concerns(receiver: Receiver): boolean;
  /** Delivers it. */
  deliver(): void;
}

/** A send that waits, and whoever waits for it. */
export interface Waiting {
  readonly send: Send;
  /** Resolves with whether it was delivered; rejects with what delivering it threw. */
  readonly delivered: Promise<boolean>;
  readonly resolve: (delivered: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/** Why a receiver is behind, and the sends that wait for it, the oldest first. */
interface Lag {
  queue: boolean;
  acks: boolean;
  held: Waiting[];
}

/** The receivers of one hub that are behind. */
export class Congestion {
  readonly #platform: Platform;
  readonly #behind = new Map<Receiver, Lag>();
  /** Connections with a send that waits: commands are carried out in order, so there is one for each. */
  readonly #heldSenders = new Set<Receiver>();
  /** Sends whose receiver has caught up. */
  #released: Waiting[] = [];
  #cancel: Cancel | undefined = undefined;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** Whether nobody is behind: no send needs to ask further. */
  get isCalm(): boolean {
    return this.#behind.size === 0;
  }

  /** Sends that wait. */
  get waiting(): number {
    let sum = this.#released.length;
    for (const { held } of this.#behind.values()) sum += held.length;
    return sum;
  }

  /** Delivers `send` now and gives nothing, or gives what waits until its receivers have caught up. */
  pass(send: Send): Waiting | undefined {
    const holder = this.#holderOf(send);
    if (holder === undefined) {
      send.deliver();
      return undefined;
    }
    const { promise: delivered, resolve, reject } = Promise.withResolvers<boolean>();
    const waiting = { send, delivered, resolve, reject };
    holder.held.push(waiting);
    if (send.sender !== undefined) this.#holdBack(send.sender);
    return waiting;
  }

  /** A send need not be delivered any more. */
  giveUp(waiting: Waiting): void {
    for (const { held } of this.#behind.values()) remove(held, waiting);
    remove(this.#released, waiting);
    this.#settle(waiting);
    waiting.resolve(false);
  }

  /** `sender` has ended without a close: its sends that wait are dropped. */
  giveUpSendsOf(sender: Receiver): void {
    if (!this.#heldSenders.has(sender)) return;
    for (const { held } of [...this.#behind.values(), { held: this.#released }]) {
      const waiting = held.find(({ send }) => send.sender === sender);
      if (waiting !== undefined) return this.giveUp(waiting);
    }
  }

  /** The queue of its socket is high and moves. */
  queueHigh(receiver: Receiver): void {
    this.#lagOf(receiver).queue = true;
  }

  /** The queue of its socket is low again, or stands still. */
  queueLow(receiver: Receiver): void {
    const lag = this.#behind.get(receiver);
    if (lag === undefined) return;
    lag.queue = false;
    if (!lag.acks) this.forget(receiver);
  }

  /** More than half of its replay buffer is full, at `now`. */
  buffersMuch(receiver: Receiver, now: number): void {
    if (receiver.phase !== "open" || now - receiver.lagsSince >= UNACKNOWLEDGED_HOLD_MS) return;
    this.#lagOf(receiver).acks = true;
    this.#cancel ??= this.#platform.after(UNACKNOWLEDGED_HOLD_MS, () => this.#expire());
  }

  /** It has acknowledged something, at `now`. */
  acknowledged(receiver: Receiver, now: number): void {
    if (receiver.lagsSince !== 0) return this.buffersMuch(receiver, now);
    const lag = this.#behind.get(receiver);
    if (lag === undefined) return;
    lag.acks = false;
    if (!lag.queue) this.forget(receiver);
  }

  /** Sends no longer wait for it: it has caught up, is away or has ended. */
  forget(receiver: Receiver): void {
    const lag = this.#behind.get(receiver);
    if (lag === undefined) return;
    this.#behind.delete(receiver);
    this.#release(lag.held);
    if (this.#behind.size > 0) return;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #lagOf(receiver: Receiver): Lag {
    let lag = this.#behind.get(receiver);
    if (lag === undefined) {
      this.#behind.set(receiver, lag = { queue: false, acks: false, held: [] });
    }
    return lag;
  }

  /** Who `send` has to wait for. */
  #holderOf(send: Send): Lag | undefined {
    for (const [receiver, lag] of this.#behind) {
      // Acknowledgements of the sender, or of a connection that waits itself, may stand behind the frame that waits:
      // whoever waited for them would wait for itself.
      const mayAcknowledge = receiver !== send.sender && !this.#heldSenders.has(receiver);
      if ((lag.queue || mayAcknowledge) && send.concerns(receiver)) return lag;
    }
    return undefined;
  }

  /** A sender waits: from now on its own missing acknowledgements make no other send wait. */
  #holdBack(sender: Receiver): void {
    this.#heldSenders.add(sender);
    const lag = this.#behind.get(sender);
    if (lag === undefined || lag.queue || lag.held.length === 0) return;
    const { held } = lag;
    lag.held = [];
    this.#release(held);
  }

  /** Later, so that nothing is sent in the middle of a look at the sockets or of another send. */
  #release(held: readonly Waiting[]): void {
    if (held.length === 0) return;
    if (this.#released.length === 0) queueMicrotask(() => this.#deliverReleased());
    this.#released.push(...held);
  }

  /** In their order; each asks again, because the one before it may have filled a queue. */
  #deliverReleased(): void {
    const released = this.#released;
    this.#released = [];
    for (const waiting of released) {
      try {
        const holder = this.#holderOf(waiting.send);
        if (holder === undefined) this.#deliver(waiting);
        else holder.held.push(waiting);
      } catch (error) {
        waiting.reject(error);
      }
    }
  }

  #deliver(waiting: Waiting): void {
    this.#settle(waiting);
    waiting.send.deliver();
    waiting.resolve(true);
  }

  #settle({ send: { sender } }: Waiting): void {
    if (sender !== undefined) this.#heldSenders.delete(sender);
  }

  /** Acknowledgements have not come for too long. */
  #expire(): void {
    this.#cancel = undefined;
    const now = this.#platform.now();
    let next = Infinity;
    for (const [receiver, lag] of this.#behind) {
      if (!lag.acks) continue;
      const left = receiver.lagsSince + UNACKNOWLEDGED_HOLD_MS - now;
      if (left > 0) next = Math.min(next, left);
      else {
        lag.acks = false;
        if (!lag.queue) this.forget(receiver);
      }
    }
    if (next < Infinity) this.#cancel ??= this.#platform.after(next, () => this.#expire());
  }
}

function remove(from: Waiting[], waiting: Waiting): void {
  const at = from.indexOf(waiting);
  if (at >= 0) from.splice(at, 1);
}
