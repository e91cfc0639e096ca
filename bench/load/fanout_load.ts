/**
 * Load generator of the fan-out bench, a process of its own: N members of one group and one publisher. At an order it
 * keeps W messages in flight for some time and answers what was delivered in which time.
 */
import { Buffer } from "node:buffer";
import { BareClient, clientFrame, connectAll, type Door } from "./client.ts";
import { answerOrders, job } from "./orders.ts";

/** What to connect. */
export interface FanoutJob {
  /** Where the members come in and get into the group. */
  readonly member: Door;
  readonly publisher: Door;
  readonly members: number;
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
  /** No delivery for this long is a stall, in milliseconds. */
  readonly stallMs: number;
}

/** What it came to. A stall is a refusal that says which members lack what; no order can be given afterwards. */
export interface FanoutAnswer {
  readonly seconds: number;
  readonly deliveries: number;
}

/** How many members, and how many counts, the report of a stall names. */
const NAMED = 5;

if (import.meta.main) await answerOrders(() => setUp(job<FanoutJob>()));

/** Connects all; gives the way to measure. */
async function setUp(setup: FanoutJob): Promise<(order: FanoutOrder) => Promise<FanoutAnswer>> {
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

  const doors = Array.from({ length: memberCount }, () => setup.member);
  const members = await connectAll(doors, 50, take);
  publisher = await BareClient.connect(setup.publisher, () => {});
  await everybodyListens(members, publisher, setup);

  return async (order) => {
    const before = members.map((member) => member.received);
    received = sent = 0;
    window = order.window;
    done = Promise.withResolvers();
    const started = performance.now();
    until = started + order.seconds * 1000;
    let lastReceived = -1;
    const guard = setInterval(() => {
      if (received === lastReceived) done.reject(new Error(stall(members, before, sent)));
      lastReceived = received;
    }, order.stallMs);
    try {
      publish();
      await done.promise;
    } finally {
      clearInterval(guard);
    }
    return { seconds: (performance.now() - started) / 1000, deliveries: received };
  };
}

/**
 * Which members lack what, those with the same count together:
 * `Cannot go on: of 64 messages 997 of 1000 members have all; 60: #3 #17; 0: #5 (1 closed)`
 */
function stall(members: readonly BareClient[], before: readonly number[], sent: number): string {
  const byCount = new Map<number, number[]>();
  for (const [i, member] of members.entries()) {
    const count = member.received - (before[i] ?? 0);
    const others = byCount.get(count);
    if (others === undefined) byCount.set(count, [i]);
    else others.push(i);
  }
  const complete = byCount.get(sent)?.length ?? 0;
  const groups = [...byCount].filter(([count]) => count !== sent).sort(([a], [b]) => b - a);
  const parts = groups.slice(0, NAMED).map(([count, numbers]) => {
    const closed = numbers.filter((i) => members[i]?.closed).length;
    const names = numbers.slice(0, NAMED).map((i) => `#${i}`).join(" ");
    const more = numbers.length > NAMED ? ` and ${numbers.length - NAMED} more` : "";
    return `${count}: ${names}${more}${closed > 0 ? ` (${closed} closed)` : ""}`;
  });
  if (groups.length > NAMED) parts.push(`${groups.length - NAMED} more counts`);
  const head =
    `Cannot go on: of ${sent} messages ${complete} of ${members.length} members have all`;
  return [head, ...parts].join("; ");
}

/** Publishes until each member has got something and has all: then no message is on its way. */
async function everybodyListens(
  members: readonly BareClient[],
  publisher: BareClient,
  setup: FanoutJob,
): Promise<void> {
  const message = setup.publish.replace("$ID", "0");
  const silent = () => members.filter((member) => member.received === 0).length;
  for (let tries = 0; tries < 50 && silent() > 0; tries++) {
    publisher.send(message);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  if (silent() > 0) {
    throw new Error(`Cannot begin: ${silent()} of ${members.length} members get no message`);
  }
  let before = -1;
  const all = () => members.reduce((sum, member) => sum + member.received, 0);
  while (before !== all()) {
    before = all();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
