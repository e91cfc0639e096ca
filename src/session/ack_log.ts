/**
 * Which requests of a connection have succeeded: so a publish that the client tries again is delivered once.
 */
import { REMEMBERED_ACK_IDS } from "../limits.ts";

/**
 * The last {@linkcode REMEMBERED_ACK_IDS} successful ack ids of one connection, the oldest forgotten first. Ids are
 * exact: sets compare bigints by value.
 */
export class AckLog {
  #ids: Set<bigint> | undefined = undefined;

  /** Tells whether a request with `ackId` has succeeded, whatever its type was. */
  has(ackId: bigint): boolean {
    return this.#ids !== undefined && this.#ids.has(ackId);
  }

  /** Remembers a success. Failures are not remembered: the client may try them again under the same id. */
  add(ackId: bigint): void {
    const ids = this.#ids ??= new Set();
    ids.add(ackId);
    if (ids.size > REMEMBERED_ACK_IDS) {
      for (const oldest of ids) {
        ids.delete(oldest);
        break;
      }
    }
  }
}
