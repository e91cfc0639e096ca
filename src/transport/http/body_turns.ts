/**
 * Who is read on while many send large bodies: so many bytes in a turn of the event loop, so that everybody else's
 * requests wait for little, and only while there is room for them: the others wait unread.
 */
import { BODY_TURN_BYTES, READ_TURN_MS, SOCKET_READ_BYTES } from "../../limits.ts";
import type { Platform } from "../../platform.ts";
import type { BodyRoom } from "./body_room.ts";

/** A reader of a large body. */
export interface TurnTaker {
  /** Takes room for its whole body, before its first turn; `false` when there is none now. */
  begin(): boolean;
  /** Its turn has come. */
  readOn(): void;
}

const READERS_A_TURN = Math.max(1, Math.floor(BODY_TURN_BYTES / SOCKET_READ_BYTES));

/** The turns of all large bodies of a listener. */
export class BodyTurns {
  readonly #platform: Pick<Platform, "now" | "after">;
  readonly #endTurn = () => this.#nextTurn();
  /** Those that had a turn before go first: the fewer bodies are half done, the less memory they hold. */
  readonly #begun = new Set<TurnTaker>();
  readonly #fresh = new Set<TurnTaker>();
  #bytes = 0;
  #readAt = -Infinity;
  #scheduled = false;

  constructor(platform: Pick<Platform, "now" | "after">, room: BodyRoom) {
    this.#platform = platform;
    room.onGiven(() => {
      if (this.#fresh.size > 0) this.#schedule();
    });
  }

  /** Somebody waits for the rest of a body. Whether it may be read on at once; else it waits for `readOn`. */
  mayBegin(taker: TurnTaker): boolean {
    if (this.#fresh.size === 0 && taker.begin()) return true;
    this.#fresh.add(taker);
    this.#schedule();
    return false;
  }

  /**
   * A reader has got a piece of a body that is not whole. Whether it may read on at once; else it waits for `readOn`.
   *
   * @param isFirst whether it is the first piece of the body
   */
  mayReadOn(taker: TurnTaker, bytes: number, isFirst: boolean): boolean {
    this.#bytes += bytes;
    this.#readAt = this.#platform.now();
    this.#schedule();
    if (this.#bytes <= BODY_TURN_BYTES && this.#begun.size === 0) return true;
    (isFirst ? this.#fresh : this.#begun).add(taker);
    return false;
  }

  /** The reader is gone. */
  leave(taker: TurnTaker): void {
    this.#begun.delete(taker);
    this.#fresh.delete(taker);
  }

  /** Whether somebody waits for a turn. */
  get #isAwaited(): boolean {
    return this.#begun.size + this.#fresh.size > 0;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#platform.after(READ_TURN_MS, this.#endTurn);
  }

  #nextTurn(): void {
    this.#scheduled = false;
    // They were at it until just now: the runtime has not looked for anybody else yet.
    if (this.#isAwaited && this.#platform.now() - this.#readAt < READ_TURN_MS) {
      return this.#schedule();
    }
    this.#bytes = 0;
    for (let i = 0; i < READERS_A_TURN; i++) {
      const half = first(this.#begun);
      const taker = half ?? first(this.#fresh);
      if (taker === undefined) return;
      // Who gives room back tells.
      if (half === undefined && !taker.begin()) return;
      this.leave(taker);
      taker.readOn();
    }
    this.#schedule();
  }
}

function first(takers: ReadonlySet<TurnTaker>): TurnTaker | undefined {
  for (const taker of takers) return taker;
  return undefined;
}
