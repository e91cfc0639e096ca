// How long a client of the batching transport may take, by a clock that stands until it is advanced.
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { CLOSE_ANSWER_MS } from "../../src/limits.ts";
import { Counters } from "../../src/observe/metrics.ts";
import { Batcher } from "../../src/transport/batch.ts";
import { BatchingSocket } from "../../src/transport/batching_socket.ts";
import { OpenSockets } from "../../src/transport/open_sockets.ts";
import { Heartbeat } from "../../src/transport/heartbeat.ts";
import { Pump } from "../../src/transport/pump.ts";
import { ReadQueue } from "../../src/transport/read_queue.ts";
import type { SocketEvents } from "../../src/hub/client_socket.ts";
import { FakePlatform } from "../support/fake_platform.ts";

/** A TCP socket without a network: counts what is written. */
class Wire extends Duplex {
  written = 0;

  override _read(): void {}

  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    this.written += chunk.length;
    done();
  }
}

/** One client whose bytes the test makes up, and what was reported of it. */
class Scene {
  readonly platform = new FakePlatform();
  readonly open = new OpenSockets();
  readonly tcp = new Wire();
  readonly heard: string[] = [];
  readonly client: BatchingSocket;

  constructor(keepAliveSeconds: number) {
    const { platform, open } = this;
    const afterReads = (task: () => void) => queueMicrotask(task);
    const batcher = new Batcher(afterReads);
    this.client = new BatchingSocket(this.tcp as unknown as Socket, keepAliveSeconds, {
      platform,
      open,
      batcher,
      meter: new Counters(),
      pump: new Pump(platform),
      reads: new ReadQueue(batcher, platform),
      heartbeat: new Heartbeat(platform),
    });
    this.client.listen(
      {
        opened: () => {},
        message: (data) => this.heard.push(`message of ${data.length}`),
        closed: (code) => this.heard.push(`closed ${code}`),
        broken: () => this.heard.push("broken"),
        violated: (code, detail) => this.heard.push(`violated ${code}: ${detail}`),
        stuck: () => this.heard.push("stuck"),
        behind: () => this.heard.push("behind"),
        caughtUp: () => this.heard.push("caught up"),
        failed: (error) => this.heard.push(`failed ${error}`),
      } satisfies SocketEvents,
    );
    this.client.start(new Uint8Array(), []);
  }

  /** Bytes of the client come in. */
  say(...bytes: number[]): void {
    this.tcp.emit("data", Buffer.from(bytes));
  }
}

Deno.test("any byte is life: a message that takes ten intervals comes through, its client unpinged", async () => {
  const scene = new Scene(1);
  scene.say(0x81, 0x80 | 20, 0, 0, 0, 0);
  for (let i = 0; i < 20; i++) {
    await scene.platform.advance(500);
    scene.say(97);
  }
  await scene.platform.advance(0);
  assert.deepEqual(scene.heard, ["message of 20"]);
  assert.equal(scene.tcp.written, 0);
  scene.client.drop();
});

Deno.test("a client that stops within a message is dropped after two intervals", async () => {
  const scene = new Scene(1);
  scene.say(0x81, 0x80 | 20, 0, 0, 0, 0, 97);
  await scene.platform.advance(2000);
  assert.deepEqual(scene.heard, ["broken"]);
  assert.equal(scene.tcp.destroyed, true);
});

Deno.test("a client that does not answer a close frame is cut in time, whatever else it sends", async () => {
  const scene = new Scene(20);
  scene.client.close(1000, "");
  for (let passed = 0; passed < CLOSE_ANSWER_MS; passed += 500) {
    assert.equal(scene.tcp.destroyed, false, `after ${passed} ms`);
    scene.say(0x89, 0x80, 0, 0, 0, 0);
    await scene.platform.advance(500);
  }
  assert.equal(scene.tcp.destroyed, true);
});

Deno.test("a broken rule of the framing is reported with what it was, once", async () => {
  const rows: [bytes: number[], report: string][] = [
    [[0x81, 0x01, 97], "violated 1002: the frame is not masked"],
    [[0xc1, 0x80, 0, 0, 0, 0], "violated 1002: a reserved bit is set"],
    [[0x80, 0x80, 0, 0, 0, 0], "violated 1002: no message to continue"],
    [[0x81, 0x81, 0, 0, 0, 0, 0xff], "violated 1007: the text is not UTF-8"],
    [
      [0x81, 0xff, 0, 0, 0, 0, 0, 0x10, 0, 1, 0, 0, 0, 0],
      "violated 1009: the message is longer than 1048576 bytes",
    ],
  ];
  for (const [bytes, report] of rows) {
    const scene = new Scene(20);
    scene.say(...bytes);
    scene.say(...bytes);
    await scene.platform.advance(0);
    assert.deepEqual(scene.heard, [report]);
    scene.client.drop();
  }
});
