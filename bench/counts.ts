/**
 * What does it cost a worker to tell the others how many clients it has in a group, and what does it cost them to ask?
 *
 * The goals: a look-up below 200 ns, an update below 300 ns, the name's hash included. The table has 100,000 names; 10,000
 * of them, spread over it, are asked for in turn. Rounds are short, and other processes only add to them: the goals are
 * judged by the least, the median tells what this machine made of it. "Busy" is a look-up while the owner, in another worker, changes counts as fast as it can. The longest single
 * update, at a million names, is the one that moves all names to a larger table; it has no goal.
 *
 *     deno run -A bench/counts.ts [--quick]
 */
import { CountReader } from "../src/group_index/count_reader.ts";
import { KeyedHash } from "../src/group_index/keyed_hash.ts";
import { SharedCounts } from "../src/group_index/shared_counts.ts";
import { CHANGES, type Order, STOP } from "./counts/owner.ts";
import { median, quick, result, say, table } from "./support/report.ts";

const ROUNDS = quick ? 100 : 300;
/** Not a number of rounds: compiling takes its time when the machine is busy. */
const WARM_UP_MS = quick ? 300 : 1000;
const NAMES = 100_000;
const MANY_NAMES = quick ? 200_000 : 1_000_000;
const ASKED_NAMES = 10_000;

const LOOK_UP_NS = 200;
const UPDATE_NS = 300;

const secret = crypto.getRandomValues(new Uint8Array(8));
const hash = new KeyedHash(secret);
const groups = hash.scope("chat", "group");

/** Names as they come out of frames: whole texts, not joined ones. */
function makeNames(prefix: string, count: number): string[] {
  return JSON.parse(JSON.stringify(Array.from({ length: count }, (_, i) => `${prefix}-${i}`)));
}

/** Nanoseconds for each name, the least of some rounds and the middle one. */
interface Figures {
  readonly least: number;
  readonly middle: number;
}

function each(names: readonly string[], work: (name: string) => void, operations = 1): Figures {
  const samples: number[] = [];
  const begin = performance.now();
  while (samples.length < ROUNDS) {
    const start = performance.now();
    for (let i = 0; i < names.length; i++) work(names[i] ?? "");
    if (start - begin > WARM_UP_MS) {
      samples.push((performance.now() - start) * 1e6 / names.length / operations);
    }
  }
  return { least: Math.min(...samples), middle: median(samples) };
}

/** Keeps answers in use. */
let checksum = 0;

function looksUp(reader: CountReader, names: readonly string[]): Figures {
  return each(names, (name) => checksum ^= reader.count(hash.of(groups, name)));
}

const names = makeNames("group", NAMES);
const asked = makeNames("group", ASKED_NAMES);
const absent = makeNames("absent", ASKED_NAMES);
const counts = new SharedCounts();
const reader = new CountReader(counts.buffer);
for (const name of names) counts.add(hash.of(groups, name), 1);

const rows: (Figures & { question: string; goal: number | undefined })[] = [];
function answer(question: string, figures: Figures, goal?: number): void {
  rows.push({ question, ...figures, goal });
}

answer("hash of a name", each(asked, (name) => checksum ^= hash.of(groups, name).low));
answer("look-up, present", looksUp(reader, asked), LOOK_UP_NS);
answer("look-up, absent", looksUp(reader, absent), LOOK_UP_NS);
answer(
  "update, a member more",
  each(asked, (name) => counts.add(hash.of(groups, name), 1)),
  UPDATE_NS,
);
const comesAndGoes = each(absent, (name) => {
  counts.add(hash.of(groups, name), 1);
  counts.add(hash.of(groups, name), -1);
}, 2);
answer("update, a name comes or goes", comesAndGoes, UPDATE_NS);
await besideBusyOwner();
const growth = grow();

table([
  ["", "ns", "median", "goal", ""],
  ...rows.map(({ question, least, middle, goal }) => [
    question,
    least.toFixed(0),
    middle.toFixed(0),
    goal === undefined ? "-" : `< ${goal}`,
    goal === undefined ? "-" : least < goal ? "met" : "MISSED",
  ]),
]);
say(
  `${MANY_NAMES} names: ${growth.bytesPerName.toFixed(0)} bytes each, ` +
    `longest update ${growth.longestMs.toFixed(1)} ms`,
);
result("counts", { checksum, rows, growth });

/** Look-ups in the counts of another worker that changes them all the while. */
async function besideBusyOwner(): Promise<void> {
  const worker = new Worker(new URL("./counts/owner.ts", import.meta.url), { type: "module" });
  const { port1: port, port2 } = new MessageChannel();
  const next = () =>
    new Promise<unknown>((resolve) => port.onmessage = ({ data }) => resolve(data));
  const control = new SharedArrayBuffer(8);
  const words = new Int32Array(control);
  try {
    const ready = next();
    worker.postMessage(undefined, [port2]);
    await ready;
    const given = next();
    const order: Order = { secret, names, control };
    port.postMessage(order);
    const busy = new CountReader(await given as SharedArrayBuffer);
    const begin = performance.now();
    answer("look-up, present, busy", looksUp(busy, asked), LOOK_UP_NS);
    answer("look-up, absent, busy", looksUp(busy, absent), LOOK_UP_NS);
    const changes = Atomics.load(words, CHANGES) / (performance.now() - begin);
    say(`the busy owner made ${changes.toFixed(0)} changes a millisecond`);
  } finally {
    Atomics.store(words, STOP, 1);
    port.close();
    worker.terminate();
  }
}

/** Names that come one after the other, until the table has grown many times. */
function grow(): { bytesPerName: number; longestMs: number } {
  const many = makeNames("user", MANY_NAMES);
  const growing = new SharedCounts();
  let longestMs = 0;
  for (const name of many) {
    const start = performance.now();
    growing.add(hash.of(groups, name), 1);
    longestMs = Math.max(longestMs, performance.now() - start);
  }
  return { bytesPerName: growing.buffer.byteLength / MANY_NAMES, longestMs };
}
