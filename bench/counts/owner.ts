/** The owner of counts in a worker of its own: changes counts until it is told to stop. */
import { KeyedHash } from "../../src/group_index/keyed_hash.ts";
import { SharedCounts } from "../../src/group_index/shared_counts.ts";

/** Word of the control array that both sides share: asks the owner to stop. */
export const STOP = 0;
/** Word of the control array in which the owner counts its changes. */
export const CHANGES = 1;

/** What the owner is given: names that stay, and the state of its control array. */
export interface Order {
  readonly secret: Uint8Array;
  readonly names: readonly string[];
  readonly control: SharedArrayBuffer;
}

function begin({ secret, names, control }: Order, give: (buffer: SharedArrayBuffer) => void): void {
  const words = new Int32Array(control);
  const hash = new KeyedHash(secret);
  const groups = hash.scope("chat", "group");
  const counts = new SharedCounts();
  for (const name of names) counts.add(hash.of(groups, name), 1);
  give(counts.buffer);
  for (let i = 0; Atomics.load(words, STOP) === 0; i++) {
    // A member more, a member fewer; a name comes, a name goes.
    counts.add(hash.of(groups, names[i % names.length] ?? ""), 1);
    counts.add(hash.of(groups, names[i % names.length] ?? ""), -1);
    counts.add(hash.of(groups, `passing ${i % 1000}`), 1);
    counts.add(hash.of(groups, `passing ${i % 1000}`), -1);
    Atomics.add(words, CHANGES, 4);
  }
}

// The types of the project know no worker's global object; a port serves as well.
addEventListener("message", (event) => {
  if (!(event instanceof MessageEvent)) return;
  const port = event.ports[0];
  if (port === undefined) return;
  port.onmessage = ({ data }: MessageEvent<Order>) =>
    begin(data, (buffer) => port.postMessage(buffer));
  port.postMessage("ready");
});
