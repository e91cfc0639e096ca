/**
 * When the bytes of clients are worked on: at once, or after everybody who is ready has been read.
 *
 * The runtime reads the sockets that are ready one after the other, and leaves the rest for its next turn when too much
 * was written meanwhile. A publisher that is read first in every turn, and whose fan-out is carried out at once, would
 * silence all behind it: acknowledgements were not heard for seconds, and reliable clients closed for a full buffer. So
 * after a turn with many writes, reading comes first and work second.
 */
import type { Batcher } from "./batch.ts";

/** A connection that works on what it received. */
export interface Reader {
  read(chunk: Uint8Array): void;
}

/** The chunks that one transport has received and not worked on. */
export class ReadQueue {
  readonly #batcher: Batcher;
  readonly #afterReads: (task: () => void) => void;
  readonly #drain = () => this.drain();
  #readers: Reader[] = [];
  #chunks: Uint8Array[] = [];

  /** `afterReads` runs a task once all sockets that are ready have been read. */
  constructor(batcher: Batcher, afterReads: (task: () => void) => void) {
    this.#batcher = batcher;
    this.#afterReads = afterReads;
  }

  /** A chunk came in. The writes that its work leads to are batched. */
  take(reader: Reader, chunk: Uint8Array): void {
    const waits = this.#readers.length > 0;
    if (waits || this.#batcher.isBusy) {
      this.#readers.push(reader);
      this.#chunks.push(chunk);
      if (!waits) this.#afterReads(this.#drain);
      return;
    }
    this.#batcher.beginRead();
    try {
      reader.read(chunk);
    } finally {
      this.#batcher.endRead();
    }
  }

  /** Works on all that waits, in the order in which it came, as one read. */
  drain(): void {
    const readers = this.#readers;
    const chunks = this.#chunks;
    if (readers.length === 0) return;
    this.#readers = [];
    this.#chunks = [];
    this.#batcher.beginRead();
    try {
      for (let i = 0; i < readers.length; i++) {
        const chunk = chunks[i];
        if (chunk !== undefined) readers[i]?.read(chunk);
      }
    } finally {
      this.#batcher.endRead();
    }
  }
}
