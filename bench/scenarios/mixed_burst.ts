import { publishAcked, type Published } from "../load/acked_publisher.ts";
import { BareClient, connectAll } from "../load/client.ts";
import { PacedReader } from "../../tests/support/paced_reader.ts";
import { clientUrl } from "../../tests/support/rest_client.ts";
import { HUB, JSON_PROTOCOL } from "../support/hubbub.ts";
import { pause, within } from "./probe.ts";
import type { Run, Scenario } from "./scenario.ts";
import type { Target } from "./target.ts";

const GROUPS = ["red", "green", "blue"] as const;
const RELIABLE = "json.reliable.webpubsub.azure.v1";
/** The official client acknowledges so many messages at once, or what came in a second. */
const ACK_EVERY = { messages: 300, ms: 1000 } as const;
/** A stopped reader may hold publishers up for a second, by a clock that looks ten times a second. */
const HELD_MS = 1200;
/** How much longer others may wait for an ack while a reader of another group dribbles. */
const BESIDE_MS = 500;
/** What a dribbling reader takes, in bytes a second. */
const DRIBBLE_RATE = 1_000_000;

/** Row 1 with several publishers and groups, plain and reliable members, and members that read badly. */
export const mixedBurst: Scenario = {
  name: "mixed-burst",
  story:
    "six publishers, three groups, reliable members too: nobody is cut; who stops holds publishers up for a second",
  seconds: 240,
  quick: true,
  known: { native: "a socket of the runtime cannot be left unread: the publisher is ended" },
  async run(run) {
    for (const [count, bytes] of run.isQuick ? [[500, 1000]] : [[7000, 1000], [20, 1_000_000]]) {
      await allRead(run, count ?? 0, bytes ?? 0);
    }
    await oneStops(run);
    await oneDribbles(run);
  },
};

const publisherDoor = (server: Target) => server.door({ role: ["webpubsub.sendToGroup"] });

/** Two publishers a group, all members in all groups, half of them reliable. */
async function allRead(run: Run, count: number, bytes: number): Promise<void> {
  const server = await run.server();
  const members = await membersOf(server, 20, ...GROUPS);
  const publishers = [...GROUPS, ...GROUPS];
  const published = await Promise.all(
    publishers.map((group) => publishAcked(publisherDoor(server), group, count, bytes)),
  );
  const name = `${publishers.length} publishers, ${count} x ${bytes} B each`;
  await judge(run, server, name, members, published, publishers.length * count);
}

async function oneStops(run: Run): Promise<void> {
  const server = await run.server();
  const members = await membersOf(server, 20, "red");
  // Much more than the kernel holds for the one that stops.
  const count = run.size(300, 120);
  const publish = () => publishAcked(publisherDoor(server), "red", count, 100_000);
  const calm = await publish();
  const stopped = await BareClient.connect(server.door({ "webpubsub.group": ["red"] }), () => {});
  stopped.pause();
  const beside = await publish();
  await judge(run, server, "one stops", members, [calm, beside], 2 * count);
  const longest = [calm, beside].map(({ slowestMs }) => slowestMs.toFixed(0)).join(" -> ");
  run.figure("one stops: longest wait of a publisher before -> after, ms", longest);
  run.mustBeFast(
    `one stops: publishers are held up for at most ${HELD_MS} ms`,
    beside.slowestMs - calm.slowestMs <= HELD_MS,
  );
  stopped.destroy();
}

/** Its publisher waits for it, and nobody else's. */
async function oneDribbles(run: Run): Promise<void> {
  const server = await run.server();
  const members = await membersOf(server, 20, "green");
  const url = clientUrl(server, HUB, { "webpubsub.group": ["red"] });
  const dribbler = await PacedReader.open(url.replace(/^http/, "ws"));
  const slowCount = run.size(150, 80);
  const count = run.size(7000, 1000);
  const publish = () => publishAcked(publisherDoor(server), "green", count, 1000);
  const calm = await publish();
  let over = false;
  const dribble = (async () => {
    while (!over && await dribbler.read(DRIBBLE_RATE / 20)) await pause(50);
  })();
  const slow = publishAcked(publisherDoor(server), "red", slowCount, 100_000);
  await pause(1000);
  const beside = await publish();
  await judge(run, server, "beside one that dribbles", members, [calm, beside], 2 * count);
  const longest = [calm, beside].map(({ slowestMs }) => slowestMs.toFixed(0)).join(" -> ");
  run.figure("beside one that dribbles: longest wait of a publisher before -> after, ms", longest);
  run.mustBeFast(
    "one dribbles: publishers of other groups do not wait for it",
    beside.slowestMs - calm.slowestMs <= BESIDE_MS,
  );
  const { acknowledged, slowestMs } = await slow;
  const came = await within(20_000, () => dribbler.dataFrames - 1 === slowCount);
  over = true;
  run.figure("one dribbles: its publisher's longest wait, ms", slowestMs);
  run.must("one dribbles: all is acknowledged, and arrives", acknowledged === slowCount && came);
  run.must("one dribbles: it is not cut", dribbler.close === undefined);
  dribbler[Symbol.dispose]();
  await dribble.catch(() => {});
}

async function membersOf(server: Target, count: number, ...groups: string[]) {
  const doors = Array.from({ length: count }, (_, i) => {
    return server.door({ "webpubsub.group": groups }, i % 2 === 0 ? RELIABLE : JSON_PROTOCOL);
  });
  const acknowledged = new Map<BareClient, number>();
  // Sequence ids count from 1, so that the last one is the number of messages.
  const acknowledge = (client: BareClient) => {
    acknowledged.set(client, client.received);
    client.send(JSON.stringify({ type: "sequenceAck", sequenceId: client.received }));
  };
  const members = await connectAll(doors, 20, (_, client) => {
    const last = acknowledged.get(client);
    if (last !== undefined && client.received - last >= ACK_EVERY.messages) acknowledge(client);
  });
  for (let i = 0; i < members.length; i += 2) {
    const client = members[i];
    if (client !== undefined) acknowledged.set(client, 0);
  }
  const timer = setInterval(() => {
    for (const [client, last] of acknowledged) if (client.received > last) acknowledge(client);
  }, ACK_EVERY.ms);
  return {
    clients: members,
    leave() {
      clearInterval(timer);
      for (const member of members) member.destroy();
    },
  };
}

async function judge(
  run: Run,
  server: Target,
  name: string,
  { clients, leave }: Awaited<ReturnType<typeof membersOf>>,
  published: readonly Published[],
  count: number,
): Promise<void> {
  const received = () => clients.reduce((sum, client) => sum + client.received, 0);
  const wanted = count * clients.length;
  await within(20_000, () => received() >= wanted);
  const acknowledged = published.reduce((sum, each) => sum + each.acknowledged, 0);
  const { peak } = server.memory;
  run.figure(`${name}: delivered, %`, 100 * received() / wanted);
  run.figure(`${name}: longest wait, ms`, Math.max(...published.map((each) => each.slowestMs)));
  run.figure(`${name}: peak, MiB`, peak);
  run.must(`${name}: nobody is cut`, clients.every(({ closed }) => !closed));
  run.must(`${name}: all is acknowledged`, acknowledged === count);
  run.must(`${name}: everything arrives, once`, received() === wanted);
  run.must(`${name}: memory stays below 300 MiB`, peak < 300);
  leave();
}
