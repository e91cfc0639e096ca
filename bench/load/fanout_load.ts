/**
 * Load generator of the fan-out bench, a process of its own: N members of one group and one publisher. At an order it
 * keeps W messages in flight for some time and answers what was delivered in which time.
 */
import { Buffer } from "node:buffer";
import { BareClient, clientFrame, connectAll, type Door } from "./client.ts";
import { answerOrders, job } from "./orders.ts";

/** What to connect. */
export interface FanoutJob {
  readonly member: Door;
  readonly publisher: Door;
  readonly members: number;
  /** Messages that each member sends first, to get into the group. */
  readonly memberHello: readonly string[];
  readonly publisherHello: readonly string[];
  /** What the publisher sends to publish; `$ID` stands for 1, 2, 3 ... */
  readonly publish: string;
  /** Reliable members: messages between two cumulative acknowledgements. */
  readonly acknowledgeEvery?: number;
}

/** One measurement. */
export interface FanoutOrder {
  /** Messages in flight. */
  readonly window: number;
  readonly seconds: number;
}

/** What it came to. */
export interface FanoutAnswer {
  readonly seconds: number;
  readonly deliveries: number;
}

/** No delivery for this long is the end of the bench, in milliseconds. */
const STALL_MS = 20_000;

if (import.meta.main) await main(job<FanoutJob>());

async function main(setup: FanoutJob): Promise<void> {
  const { members: memberCount, acknowledgeEvery } = setup;
  let received = 0;
  let sent = 0;
  let window = 0;
  let until = 0;
  let id = 0;
  let done = Promise.withResolvers<void>();
  let publisher: BareClient | undefined = undefined;

  const publish = () => {
    const frames: Buffer[] = [];
    while (received >= memberCount * (sent - window + 1) && performance.now() < until) {
      frames.push(clientFrame(setup.publish.replace("$ID", String(++id)), setup.publisher.binary));
      sent++;
    }
    if (frames.length > 0) publisher?.write(Buffer.concat(frames));
    else if (received >= memberCount * sent) done.resolve();
  };
  const take = (count: number, client: BareClient) => {
    received += count;
    if (acknowledgeEvery !== undefined) {
      const { received: all } = client;
      if (Math.floor(all / acknowledgeEvery) > Math.floor((all - count) / acknowledgeEvery)) {
        client.send(`{"type":"sequenceAck","sequenceId":${all}}`);
      }
    }
    if (received >= memberCount * (sent - window + 1)) publish();
  };
  const run = async (order: FanoutOrder): Promise<FanoutAnswer> => {
    received = sent = 0;
    window = order.window;
    done = Promise.withResolvers();
    const started = performance.now();
    until = started + order.seconds * 1000;
    let before = -1;
    const guard = setInterval(() => {
      if (received === before) {
        done.reject(new Error(`Cannot go on: ${received} of ${sent * memberCount} delivered`));
      }
      before = received;
    }, STALL_MS);
    publish();
    await done.promise;
    clearInterval(guard);
    return { seconds: (performance.now() - started) / 1000, deliveries: received };
  };

  const doors = Array.from({ length: memberCount }, () => setup.member);
  const members = await connectAll(doors, 50, take);
  for (const member of members) for (const text of setup.memberHello) member.send(text);
  publisher = await BareClient.connect(setup.publisher, () => {});
  for (const text of setup.publisherHello) publisher.send(text);
  await everybodyListens(members, publisher, setup);
  await answerOrders(run);
}

/** Publishes until each member has got something and has all: then no message is on its way. */
async function everybodyListens(
  members: readonly BareClient[],
  publisher: BareClient,
  setup: FanoutJob,
): Promise<void> {
  const message = setup.publish.replace("$ID", "0");
  for (let tries = 0; tries < 50; tries++) {
    publisher.send(message);
    await new Promise((resolve) => setTimeout(resolve, 100));
    if (members.every((member) => member.received > 0)) break;
  }
  let before = -1;
  const all = () => members.reduce((sum, member) => sum + member.received, 0);
  while (before !== all()) {
    before = all();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
