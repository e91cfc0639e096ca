/** Servers under the same load in turns: round after round, each server once. */
import type { FanoutAnswer, FanoutJob, FanoutOrder } from "../load/fanout_load.ts";
import { type Child, startLoad } from "./process.ts";
import { median, quick } from "./report.ts";

const ROUNDS = quick ? 2 : 5;
const SECONDS = quick ? 0.1 : 1;
const WARM_UP_SECONDS = quick ? 0.1 : 1;
const STALL_MS = quick ? 4000 : 20_000;
/** Until its code is compiled well a server is slower; most messages go through it with many in flight. */
const FIRST_WARM_UP = { window: 32, seconds: quick ? 0.4 : 2, stallMs: STALL_MS };

/** A server with its load. */
export interface Pair {
  readonly name: string;
  readonly server: Child;
  /** Members of a new group at every call. */
  readonly job: () => FanoutJob;
  /** How many messages may be in flight, one measurement each. */
  readonly windows: readonly number[];
  readonly caseOf: (window: number) => string;
}

/** What one server made of one case: the medians of its rounds. */
export interface Figure {
  readonly server: string;
  readonly case: string;
  readonly cpuMicrosPerDelivery: number;
  readonly deliveriesPerSecond: number;
}

/** A case that a server did not come through, and how far it got. */
export interface Failure {
  readonly server: string;
  readonly case: string;
  readonly failure: string;
}

/** A pair with its load generator, which a failure takes away. */
interface Entrant {
  readonly pair: Pair;
  load: Child | undefined;
  failure: string | undefined;
  rounds: { readonly cpu: number; readonly rate: number }[];
}

const warm = new Set<Child>();

/** Connects all loads, then measures window by window. A failure costs a server its case, and a new load. */
export async function compete(pairs: readonly Pair[]): Promise<(Figure | Failure)[]> {
  const entrants = pairs.map((pair): Entrant => ({
    pair,
    load: undefined,
    failure: undefined,
    rounds: [],
  }));
  const outcomes: (Figure | Failure)[] = [];
  try {
    for (let turn = 0; entrants.some(({ pair }) => turn < pair.windows.length); turn++) {
      for (const entrant of entrants) Object.assign(entrant, { failure: undefined, rounds: [] });
      await Promise.all(entrants.map((entrant) => attempt(entrant, () => connect(entrant))));
      for (const entrant of entrants) await attempt(entrant, () => warmUp(entrant, turn));
      for (let round = 0; round < ROUNDS; round++) {
        for (const entrant of entrants) await attempt(entrant, () => measure(entrant, turn));
      }
      for (const { pair: { name, windows, caseOf }, failure, rounds } of entrants) {
        const window = windows[turn];
        if (window === undefined) continue;
        const of = { server: name, case: caseOf(window) };
        if (failure !== undefined) outcomes.push({ ...of, failure });
        else outcomes.push({ ...of, ...summary(rounds) });
      }
    }
  } finally {
    for (const { load } of entrants) await load?.[Symbol.asyncDispose]();
  }
  return outcomes;
}

/** Goes on unless the entrant has failed already; a failure ends its load, whose members are in an unknown state. */
async function attempt(entrant: Entrant, step: () => Promise<void>): Promise<void> {
  if (entrant.failure !== undefined) return;
  try {
    await step();
  } catch (error) {
    entrant.failure = error instanceof Error ? error.message : String(error);
    await entrant.load?.[Symbol.asyncDispose]();
    entrant.load = undefined;
  }
}

async function connect(entrant: Entrant): Promise<void> {
  entrant.load ??= await startLoad("fanout_load", entrant.pair.job());
}

async function warmUp({ pair, load }: Entrant, turn: number): Promise<void> {
  const window = pair.windows[turn];
  if (load === undefined || window === undefined) return;
  if (!warm.has(pair.server)) await load.ask(FIRST_WARM_UP satisfies FanoutOrder);
  warm.add(pair.server);
  const order: FanoutOrder = { window, seconds: WARM_UP_SECONDS, stallMs: STALL_MS };
  await load.ask(order);
}

async function measure({ pair, load, rounds }: Entrant, turn: number): Promise<void> {
  const window = pair.windows[turn];
  if (load === undefined || window === undefined) return;
  const before = pair.server.cpuMicros();
  const order: FanoutOrder = { window, seconds: SECONDS, stallMs: STALL_MS };
  const { seconds, deliveries } = await load.ask<FanoutAnswer>(order);
  const cpu = (pair.server.cpuMicros() - before) / deliveries;
  rounds.push({ cpu, rate: deliveries / seconds });
}

function summary(rounds: Entrant["rounds"]) {
  return {
    cpuMicrosPerDelivery: Number(median(rounds.map(({ cpu }) => cpu)).toFixed(3)),
    deliveriesPerSecond: Math.round(median(rounds.map(({ rate }) => rate))),
  };
}
