/**
 * Load generator of the benches `idle` and `connect`, a process of its own: opens connections, each into a group of
 * its own, and keeps them or cuts them again.
 */
import { type BareClient, connectAll, type Door } from "./client.ts";
import { answerOrders, job } from "./orders.ts";
import { clientPath } from "../support/hubbub.ts";

/** Whom to connect to. */
export interface OpenJob {
  readonly port: number;
  /** Hubbub's clients need a token each; others connect to `/`. */
  readonly hubbub: boolean;
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

if (import.meta.main) {
  const { port, hubbub } = job<OpenJob>();
  const kept: BareClient[] = [];
  let made = 0;
  const door = (): Door => {
    if (!hubbub) return { port, path: "/", greeting: 0 };
    const path = clientPath(port, { "webpubsub.group": [`group-${++made}`] });
    return { port, path, protocol: "json.webpubsub.azure.v1", greeting: 1 };
  };
  await answerOrders<OpenOrder>(async ({ count, atOnce, keep }): Promise<OpenAnswer> => {
    const doors = Array.from({ length: count }, door);
    const started = performance.now();
    const clients = await connectAll(doors, atOnce, () => {});
    const seconds = (performance.now() - started) / 1000;
    if (keep) kept.push(...clients);
    else for (const client of clients) client.destroy();
    return { seconds, connections: clients.length };
  });
}
