/**
 * Batches: the frames that one turn of work queues for a connection, written at once. Members of a group get the same
 * frames in the same order, so batches form a tree of "this one and then that frame", and connections at the same
 * place share the joined bytes.
 */
import { MANY_WRITES } from "../limits.ts";

/** A sequence of frames in wire form. */
export class Batch {
  readonly #before: Batch | undefined;
  readonly #frame: Uint8Array | undefined;
  /** Bytes of all frames. */
  readonly length: number;
  #joined: Uint8Array | undefined = undefined;
  /** What nearly every other connection at this place gets next. */
  #next: Batch | undefined = undefined;
  #others: Map<Uint8Array, Batch> | undefined = undefined;

  constructor(before?: Batch, frame?: Uint8Array) {
    this.#before = before;
    this.#frame = frame;
    this.length = (before?.length ?? 0) + (frame?.length ?? 0);
  }

  /** This batch and then `frame`; the same object for the same frame. */
  and(frame: Uint8Array): Batch {
    if (this.#next === undefined) return this.#next = new Batch(this, frame);
    if (this.#next.#frame === frame) return this.#next;
    this.#others ??= new Map();
    let other = this.#others.get(frame);
    if (other === undefined) this.#others.set(frame, other = new Batch(this, frame));
    return other;
  }

  /** All frames in one piece, joined at the first question. */
  get bytes(): Uint8Array {
    if (this.#joined !== undefined) return this.#joined;
    const frame = this.#frame ?? new Uint8Array();
    if (this.#before === undefined || this.#before.length === 0) return this.#joined = frame;
    const joined = new Uint8Array(this.length);
    joined.set(frame, this.length - frame.length);
    let end = this.length - frame.length;
    for (let at: Batch | undefined = this.#before; at !== undefined; at = at.#before) {
      if (at.#frame === undefined) break;
      end -= at.#frame.length;
      joined.set(at.#frame, end);
    }
    return this.#joined = joined;
  }
}

/** A connection with a batch to be written. */
export interface Flushable {
  /** Writes the batch. */
  flush(): void;
  /** Its flush threw: the connection has to end. */
  fail(error: unknown): void;
}

/**
 * Collects what has to be written. Work done for inbound reads is flushed once, at their end; work from elsewhere
 * (REST, event handlers) at its own end, or, after many writes, together with all other work of its turn. No timer is
 * involved: a lone message never waits.
 */
export class Batcher {
  #root = new Batch();
  #dirty: Flushable[] = [];
  #reading = false;
  #scheduled = false;
  #flushed = 0;
  readonly #afterReads: (task: () => void) => void;
  readonly #later = () => {
    this.#scheduled = false;
    this.flush();
  };

  /** `afterReads` runs a task once all sockets that are ready have been read. */
  constructor(afterReads: (task: () => void) => void) {
    this.#afterReads = afterReads;
  }

  /** Whether the last flush wrote to so many connections that more work should be awaited before the next. */
  get isBusy(): boolean {
    return this.#flushed >= MANY_WRITES;
  }

  /** The empty batch that everybody starts this turn with. */
  get root(): Batch {
    return this.#root;
  }

  /** `connection` has its first frame of this turn. */
  touch(connection: Flushable): void {
    this.#dirty.push(connection);
    if (this.#reading || this.#scheduled) return;
    this.#scheduled = true;
    if (this.isBusy) this.#afterReads(this.#later);
    else queueMicrotask(this.#later);
  }

  /** An inbound read begins: nothing is flushed until `endRead`. */
  beginRead(): void {
    this.#reading = true;
  }

  /** The commands of the read are done. */
  endRead(): void {
    this.#reading = false;
    this.flush();
  }

  /** Writes all batches. */
  flush(): void {
    const dirty = this.#dirty;
    this.#flushed = dirty.length;
    if (dirty.length === 0) return;
    this.#dirty = [];
    this.#root = new Batch();
    for (let i = 0; i < dirty.length; i++) {
      try {
        dirty[i]?.flush();
      } catch (error) {
        dirty[i]?.fail(error);
      }
    }
  }
}
