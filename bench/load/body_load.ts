/**
 * Load generator of the scenarios, a process of its own, so that it holds up nobody who measures: REST calls with large
 * bodies, each on a connection of its own, all at once.
 */
import net from "node:net";
import { answerOrders, job } from "./orders.ts";

/** What each of them sends. */
export interface BodyJob {
  readonly port: number;
  readonly head: string;
  readonly bytes: number;
}

/** How many. */
export interface BodyOrder {
  readonly calls: number;
}

/** How many calls got which status; 0: none. */
export type BodyAnswer = Record<string, number>;

if (import.meta.main) {
  await answerOrders<BodyOrder>(() => Promise.resolve(sendAll(job<BodyJob>())));
}

function sendAll({ port, head, bytes }: BodyJob): (order: BodyOrder) => Promise<BodyAnswer> {
  const body = new Uint8Array(bytes).fill(0x78);
  return async ({ calls }) => {
    const counts: BodyAnswer = {};
    const statuses = await Promise.all(
      Array.from({ length: calls }, () => send(port, head, body)),
    );
    for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1;
    return counts;
  };
}

function send(port: number, head: string, body: Uint8Array): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const socket = net.connect({ port, host: "127.0.0.1" });
  socket.on("error", () => {});
  socket.on("close", () => resolve(0));
  socket.once("data", (chunk) => {
    resolve(Number(/^HTTP\/1\.1 (\d{3})/.exec(chunk.toString("latin1"))?.[1] ?? 0));
  });
  socket.write(head);
  socket.write(body);
  return promise;
}
