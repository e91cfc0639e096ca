/**
 * Load generator of the scenarios, a process of its own: clients that send the same frames over and over, or connections
 * that send the same request without waiting for answers, as fast as the server takes it.
 */
import { Buffer } from "node:buffer";
import net from "node:net";
import { clientFrame, connectAll, type Door } from "./client.ts";
import { answerOrders, job } from "./orders.ts";

/** Who floods, and with what. */
export type FloodJob =
  | { readonly doors: readonly Door[]; readonly frames: readonly string[] }
  | { readonly port: number; readonly connections: number; readonly request: string };

/** One that floods. */
interface Flooder {
  readonly closed: boolean;
  /** Sends; resolves when more would only pile up here. */
  write(bytes: Uint8Array): Promise<void> | undefined;
}

/** How long. */
export interface FloodOrder {
  readonly seconds: number;
}

/** Frames or requests that were sent, and how many clients were ended for it. */
export interface FloodAnswer {
  readonly frames: number;
  readonly closed: number;
}

/** Bytes of one write. */
const WRITE_BYTES = 64 * 1024;

if (import.meta.main) await answerOrders<FloodOrder>(() => setUp(job<FloodJob>()));

async function setUp(job: FloodJob): Promise<(order: FloodOrder) => Promise<unknown>> {
  const isRest = "request" in job;
  const clients: readonly Flooder[] = isRest
    ? Array.from({ length: job.connections }, () => pipeline(job.port))
    : await connectAll(job.doors, 20, () => {});
  const pieces = isRest ? [Buffer.from(job.request)] : job.frames.map((text) => clientFrame(text));
  const one = Buffer.concat(pieces);
  const times = Math.max(1, Math.floor(WRITE_BYTES / one.length));
  const perWrite = times * pieces.length;
  const many = Buffer.concat(Array.from({ length: times }, () => one));
  return async ({ seconds }): Promise<FloodAnswer> => {
    const until = performance.now() + seconds * 1000;
    let frames = 0;
    await Promise.all(
      clients.map((client) => flood(client, many, until, () => frames += perWrite)),
    );
    return { frames, closed: clients.filter(({ closed }) => closed).length };
  };
}

/** A connection that takes all answers and looks at none. */
function pipeline(port: number): Flooder {
  const socket = net.connect({ port, host: "127.0.0.1", noDelay: true });
  socket.on("error", () => {});
  socket.resume();
  return {
    get closed() {
      return socket.destroyed || socket.readableEnded;
    },
    write(bytes) {
      if (socket.write(bytes)) return undefined;
      return new Promise((resolve) => socket.once("drain", resolve));
    },
  };
}

async function flood(
  client: Flooder,
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
