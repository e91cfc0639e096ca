// Readers that do not keep up among many that do: they are closed as slow consumers, the others lose nothing.
import assert from "node:assert/strict";
import { OUTBOUND_STALL_MS } from "../../src/limits.ts";
import { type HubbubServer, startServer } from "../../src/server.ts";
import { frame, join } from "../conformance/client_frames.ts";
import { CapturedLog } from "../support/captured_log.ts";
import { QUIET } from "../support/fixture.ts";
import { PacedReader } from "../support/paced_reader.ts";
import { RawClient } from "../support/raw_client.ts";
import { clientUrl, rest } from "../support/rest_client.ts";

/** Connections of the group that everybody is in. */
const MEMBERS = 200;
/** Members that are also sent the large messages of another group. */
const LOADED = 8;
/** The largest that REST takes. */
const LARGE_BYTES = 1024 * 1024;
const SMALL_BYTES = 2048;
/** Enough for 16 MiB of queue and what the kernel holds. */
const MAX_ROUNDS = 40;
const SLOW_BYTES_PER_SECOND = 8 * 1024;
const READS_PER_SECOND = 16;

/** Lets a reader take 8 KiB/s. */
class Pace implements Disposable {
  readonly #timer: ReturnType<typeof setInterval>;
  #reads = Promise.resolve(true);

  constructor(reader: PacedReader) {
    this.#timer = setInterval(() => {
      this.#reads = this.#reads.then(() => reader.read(SLOW_BYTES_PER_SECOND / READS_PER_SECOND));
    }, 1000 / READS_PER_SECOND);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#reads;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

async function publish(server: HubbubServer, group: string, body: Uint8Array<ArrayBuffer>) {
  const sent = await rest(server, "POST", `/api/hubs/chat/groups/${group}/:send`, { body });
  assert.equal(sent.status, 202);
}

async function isConnected(server: HubbubServer, user: string): Promise<boolean> {
  return (await rest(server, "HEAD", `/api/hubs/chat/users/${user}`)).status === 200;
}

/** Each of `clients` gets the binary messages of `round` next, of these lengths. */
async function receive(
  clients: readonly RawClient[],
  round: number,
  ...lengths: readonly number[]
): Promise<void> {
  for (const client of clients) {
    for (const length of lengths) {
      const received = await client.next();
      assert(received.kind === "binary" && received.bytes[0] === round, `round ${round}`);
      assert.equal(received.bytes.length, length, `round ${round}`);
    }
  }
}

Deno.test(`of ${MEMBERS} members one stops reading and one reads 8 KiB/s: each ends at 16 MiB, the others lose nothing`, async () => {
  const started = performance.now();
  using log = new CapturedLog();
  await using server = await startServer({
    ...QUIET,
    log: { level: "warn", format: "json" },
    drainSeconds: 1,
  });
  const url = (user: string, ...groups: string[]) =>
    clientUrl(server, "chat", { sub: user, "webpubsub.group": groups });
  using stopped = await PacedReader.open(url("stopped", "all", "first"));
  using slow = await PacedReader.open(url("slow", "all", "second"));
  const others = await Promise.all(
    Array.from({ length: MEMBERS - 2 }, (_, i) => {
      const groups = i < LOADED ? ["all", "first", "second"] : ["all"];
      return RawClient.open(url("other", ...groups));
    }),
  );
  using pace = new Pace(slow);

  const small = new Uint8Array(SMALL_BYTES);
  const large = new Uint8Array(LARGE_BYTES);
  /** Publishes to everybody and to `group` until `user` is gone; gives the number of rounds. */
  const overflow = async (group: string, user: string) => {
    for (let round = 1; round <= MAX_ROUNDS; round++) {
      small[0] = large[0] = round;
      await publish(server, "all", small);
      await publish(server, group, large);
      await receive(others.slice(0, LOADED), round, SMALL_BYTES, LARGE_BYTES);
      await receive(others.slice(LOADED), round, SMALL_BYTES);
      if (!(await isConnected(server, user))) return round;
    }
    throw new Error(`"${user}" is still connected after ${MAX_ROUNDS} rounds`);
  };

  // Messages for these are longer by a third, in base64.
  assert(await overflow("first", "stopped") >= 12);
  assert.equal(server.counters.ended.slowConsumer.value, 1);
  assert(await isConnected(server, "slow"), "it makes progress, and its queue is short");
  const readBefore = slow.bytesRead;
  assert(await overflow("second", "slow") >= 12);
  assert.equal(server.counters.ended.slowConsumer.value, 2);
  assert(slow.bytesRead > readBefore, "it was still reading");
  const took = performance.now() - started;
  assert(took < OUTBOUND_STALL_MS, `after ${took} ms it may have been the bound in time`);
  await pace.stop();

  const entries = log.entries("Connection ended").map(({ bufferedBytes: _, ...entry }) => entry);
  const entry = { level: "warn", message: "Connection ended", hub: "chat", reason: "slowConsumer" };
  assert.deepEqual(entries, [
    { ...entry, connection: stopped.connectionId },
    { ...entry, connection: slow.connectionId },
  ]);
  // Who reads on is told why, behind whole frames.
  for (const reader of [stopped, slow]) {
    await reader.readAll();
    assert.deepEqual(reader.close, { code: 1008, reason: "The outbound message queue is full." });
    assert(reader.dataFrames > 2);
  }
  for (const other of others) other.drop();
});

Deno.test({
  name: "a ping of a member whose queue waits is answered",
  fn: async () => {
    await using server = await startServer({ ...QUIET, drainSeconds: 1 });
    using slow = await PacedReader.open(
      clientUrl(server, "chat", { "webpubsub.group": "all" }),
    );
    const body = new Uint8Array(LARGE_BYTES);
    for (let message = 0; message < 10; message++) await publish(server, "all", body);
    await slow.write(frame(9, new Uint8Array([1, 2, 3])));
    // "connected", the messages, and a last one: by then the pong has overtaken it or been forgotten.
    await slow.readAll(11);
    await publish(server, "all", body);
    await slow.readAll(12);
    assert.equal(slow.pongs, 1);
  },
});

Deno.test({
  name: "a client that pings and reads nothing makes no queue of pongs",
  fn: async () => {
    await using server = await startServer({ ...QUIET, drainSeconds: 1 });
    using client = await PacedReader.open(clientUrl(server, "chat"));
    const pings = join(...Array.from({ length: 8192 }, () => frame(9, new Uint8Array(122))));
    let sent = 0;
    const flood = async () => {
      for (; sent < 24; sent++) await client.write(pings);
      await client.write(frame(1, '{"type":"ping"}'));
    };
    // A server may stop reading (the native one does), or answer the latest ping only (5.5.3).
    const flooding = flood();
    await Promise.race([flooding, quiet(() => sent)]);
    const stoppedAt = sent * pings.length;
    await client.readAll(2);
    await flooding;
    const most = 12 * 1024 * 1024;
    assert(stoppedAt < most || client.bytesRead < most, `${client.bytesRead} bytes of pongs`);
  },
});

/** Resolves when `progress` is the same at many looks in a row: what does not happen has no event. */
async function quiet(progress: () => number): Promise<void> {
  let before = -1;
  for (let same = 0; same < 8; same = before === progress() ? same + 1 : 0) {
    before = progress();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
