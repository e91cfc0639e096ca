/**
 * Lets into a cache only what comes a second time.
 *
 * Many SDKs sign a fresh token for every call. Kept, each would live just long enough to be moved to the old
 * generation of the heap, and collecting it there costs more than the cache saves.
 */
import { DOORKEEPER_PLACES } from "../limits.ts";

/** Remembers a few thousand newcomers in 16 KiB, by 44 bits of a digest each. */
export class Doorkeeper {
  readonly #tags = new Uint32Array(DOORKEEPER_PLACES);

  /**
   * Tells whether the owner of `digest` was here before, as far as the table remembers. `digest`: evenly distributed
   * bytes, 6 at least, such as a signature that is known to be good.
   */
  isKnown(digest: Uint8Array): boolean {
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = digest;
    const tag = (a << 24 | b << 16 | c << 8 | d) >>> 0;
    const place = (e << 8 | f) & (DOORKEEPER_PLACES - 1);
    if (this.#tags[place] === tag) return true;
    this.#tags[place] = tag;
    return false;
  }
}
