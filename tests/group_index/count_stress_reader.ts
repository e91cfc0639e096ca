/** The reader of the stress test, in a worker of its own: looks at counts until it is told to stop, and checks each. */
import { CountReader } from "../../src/group_index/count_reader.ts";
import type { HashedName } from "../../src/group_index/keyed_hash.ts";

/** Of the names, the first ones stay but for moments that are announced, the others come and go. */
export const STAYING = 10;
/** All names whose counts are looked at. */
export const NAMES = 40;
/** A name whose count rises only. */
export const RISING = NAMES;

/** Words of the control array that both sides share: asks the reader to stop. */
export const STOP = 0;
/** Word of the control array in which the reader counts its looks. */
export const READS = 1;
/** Word of the control array: odd while one of the names that stay is put to the end of its run. */
export const ROTATION = 2;

/** What the reader is given. */
export interface Order {
  readonly buffer: SharedArrayBuffer;
  readonly control: SharedArrayBuffer;
}

/** What the reader found. */
export interface Findings {
  readonly reads: number;
  readonly wrong: readonly string[];
}

/** Names that all belong into few slots, whatever the table's size: each one that goes moves many others. */
export function nameOf(which: number): HashedName {
  return { low: which << 20 | which % 4 + 2, high: which };
}

/** The count of a name while it has one. */
export function countOf(which: number): number {
  return 1000 + which;
}

function run({ buffer, control }: Order): Findings {
  const words = new Int32Array(control);
  const reader = new CountReader(buffer);
  const wrong: string[] = [];
  let reads = 0;
  let rising = 0;
  do {
    for (let which = 0; which < NAMES; which++) {
      const rotation = Atomics.load(words, ROTATION);
      const count = reader.count(nameOf(which));
      const stayed = rotation % 2 === 0 && Atomics.load(words, ROTATION) === rotation;
      const absent = count === 0 && (which >= STAYING || !stayed);
      const right = absent || count === countOf(which);
      if (!right && wrong.length < 10) wrong.push(`name ${which}: ${count}`);
    }
    const before = rising;
    rising = reader.count(nameOf(RISING));
    if (rising < before && wrong.length < 10) wrong.push(`${before} fell to ${rising}`);
    reads += NAMES + 1;
    Atomics.store(words, READS, reads);
  } while (Atomics.load(words, STOP) === 0);
  return { reads, wrong };
}

// The types of the project know no worker's global object; a port serves as well.
addEventListener("message", (event) => {
  if (!(event instanceof MessageEvent)) return;
  const port = event.ports[0];
  if (port === undefined) return;
  port.onmessage = ({ data }: MessageEvent<Order>) => port.postMessage(run(data));
  port.postMessage("ready");
});
