/**
 * Load generator of the fairness bench, a process of its own: honest clients that are timed, flooders, and bursts of one
 * publisher to readers that read all the time.
 */
import { Buffer } from "node:buffer";
import { BareClient, clientFrame, connectAll, type Door } from "./client.ts";
import { answerOrders, job } from "./orders.ts";

/** Where everybody connects. */
export interface FairnessJob {
  /** Anybody who may publish to every group. */
  readonly client: Door;
  /** A member of the group of the bursts. */
  readonly reader: Door;
  /** Endpoint of the server. */
  readonly endpoint: string;
  /** Headers of a REST send to an empty group, and its path. */
  readonly restPath: string;
  readonly authorization: string;
}

/** One measurement, or one thing to do meanwhile. */
export type FairnessOrder =
  | { readonly do: "probe"; readonly seconds: number }
  | {
    readonly do: "flood";
    readonly clients: number;
    readonly message: string;
    readonly seconds: number;
  }
  | {
    readonly do: "burst";
    readonly messages: number;
    readonly bytes: number;
    readonly readers: number;
    readonly seconds: number;
  };

/** 99th percentiles in milliseconds, and the longest of all. */
export interface Probe {
  readonly ping: number;
  readonly rest: number;
  readonly health: number;
  readonly worst: number;
}

/** What became of a burst. */
export interface Burst {
  /** Messages that arrived, of all that should have. */
  readonly delivered: number;
  /** Readers that were cut off, and whether the publisher was. */
  readonly cut: number;
  readonly publisherCut: boolean;
  readonly seconds: number;
}

/** Pause between two probes of a kind, in milliseconds. */
const PROBE_PAUSE_MS = 10;
/** Frames of a flooder in one write. */
const FLOOD_FRAMES = 2000;
/** Time between two looks at a burst, in milliseconds. */
const LOOK_MS = 100;
const BURST_WRITE_BYTES = 256 * 1024;

if (import.meta.main) {
  await answerOrders(() => {
    const setup = job<FairnessJob>();
    return Promise.resolve((order: FairnessOrder) => {
      switch (order.do) {
        case "probe":
          return probe(setup, order.seconds);
        case "flood":
          return flood(setup, order);
        case "burst":
          return burst(setup, order);
      }
    });
  });
}

async function probe(setup: FairnessJob, seconds: number): Promise<Probe> {
  let pong: (() => void) | undefined;
  const client = await BareClient.connect(setup.client, () => pong?.());
  const end = performance.now() + seconds * 1000;
  const ping = () =>
    new Promise<void>((resolve) => {
      pong = resolve;
      client.send('{"type":"ping"}');
    });
  const send = async () => {
    const response = await fetch(setup.endpoint + setup.restPath, {
      method: "POST",
      headers: { authorization: setup.authorization, "content-type": "text/plain" },
      body: "x",
    });
    await response.body?.cancel();
    if (response.status !== 202) throw new Error(`Cannot send: status ${response.status}`);
  };
  const health = async () => {
    const response = await fetch(`${setup.endpoint}/api/health`);
    await response.body?.cancel();
  };
  const [pings, sends, healths] = await Promise.all(
    [ping, send, health].map((question) => times(question, end)),
  );
  client.destroy();
  const all = [...pings ?? [], ...sends ?? [], ...healths ?? []];
  return { ping: p99(pings), rest: p99(sends), health: p99(healths), worst: Math.max(...all) };
}

/** How long each answer took, one question after the other. */
async function times(question: () => Promise<void>, end: number): Promise<number[]> {
  const taken: number[] = [];
  while (performance.now() < end) {
    const started = performance.now();
    await question();
    taken.push(performance.now() - started);
    await new Promise((resolve) => setTimeout(resolve, PROBE_PAUSE_MS));
  }
  return taken;
}

function p99(figures: readonly number[] = []): number {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))] ?? NaN;
}

/** Sends as fast as the server reads. */
async function flood(
  setup: FairnessJob,
  { clients, message, seconds }: Extract<FairnessOrder, { do: "flood" }>,
): Promise<{ readonly frames: number }> {
  const doors = Array.from({ length: clients }, () => setup.client);
  const flooders = await connectAll(doors, 10, () => {});
  const frames = Buffer.concat(Array.from({ length: FLOOD_FRAMES }, () => clientFrame(message)));
  const end = performance.now() + seconds * 1000;
  let sent = 0;
  await Promise.all(flooders.map(async (flooder) => {
    while (performance.now() < end && !flooder.closed) {
      sent += FLOOD_FRAMES;
      const taken = flooder.write(frames);
      if (taken !== undefined) await Promise.race([taken, late(end)]);
    }
    flooder.destroy();
  }));
  return { frames: sent };
}

/** One publisher sends all at once; the readers read as fast as they can. */
async function burst(
  setup: FairnessJob,
  { messages, bytes, readers: count, seconds }: Extract<FairnessOrder, { do: "burst" }>,
): Promise<Burst> {
  const wanted = messages * count;
  let delivered = 0;
  const readers = await connectAll(
    Array.from({ length: count }, () => setup.reader),
    10,
    (more) => void (delivered += more),
  );
  const publisher = await BareClient.connect(setup.client, () => {});
  const frame = clientFrame(
    `{"type":"sendToGroup","group":"burst","noEcho":true,"dataType":"text","data":"${
      "x".repeat(bytes - 100)
    }"}`,
  );
  const started = performance.now();
  const end = started + seconds * 1000;
  const together = Math.max(1, Math.floor(BURST_WRITE_BYTES / frame.length));
  const many = Buffer.concat(Array.from({ length: together }, () => frame));
  for (let left = messages; left > 0 && performance.now() < end; left -= together) {
    const some = left < together ? many.subarray(0, left * frame.length) : many;
    const taken = publisher.write(some);
    if (taken !== undefined) await Promise.race([taken, late(end)]);
  }
  // To the end, or until a publisher that was cut off is behind no delivery any more.
  for (let before = -1; delivered < wanted && performance.now() < end;) {
    if (publisher.closed && delivered === before) break;
    before = delivered;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  const took = (performance.now() - started) / 1000;
  const cut = readers.filter(({ closed }) => closed).length;
  const publisherCut = publisher.closed;
  for (const client of [...readers, publisher]) client.destroy();
  return { delivered: delivered / wanted, cut, publisherCut, seconds: took };
}

function late(end: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, end - performance.now())));
}
