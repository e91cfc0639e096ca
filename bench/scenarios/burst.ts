import { BareClient, clientFrame, connectAll } from "../load/client.ts";
import { within } from "./probe.ts";
import type { Run, Scenario } from "./scenario.ts";
import type { Target } from "./target.ts";

const READERS = 20;
const REST_READERS = 10;
const KIB = 1024;
/** A message of 1 MiB with what stands around its text. */
const AROUND = 100;

/** Messages and their sizes in bytes. */
const SHAPES = [[64, KIB * KIB], [1024, 64 * KIB], [40_000, 1000], [200_000, 200]] as const;
const QUICK_SHAPES = [[24, KIB * KIB], [8000, 1000]] as const;

/** Row 1: one publisher as fast as it can, readers that read all the time. */
export const burst: Scenario = {
  name: "burst",
  story:
    "one publisher, or 100 REST sends at once, in a burst: no reader is cut, all of it arrives",
  seconds: 240,
  quick: true,
  async run(run) {
    for (const [count, bytes] of run.isQuick ? QUICK_SHAPES : SHAPES) {
      await publishAll(run, await run.server(), count, bytes);
    }
    await sendAll(run, await run.server());
  },
};

async function readersOf(server: Target, count: number): Promise<BareClient[]> {
  const doors = Array.from({ length: count }, () => server.door({ "webpubsub.group": ["room"] }));
  return await connectAll(doors, 20, () => {});
}

async function publishAll(run: Run, server: Target, count: number, bytes: number): Promise<void> {
  const readers = await readersOf(server, READERS);
  const publisher = await BareClient.connect(
    server.door({ role: ["webpubsub.sendToGroup"] }),
    () => {},
  );
  const data = "x".repeat(Math.max(1, bytes - AROUND));
  const frame = clientFrame(
    JSON.stringify({ type: "sendToGroup", group: "room", dataType: "text", data }),
  );
  for (let i = 0; i < count && !publisher.closed; i++) await publisher.write(frame);
  await judge(run, server, readers, count, `${count} x ${bytes} B`);
  publisher.destroy();
}

async function sendAll(run: Run, server: Target): Promise<void> {
  const readers = await readersOf(server, REST_READERS);
  const body = "x".repeat(KIB * KIB);
  const count = run.size(100, 40);
  const sends = Array.from({ length: count }, () => send(server, body));
  const accepted = (await Promise.all(sends)).filter((ok) => ok).length;
  run.must("every REST send is accepted, at a later try if need be", accepted === count);
  await judge(run, server, readers, accepted, `${count} REST sends of 1 MiB`);
}

/** Sends; comes back as often as it is told to come later. */
async function send(server: Target, body: string): Promise<boolean> {
  const headers = { "content-type": "text/plain" };
  for (let tries = 0; tries < 30; tries++) {
    const answer = await server.rest("POST", "/groups/room/:send", { headers, body });
    if (answer.status === 202) return true;
    if (answer.status !== 503 && answer.status !== 429) return false;
    const after = Number(answer.headers.get("retry-after") ?? 1);
    await new Promise((resolve) => setTimeout(resolve, after * 1000 * (0.5 + Math.random())));
  }
  return false;
}

/** Waits until all have all, or nothing has come for 5 s. */
async function judge(
  run: Run,
  server: Target,
  readers: readonly BareClient[],
  count: number,
  what: string,
): Promise<void> {
  const received = () => readers.reduce((sum, reader) => sum + reader.received, 0);
  const wanted = count * readers.length;
  for (let before = -1; received() < wanted && before < received();) {
    before = received();
    await within(5000, () => received() === wanted);
  }
  const cut = readers.filter((reader) => reader.closed).length;
  const { peak } = server.memory;
  run.figure(`${what}: readers cut`, `${cut} of ${readers.length}`);
  run.figure(`${what}: delivered, %`, 100 * received() / wanted);
  run.figure(`${what}: peak, MiB`, peak);
  run.must(`${what}: nobody is cut`, cut === 0);
  run.must(`${what}: everything arrives`, received() === wanted);
  run.must(`${what}: memory stays below 300 MiB`, peak < 300);
  for (const reader of readers) reader.destroy();
}
