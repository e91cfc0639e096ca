// Bursts: whoever sends waits for receivers that read; nobody who reads is cut off, and nothing is lost.
import assert from "node:assert/strict";
import { type HubbubServer, startServer } from "../../src/server.ts";
import { frame, join } from "../conformance/client_frames.ts";
import { QUIET } from "../support/fixture.ts";
import { PacedReader } from "../support/paced_reader.ts";
import { clientUrl, rest } from "../support/rest_client.ts";

const MIB = 1024 * 1024;
const IS_BATCHING = QUIET.transport === "batching";

const start = () => startServer({ ...QUIET, drainSeconds: 1 });

/** Members of the groups. */
function readers(server: HubbubServer, count: number, ...groups: string[]): Promise<PacedReader[]> {
  const url = clientUrl(server, "chat", { "webpubsub.group": groups });
  return Promise.all(Array.from({ length: count }, () => PacedReader.open(url)));
}

/** Each reader gets that many messages; nobody is cut off. */
async function getAll(all: readonly PacedReader[], messages: number): Promise<void> {
  await Promise.all(all.map((reader) => reader.readAll(messages + 1))); // "connected" is one more
  assert.deepEqual(all.map(({ dataFrames }) => dataFrames - 1), all.map(() => messages));
  assert(all.every(({ close }) => close === undefined));
}

function publishFrame(group: string, bytes: number): Uint8Array {
  const data = "x".repeat(bytes);
  return frame(1, JSON.stringify({ type: "sendToGroup", group, dataType: "text", data }));
}

Deno.test("many parallel REST sends are answered when their message is in the queues: every reader gets all", async () => {
  await using server = await start();
  const all = await readers(server, 3, "g");
  const body = new Uint8Array(MIB);
  const sends = Array.from(
    { length: 40 },
    () => rest(server, "POST", "/api/hubs/chat/groups/g/:send", { body }),
  );
  const [answers] = await Promise.all([Promise.all(sends), getAll(all, 40)]);
  assert(answers.every(({ status }) => status === 202));
  assert.equal(server.counters.ended.slowConsumer.value, 0);
  for (const reader of all) reader[Symbol.dispose]();
});

for (const [messages, bytes] of [[48, MIB - 100], [800, 64 * 1024], [20_000, 1000]] as const) {
  Deno.test({
    name: `a client's burst of ${messages} messages of ${bytes} bytes reaches every reader`,
    ignore: !IS_BATCHING, // a socket of the runtime cannot be left unread: see the next test
    fn: async () => {
      await using server = await start();
      const all = await readers(server, 3, "g");
      const url = clientUrl(server, "chat", { role: ["webpubsub.sendToGroup"] });
      using publisher = await PacedReader.open(url);
      const one = publishFrame("g", bytes);
      const some = join(...Array.from({ length: Math.ceil(MIB / one.length) }, () => one));
      const burst = async () => {
        for (let left = messages * one.length; left > 0; left -= some.length) {
          await publisher.write(new Uint8Array(some.subarray(0, Math.min(left, some.length))));
        }
      };
      await Promise.all([burst(), getAll(all, messages)]);
      assert.equal(server.counters.ended.slowConsumer.value, 0);
      assert.equal(server.counters.ended.tooManyWaitingFrames.value, 0);
      for (const reader of all) reader[Symbol.dispose]();
    },
  });
}

Deno.test({
  name:
    "where a publisher cannot be left unread, too large a burst ends the publisher, never the readers",
  ignore: IS_BATCHING,
  fn: async () => {
    await using server = await start();
    const all = await readers(server, 3, "g");
    const url = clientUrl(server, "chat", { role: ["webpubsub.sendToGroup"] });
    using publisher = await PacedReader.open(url);
    const one = publishFrame("g", MIB - 100);
    const reading = all.map((reader) => reader.readAll());
    const burst = async () => {
      for (let i = 0; i < 64; i++) await publisher.write(new Uint8Array(one));
    };
    await Promise.all([burst().catch(() => {}), publisher.readAll()]);
    const reason = "Too many client messages are waiting.";
    if (publisher.close !== undefined) assert.deepEqual(publisher.close, { code: 1008, reason });
    assert.equal(server.counters.ended.tooManyWaitingFrames.value, 1);
    assert.equal(server.counters.ended.slowConsumer.value, 0);
    assert.equal((await rest(server, "HEAD", "/api/hubs/chat/groups/g")).status, 200);
    for (const reader of all) reader[Symbol.dispose]();
    await Promise.all(reading);
  },
});

Deno.test({
  name: "a client that reads no answers is asked no further; when it reads, it gets them all",
  ignore: !IS_BATCHING, // there it is closed as a slow consumer at 16 MiB of answers
  fn: async () => {
    await using server = await start();
    using client = await PacedReader.open(clientUrl(server, "chat"));
    const requests = 150_000; // 27 MB of answers
    const request = frame(1, '{"type":"joinGroup","group":"none of its own","ackId":1}');
    const some = join(...Array.from({ length: 1000 }, () => request));
    const flood = async () => {
      for (let i = 0; i < requests / 1000; i++) await client.write(new Uint8Array(some));
    };
    const flooding = flood();
    await new Promise<void>((resolve) => setTimeout(resolve, 300)); // unread so far
    await Promise.all([flooding, client.readAll(requests + 1)]);
    assert.equal(client.close, undefined);
    assert.equal(server.counters.ended.slowConsumer.value, 0);
  },
});
