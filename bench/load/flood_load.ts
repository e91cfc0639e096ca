/**
 * Load generator of the scenarios, a process of its own: clients that send one frame over and over, as fast as the
 * server takes it.
 */
import { Buffer } from "node:buffer";
import { BareClient, clientFrame, connectAll, type Door } from "./client.ts";
import { answerOrders, job } from "./orders.ts";

/** Who floods, and with what. */
export interface FloodJob {
  readonly doors: readonly Door[];
  readonly frame: string;
}

/** How long. */
export interface FloodOrder {
  readonly seconds: number;
}

/** What was sent, and how many clients were ended for it. */
export interface FloodAnswer {
  readonly frames: number;
  readonly closed: number;
}

/** Bytes of one write. */
const WRITE_BYTES = 64 * 1024;

if (import.meta.main) await answerOrders<FloodOrder>(() => setUp(job<FloodJob>()));

async function setUp({ doors, frame }: FloodJob): Promise<(order: FloodOrder) => Promise<unknown>> {
  const clients = await connectAll(doors, 20, () => {});
  const one = clientFrame(frame);
  const perWrite = Math.max(1, Math.floor(WRITE_BYTES / one.length));
  const many = Buffer.concat(Array.from({ length: perWrite }, () => one));
  return async ({ seconds }): Promise<FloodAnswer> => {
    const until = performance.now() + seconds * 1000;
    let frames = 0;
    await Promise.all(
      clients.map((client) => flood(client, many, until, () => frames += perWrite)),
    );
    return { frames, closed: clients.filter(({ closed }) => closed).length };
  };
}

async function flood(
  client: BareClient,
  bytes: Buffer,
  until: number,
  wrote: () => void,
): Promise<void> {
  while (performance.now() < until && !client.closed) {
    wrote();
    const full = client.write(bytes);
    const late = new Promise((resolve) => setTimeout(resolve, full === undefined ? 0 : 1000));
    await (full === undefined ? late : Promise.race([full, late]));
  }
}
