/**
 * The reader of the stress test, in a worker of its own: takes snapshots until it is told to stop, and checks each.
 */
import { MemberReader, type SharedMembers } from "../../src/group_index/snapshot.ts";
import { makeScript, mix, READS, SETS, STOP } from "./changes.ts";

/** What the reader is given. */
export interface Order {
  readonly shared: SharedMembers;
  readonly control: SharedArrayBuffer;
}

/** What the reader found. */
export interface Findings {
  readonly reads: number;
  /** Different sequences among the snapshots of set 0. */
  readonly moments: number;
  readonly gaveUp: number;
  readonly wrong: readonly string[];
}

function check(reader: MemberReader, set: number, scripts: ReturnType<typeof makeScript>[]) {
  const script = scripts[set];
  if (script === undefined) return `no script of set ${set}`;
  if ((reader.sequence & 1) !== 0) return `set ${set}: odd sequence ${reader.sequence}`;
  const change = (reader.sequence >>> 1) % script.slots.length;
  let fingerprint = 0;
  for (let i = 0; i < reader.length; i++) fingerprint ^= mix(reader.slots[i] ?? 0);
  if (reader.length !== script.counts[change]) {
    return `set ${set} after ${change} changes: ${reader.length} members, not ${
      script.counts[change]
    }`;
  }
  return fingerprint >>> 0 === script.fingerprints[change]
    ? undefined
    : `set ${set} after ${change} changes: other members`;
}

function run({ shared, control }: Order): Findings {
  const words = new Int32Array(control);
  const scripts = Array.from({ length: SETS }, (_, set) => makeScript(set));
  const reader = new MemberReader(shared);
  const wrong: string[] = [];
  const seen = new Set<number>();
  let reads = 0;
  let gaveUp = 0;
  // One more round after the stop: the last state must be readable.
  for (let stopped = false, last = false; !last; last = stopped) {
    stopped = Atomics.load(words, STOP) !== 0;
    for (let set = 0; set < SETS; set++) {
      if (!reader.read(set)) {
        gaveUp++;
        continue;
      }
      reads++;
      if (set === 0) seen.add(reader.sequence);
      const fault = check(reader, set, scripts);
      if (fault !== undefined && wrong.length < 10) wrong.push(fault);
    }
    Atomics.store(words, READS, reads);
  }
  return { reads, moments: seen.size, gaveUp, wrong };
}

// The types of the project know no worker's global object; a port serves as well.
addEventListener("message", (event) => {
  if (!(event instanceof MessageEvent)) return;
  const port = event.ports[0];
  if (port === undefined) return;
  port.onmessage = ({ data }: MessageEvent<Order>) => port.postMessage(run(data));
  port.postMessage("ready");
});
