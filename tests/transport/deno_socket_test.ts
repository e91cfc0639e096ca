// What the native transport forgets, and when: sockets that the runtime says nothing more about.
import assert from "node:assert/strict";
import { CLOSE_ANSWER_MS, HANDSHAKE_OPEN_MS } from "../../src/limits.ts";
import { Counters } from "../../src/observe/metrics.ts";
import { SocketDeadlines } from "../../src/transport/deadlines.ts";
import { DenoSocket } from "../../src/transport/deno_socket.ts";
import { OpenSockets } from "../../src/transport/open_sockets.ts";
import { Pump } from "../../src/transport/pump.ts";
import { FakePlatform } from "../support/fake_platform.ts";

/** The runtime's socket without a network: says what the test makes it say. */
class FakeWebSocket extends EventTarget {
  binaryType = "blob";
  bufferedAmount = 0;
  readyState: number = WebSocket.CONNECTING;
  readonly closes: (number | undefined)[] = [];

  close(code?: number): void {
    this.readyState = WebSocket.CLOSING;
    this.closes.push(code);
  }

  open(): void {
    this.readyState = WebSocket.OPEN;
    this.dispatchEvent(new Event("open"));
  }

  say(data: string): void {
    this.dispatchEvent(new MessageEvent("message", { data }));
  }

  end(code: number): void {
    this.readyState = WebSocket.CLOSED;
    this.dispatchEvent(new CloseEvent("close", { code, wasClean: true }));
  }
}

/** One socket, and what was reported of it. */
class Scene {
  readonly platform = new FakePlatform();
  readonly open = new OpenSockets();
  readonly runtime = new FakeWebSocket();
  readonly heard: string[] = [];
  readonly socket: DenoSocket;

  constructor() {
    const { platform, open, heard } = this;
    this.socket = new DenoSocket(this.runtime as unknown as WebSocket, {
      platform,
      open,
      meter: new Counters(),
      pump: new Pump(platform),
      deadlines: new SocketDeadlines(platform),
    });
    this.socket.listen({
      opened: () => heard.push("opened"),
      message: (data) => heard.push(`message ${data}`),
      closed: (code) => heard.push(`closed ${code}`),
      broken: () => heard.push("broken"),
      violated: (code) => heard.push(`violated ${code}`),
      stuck: () => heard.push("stuck"),
      behind: () => heard.push("behind"),
      caughtUp: () => heard.push("caught up"),
      failed: (error) => heard.push(`failed ${error}`),
    });
  }
}

/** Long enough to tell before from after. */
const LOOK_MS = 1000;

Deno.test("a client that never answers a close frame is forgotten, with whatever it still says", async () => {
  const { platform, open, runtime, heard, socket } = new Scene();
  runtime.open();
  socket.close(1000, "");
  await platform.advance(CLOSE_ANSWER_MS - LOOK_MS);
  assert.equal(open.count, 1);
  await platform.advance(2 * LOOK_MS);
  assert.equal(open.count, 0);
  runtime.say("too late");
  runtime.end(1000);
  assert.deepEqual(heard, ["opened", "broken"]);
  assert.equal(open.count, 0);
});

Deno.test("a client that answers in time is forgotten at once, and nothing is left to wait for", async () => {
  const { platform, open, runtime, heard, socket } = new Scene();
  runtime.open();
  socket.close(1000, "");
  runtime.end(1000);
  assert.equal(open.count, 0);
  await platform.advance(2 * CLOSE_ANSWER_MS);
  assert.deepEqual(heard, ["opened", "closed 1000"]);
  assert.equal(open.count, 0);
});

Deno.test("a socket that is dropped before it opens is told to go when it does, and has its time to", async () => {
  const { platform, open, runtime, socket } = new Scene();
  socket.drop();
  runtime.open();
  assert.deepEqual(runtime.closes, [1001]);
  await platform.advance(CLOSE_ANSWER_MS + LOOK_MS);
  assert.equal(open.count, 0);
});

Deno.test("a socket that opens after it was given up is told to go, and is not counted again", async () => {
  const { platform, open, runtime, heard } = new Scene();
  await platform.advance(HANDSHAKE_OPEN_MS + LOOK_MS);
  assert.deepEqual(heard, ["broken"]);
  assert.equal(open.count, 0);
  runtime.open();
  assert.deepEqual(runtime.closes, [1001]);
  runtime.end(1001);
  assert.deepEqual(heard, ["broken"]);
  assert.equal(open.count, 0);
});
