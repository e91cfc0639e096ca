/**
 * What publishers sent and receivers got, and the verdict over it: lost, duplicated, reordered.
 */

/** How often delivery went wrong; all zero is a clean run. */
export interface Verdict {
  /** Accepted messages that a receiver never got. */
  readonly lost: number;
  /** Deliveries of what the receiver had already. */
  readonly duplicated: number;
  /** First deliveries that came after a later message of the same publisher. */
  readonly reordered: number;
  /** Deliveries in all. */
  readonly delivered: number;
}

/** One receiver's view of one publisher. */
class Channel {
  readonly seen = new Set<number>();
  highest = 0;
  duplicated = 0;
  reordered = 0;
  delivered = 0;
}

/** A record of numbered messages. Publishers number theirs 1, 2, 3 ... in the order of sending. */
export class History {
  readonly #accepted = new Map<string, Set<number>>();
  readonly #receivers = new Map<string, Map<string, Channel>>();

  /** `receiver` takes part: it has to get everything that is accepted. */
  addReceiver(receiver: string): void {
    this.#receivers.set(receiver, new Map());
  }

  /** The server has acknowledged message `number` of `publisher`. */
  accept(publisher: string, number: number): void {
    let accepted = this.#accepted.get(publisher);
    if (accepted === undefined) this.#accepted.set(publisher, accepted = new Set());
    accepted.add(number);
  }

  /** `receiver` got message `number` of `publisher`. */
  deliver(receiver: string, publisher: string, number: number): void {
    const channel = this.#channel(receiver, publisher);
    channel.delivered++;
    if (channel.seen.has(number)) {
      channel.duplicated++;
      return;
    }
    channel.seen.add(number);
    if (number < channel.highest) channel.reordered++;
    else channel.highest = number;
  }

  /** Different messages of `publisher` that the slowest receiver has got. */
  leastReceived(publisher: string): number {
    let least = Infinity;
    for (const receiver of this.#receivers.keys()) {
      least = Math.min(least, this.#channel(receiver, publisher).seen.size);
    }
    return least;
  }

  /** Whether every receiver has got every accepted message. */
  get complete(): boolean {
    return this.verdict().lost === 0;
  }

  /** The sums over all pairs of receiver and publisher. */
  verdict(): Verdict {
    let lost = 0;
    let duplicated = 0;
    let reordered = 0;
    let delivered = 0;
    for (const receiver of this.#receivers.keys()) {
      for (const [publisher, accepted] of this.#accepted) {
        const { seen } = this.#channel(receiver, publisher);
        for (const number of accepted) if (!seen.has(number)) lost++;
      }
    }
    for (const channels of this.#receivers.values()) {
      for (const channel of channels.values()) {
        duplicated += channel.duplicated;
        reordered += channel.reordered;
        delivered += channel.delivered;
      }
    }
    return { lost, duplicated, reordered, delivered };
  }

  #channel(receiver: string, publisher: string): Channel {
    const channels = this.#receivers.get(receiver);
    if (channels === undefined) throw new Error(`Cannot record for "${receiver}": no receiver`);
    let channel = channels.get(publisher);
    if (channel === undefined) channels.set(publisher, channel = new Channel());
    return channel;
  }
}
