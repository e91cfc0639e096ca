/**
 * Frames of one client that wait because a command of the same client is pending: an event with its handler, or a send
 * whose receivers are behind. Exists only meanwhile.
 */
import { MAX_WAITING_BYTES, MAX_WAITING_FRAMES, READ_AHEAD } from "../limits.ts";

/** Commands of any client language in order of arrival, bounded in number and bytes. */
export class Inbox<Command> {
  readonly #abort = new AbortController();
  #waiting: { readonly command: Command; readonly bytes: number }[] = [];
  #bytes = 0;
  #onEmpty: (() => void) | undefined = undefined;

  /** Aborted when the pending command is of no more use to anybody. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Whether so much waits that the client should be read no further. */
  get isFull(): boolean {
    return this.#waiting.length >= READ_AHEAD.frames || this.#bytes >= READ_AHEAD.bytes;
  }

  /** Queues a command of a frame of `bytes` bytes. False when a bound is exceeded: the connection has to end. */
  offer(command: Command, bytes: number): boolean {
    if (this.#waiting.length >= MAX_WAITING_FRAMES || this.#bytes + bytes > MAX_WAITING_BYTES) {
      return false;
    }
    this.#waiting.push({ command, bytes });
    this.#bytes += bytes;
    return true;
  }

  /** The next command, or `undefined`: the inbox is then over. */
  take(): Command | undefined {
    const next = this.#waiting.shift();
    if (next === undefined) {
      this.#onEmpty?.();
      return undefined;
    }
    this.#bytes -= next.bytes;
    return next.command;
  }

  /** Runs `task` when all that waits has been carried out. */
  whenEmpty(task: () => void): void {
    this.#onEmpty = task;
  }

  /** Gives up the pending command and everything behind it. */
  abandon(): void {
    this.#waiting = [];
    this.#onEmpty = undefined;
    this.#abort.abort();
  }
}
