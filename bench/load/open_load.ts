/**
 * Load generator of the benches `idle` and `connect`, a process of its own: opens connections, each into a group of
 * its own, and keeps them or cuts them again.
 */
import { type BareClient, connectAll, type Door } from "./client.ts";
import { answerOrders, job } from "./orders.ts";
import { clientPath } from "../support/hubbub.ts";

/** Where to connect. */
export interface OpenJob {
  /** In its opening, `$ID` stands for 1, 2, 3 ... */
  readonly door: Door;
  /** The path is Hubbub's with a token that was not seen before, which joins a group. */
  readonly tokens?: boolean;
}

/** Opens `count` connections; `keep`: they stay open. */
export interface OpenOrder {
  readonly count: number;
  readonly atOnce: number;
  readonly keep: boolean;
}

/** What it took, tokens not counted. */
export interface OpenAnswer {
  readonly seconds: number;
  readonly connections: number;
}

if (import.meta.main) await answerOrders<OpenOrder>(() => Promise.resolve(opener(job<OpenJob>())));

function opener({ door, tokens }: OpenJob): (order: OpenOrder) => Promise<OpenAnswer> {
  const kept: BareClient[] = [];
  let made = 0;
  const nextDoor = (): Door => {
    const id = String(++made);
    if (tokens) {
      return { ...door, path: clientPath(door.port, { "webpubsub.group": [`group-${id}`] }) };
    }
    return { ...door, opening: door.opening?.map((text) => text.replace("$ID", id)) };
  };
  return async ({ count, atOnce, keep }) => {
    const doors = Array.from({ length: count }, nextDoor);
    const started = performance.now();
    const clients = await connectAll(doors, atOnce, () => {});
    const seconds = (performance.now() - started) / 1000;
    if (keep) kept.push(...clients);
    else for (const client of clients) client.destroy();
    return { seconds, connections: clients.length };
  };
}
